//! What the adapter answers, byte for byte as the engine asks it.

use std::io::Cursor;

use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInput, SmartModuleOutput};
use sessionize_core::parameters::Parameters;
use sessionize_core::restore::Mark;

use super::{Adapter, InitStatus, Status, hash_seed};

const VERSION: i16 = 25;

fn encode(what: &impl Encoder) -> Vec<u8> {
    let mut bytes = Vec::new();
    what.encode(&mut bytes, VERSION).unwrap();
    bytes
}

fn input(records: &[u8]) -> Vec<u8> {
    encode(&SmartModuleInput::new(records.to_vec(), 0, -1))
}

/// A batch of one visitor's events at these milliseconds.
fn batch(offset: i64, times: &[i64]) -> Vec<u8> {
    let record = |time: &i64| {
        let time = 1_700_000_000_000 + time;
        Record::new(format!(r#"{{"ip":"192.0.2.1","timestamp":{time}}}"#))
    };
    let records: Vec<Record> = times.iter().map(record).collect();
    encode(&SmartModuleInput::new(encode(&records), offset, -1))
}

/// The output for a batch.
fn output(adapter: &mut Adapter, input: Vec<u8>) -> SmartModuleOutput {
    let answer = adapter.filter_map(input, VERSION).unwrap();
    let count = answer.count as usize;
    let mut bytes = Cursor::new(answer.bytes);
    let output = SmartModuleOutput::decode_from(&mut bytes, VERSION).unwrap();
    assert_eq!(output.successes.len(), count);
    output
}

/// The counts of the session's events in the output for a batch.
fn counts(adapter: &mut Adapter, input: Vec<u8>) -> Vec<String> {
    let count = |record: &Record| {
        let value = record.value.as_utf8_lossy_string().into_owned();
        let (_, rest) = value.split_once(r#""session_events":"#).unwrap();
        rest.split(',').next().unwrap().to_owned()
    };
    output(adapter, input).successes.iter().map(count).collect()
}

fn adapter() -> Adapter {
    Adapter::new(&Parameters::default())
}

/// The stored output of one event for each of so many visitors.
fn stored(visitors: usize) -> Vec<Record> {
    let event = |n| format!(r#"{{"ip":"192.0.2.{n}","timestamp":1700000000000}}"#);
    let events: Vec<Record> = (0..visitors).map(|n| Record::new(event(n))).collect();
    let stored = output(&mut adapter(), input(&encode(&events))).successes;
    assert_eq!(stored.len(), visitors);
    stored
}

#[test]
fn a_batch_that_may_be_presented_again_is_counted_once() {
    for (offset, times, first, again) in [
        (0, &[1, 2][..], &["1", "2"][..], &["1", "2"][..]),
        (7, &[1, 2], &["1", "2"], &["1", "2"]),
        // A producer's line, and one that equals it.
        (0, &[1], &["1"], &["2"]),
        (7, &[1], &["1"], &["1"]),
    ] {
        let mut adapter = adapter();
        assert_eq!(counts(&mut adapter, batch(offset, times)), first);
        assert_eq!(counts(&mut adapter, batch(offset, times)), again);
    }
}

#[test]
fn another_batch_is_counted_whatever_its_offset() {
    for offset in [0, 7] {
        let mut adapter = adapter();
        assert_eq!(counts(&mut adapter, batch(offset, &[1, 2])), ["1", "2"]);
        assert_eq!(counts(&mut adapter, batch(offset, &[1, 3])), ["3", "4"]);
        assert_eq!(counts(&mut adapter, batch(offset, &[1, 2])), ["5", "6"]);
    }
}

#[test]
fn a_batch_without_records_parts_two_equal_ones() {
    let mut adapter = adapter();
    assert_eq!(counts(&mut adapter, batch(0, &[1, 2])), ["1", "2"]);
    assert!(output(&mut adapter, batch(0, &[])).successes.is_empty());
    assert_eq!(counts(&mut adapter, batch(0, &[1, 2])), ["3", "4"]);
}

/// A batch of one record with this mark.
fn marked(mark: &Mark<'_>) -> Vec<u8> {
    input(&encode(&vec![Record::new_key_value(mark.write(), "")]))
}

#[test]
fn what_tells_no_session_does_not_keep_a_batch_from_being_counted_once() {
    let nonce = [7; 16];
    let controls = [
        (Mark::Probe, false),
        (Mark::End([8; 16]), false),
        (Mark::Begin(nonce), true),
        (Mark::End(nonce), true),
        (Mark::Probe, true),
    ];
    let parameters = Parameters::from_pairs([("restore", "accept")]).unwrap();
    let mut adapter = Adapter::new(&parameters);
    assert_eq!(counts(&mut adapter, batch(0, &[1, 2])), ["1", "2"]);
    for (control, is_accepted) in controls {
        let answer = output(&mut adapter, marked(&control));
        assert_eq!(answer.error.is_none(), is_accepted, "{control:?}");
        assert_eq!(counts(&mut adapter, batch(0, &[1, 2])), ["1", "2"]);
    }
}

#[test]
fn a_batch_that_tells_sessions_and_ends_the_telling_may_come_twice() {
    let parameters = Parameters::from_pairs([("restore", "require")]).unwrap();
    let mut adapter = Adapter::new(&parameters);
    let nonce = [7; 16];
    assert!(
        output(&mut adapter, marked(&Mark::Begin(nonce)))
            .error
            .is_none()
    );
    let [told] = &stored(1)[..] else {
        unreachable!("one visitor has one event");
    };
    let telling = encode(&vec![
        Record::new_key_value(Mark::Session(b"192.0.2.0").write(), told.value.as_ref()),
        Record::new_key_value(Mark::End(nonce).write(), ""),
    ]);
    for _ in 0..2 {
        assert!(output(&mut adapter, input(&telling)).error.is_none());
        assert_eq!(adapter.sessionizer.sessions().count(), 1);
    }
    assert_eq!(counts(&mut adapter, batch(0, &[1, 2])), ["1", "2"]);
}

#[test]
fn damage_is_an_error_with_its_status_and_changes_no_session() {
    let mut adapter = adapter();
    let whole = batch(2, &[1, 2]);
    assert_eq!(counts(&mut adapter, batch(0, &[0, 1])), ["1", "2"]);
    let envelope = adapter.filter_map(whole[..9].to_vec(), VERSION);
    assert_eq!(envelope.unwrap_err(), Status::DecodingBaseInput);
    // The first record is whole, and the length of the second one reaches beyond the batch.
    let mut records = encode(&vec![Record::new("{}"), Record::new("{}")]);
    let last = records.len() - 1;
    records.truncate(last);
    let records = adapter.filter_map(input(&records), VERSION);
    assert_eq!(records.unwrap_err(), Status::DecodingRecords);
    assert_eq!(counts(&mut adapter, whole), ["3", "4"]);
}

#[test]
fn a_record_that_fails_its_batch_ends_it() {
    let parameters = Parameters::from_pairs([("invalid", "fail")]).unwrap();
    let mut adapter = Adapter::new(&parameters);
    let records = vec![Record::new("one"), Record::new("two")];
    let output = output(&mut adapter, input(&encode(&records)));
    assert!(output.successes.is_empty());
    let error = output.error.unwrap();
    assert_eq!(error.offset, 0);
    let expected = "neither a JSON object nor a line of a known log format";
    assert_eq!(error.hint, expected);
}

#[test]
fn parameters_start_an_adapter_or_are_refused_with_a_status() {
    let pairs = |pairs: &[(&str, &str)]| {
        let mut bytes = encode(&(pairs.len() as u16));
        for (name, value) in pairs {
            bytes.extend(encode(&(*name).to_owned()));
            bytes.extend(encode(&(*value).to_owned()));
        }
        // No look-back.
        bytes.push(0);
        bytes
    };
    let given = pairs(&[("gap", "1ms"), ("prefix", "visit_")]);
    let mut adapter = Adapter::start(&given, VERSION).ok().unwrap();
    let output = output(&mut adapter, batch(0, &[0, 2]));
    let last = output.successes.last().unwrap();
    let last = last.value.as_utf8_lossy_string();
    assert!(last.contains(r#""visit_cut":"gap""#), "{last}");

    let refused = Adapter::start(&pairs(&[("gap", "soon")]), VERSION);
    let refused = refused.err().unwrap();
    assert_eq!(refused.status, InitStatus::InitError);
    let text = String::from_utf8_lossy(&refused.bytes).into_owned();
    assert!(
        text.contains("parameter `gap` is `soon`, but must be"),
        "{text}"
    );

    let refused = Adapter::start(&given[..5], VERSION).err().unwrap();
    assert_eq!(refused.status, InitStatus::DecodingInput);
    assert_eq!(refused.bytes, b"");
}

#[test]
fn the_hash_seed_is_the_start_of_the_first_batch() {
    let bytes: Vec<u8> = (0..5_000).map(|n| n as u8).collect();
    assert_eq!(hash_seed(&bytes), &bytes[..4_096]);
    assert_eq!(hash_seed(&bytes[..7]), &bytes[..7]);
}

/// No host can bring this about through the engine, which encodes stored records itself.
#[test]
fn damage_ends_the_look_back_without_an_error() {
    const VISITORS: usize = 5;
    let whole = encode(&stored(VISITORS));
    let mut most = 0;
    for cut in 0..=whole.len() {
        let damaged = input(&whole[..cut]);
        let mut adapter = adapter();
        adapter.look_back(&damaged, VERSION);
        let known = adapter.sessionizer.sessions().count();
        adapter.look_back(&damaged[..cut], VERSION);
        assert!(known >= most && known <= VISITORS, "{known} after {most}");
        assert_eq!(
            known == VISITORS,
            cut >= whole.len(),
            "{known}, cut at {cut}"
        );
        most = known;
    }
}
