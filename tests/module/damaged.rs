//! A damaged batch is an error, with the status that Fluvio's protocol has for it. A record that
//! fails its batch undoes the whole batch.

use harness::host::{Host, Instance, raw};

use crate::instance::{engines, event, owned, process, record, started, texts};

/// The engine's message for the status that the module returns if records do not decode.
const UNDECODABLE: &str = "the module failed: failed to decode SmartModule record input";

fn at(time: i64) -> fluvio_smartmodule::Record {
    event("192.0.2.1", 1_700_000_000_000 + time, "/")
}

/// The session's number of events, including one more event that this sends.
fn next_count(module: &mut dyn Instance, time: i64) -> String {
    let output = texts(&process(module, 100 + time, &[at(time)]).records);
    let (_, rest) = output[0].split_once(r#""session_events":"#).unwrap();
    rest.split(',').next().unwrap().to_owned()
}

#[test]
fn a_damaged_batch_is_an_error_and_changes_nothing() {
    for (name, engine) in engines() {
        let mut module = engine.start(&[]).unwrap();
        process(module.as_mut(), 0, &[at(0), at(1)]);
        let whole = raw(&vec![at(2), at(3), at(4)]).unwrap();
        // Cut within the count, right after it, within the first record, and within the last one,
        // when two records have already been counted.
        for cut in [2, 4, 9, whole.len() - 1] {
            let error = module.process(whole[..cut].to_vec(), 2, -1).unwrap_err();
            assert_eq!(error.to_string(), UNDECODABLE, "{name}, cut at {cut}");
        }
        let mut lengths = whole.clone();
        lengths[4] = 0xff;
        let error = module.process(lengths, 2, -1).unwrap_err();
        assert_eq!(
            error.to_string(),
            UNDECODABLE,
            "{name}, a length beyond the end"
        );
        assert_eq!(next_count(module.as_mut(), 5), "3", "{name}");
    }
}

/// A producer sends a batch again after the first attempt arrived damaged.
#[test]
fn a_whole_batch_after_its_damaged_copy_is_counted() {
    let mut module = started(&[]);
    process(module.as_mut(), 0, &[at(0)]);
    let whole = raw(&vec![at(1), at(2)]).unwrap();
    module
        .process(whole[..whole.len() - 1].to_vec(), 1, -1)
        .unwrap_err();
    assert_eq!(module.process(whole, 1, -1).unwrap().records.len(), 2);
    assert_eq!(next_count(module.as_mut(), 3), "4");
}

#[test]
fn a_record_that_fails_its_batch_undoes_all_of_it() {
    for (name, engine) in engines() {
        let mut module = engine.start(&owned(&[("invalid", "fail")])).unwrap();
        process(module.as_mut(), 0, &[at(0)]);
        for bad in [r#"{"ip":"192.0.2.1"}"#, "", "nothing"] {
            let failed = process(module.as_mut(), 1, &[at(1), at(2), record(bad), at(3)]);
            assert_eq!(texts(&failed.records), [""; 0], "{name}");
            let why = failed.refused.unwrap();
            assert!(
                why.starts_with("the module refused a record: "),
                "{name}: {why}"
            );
        }
        assert_eq!(next_count(module.as_mut(), 1), "2", "{name}");
    }
}

#[test]
fn the_reason_names_the_record_and_the_field() {
    let mut module = started(&[("invalid", "fail")]);
    let failed = process(
        module.as_mut(),
        0,
        &[at(0), record(r#"{"ip":"192.0.2.1"}"#)],
    );
    let expected = r#"the module refused a record: no time: field `timestamp` is missing or null: "{\"ip\":\"192.0.2.1\"}""#;
    assert_eq!(failed.refused.unwrap(), expected);
}
