//! The wire against Fluvio's own encoder and decoder.

use std::io::Cursor;
use std::panic::catch_unwind;

use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::record::{Record, RecordData};
use fluvio_smartmodule::dataplane::smartmodule::{
    Lookback, SmartModuleExtraParams, SmartModuleInitRuntimeError, SmartModuleInput,
    SmartModuleKind, SmartModuleOutput, SmartModuleTransformRuntimeError,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{BatchBuilder, Damaged, Input, Output, RecordView, Records, refusal};

/// Layouts with and without the base timestamp, the parameters and the record to join with; 22 and 25 are in use.
const VERSIONS: [i16; 8] = [15, 16, 19, 20, 21, 22, 23, 25];

fn version() -> impl Strategy<Value = i16> {
    proptest::sample::select(VERSIONS.as_slice())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => vec(any::<u8>(), 0..20),
        3 => vec(any::<u8>(), 60..70),
        2 => vec(any::<u8>(), 8180..8200),
    ]
}

/// What a host writes. Beyond 32 bits Fluvio's encoder writes something else than what it was given.
fn delta() -> impl Strategy<Value = i64> {
    prop_oneof![-70i64..70, -9000i64..9000, any::<i32>().prop_map(i64::from)]
}

fn record() -> impl Strategy<Value = Record> {
    (
        delta(),
        delta(),
        proptest::option::of(bytes()),
        bytes(),
        delta(),
    )
        .prop_map(|(time, offset, key, value, headers)| {
            let mut record = Record::new(value);
            record.key = key.map(RecordData::from);
            record.preamble.set_timestamp_delta(time);
            record.preamble.set_offset_delta(offset);
            record.headers = headers;
            record
        })
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    vec(record(), 0..8)
}

fn encode(what: &impl Encoder, version: i16) -> Vec<u8> {
    let mut bytes = Vec::new();
    what.encode(&mut bytes, version).unwrap();
    bytes
}

fn decode<T: Decoder>(bytes: &[u8], version: i16) -> std::io::Result<T> {
    T::decode_from(&mut Cursor::new(bytes), version)
}

fn views(bytes: &[u8]) -> Result<Vec<RecordView<'_>>, Damaged> {
    Records::new(bytes)?.collect()
}

fn assert_same(view: &RecordView<'_>, record: &Record) {
    assert_eq!(view.timestamp_delta, record.timestamp_delta());
    assert_eq!(view.offset_delta, record.offset_delta());
    assert_eq!(view.key, record.key.as_ref().map(AsRef::as_ref));
    assert_eq!(view.value, record.value.as_ref());
}

fn assert_all_same(views: &[RecordView<'_>], records: &[Record]) {
    assert_eq!(views.len(), records.len());
    views
        .iter()
        .zip(records)
        .for_each(|(view, record)| assert_same(view, record));
}

/// Everything passed on unchanged.
fn echo(bytes: &[u8]) -> Vec<u8> {
    let mut output = Output::new();
    output.begin();
    for view in Records::new(bytes).unwrap() {
        let view = view.unwrap();
        output.record(&view, view.key, &[view.value]);
    }
    output.finish().to_vec()
}

/// One thing broken.
#[derive(Debug, Clone)]
enum Damage {
    Cut(Index),
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match *self {
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), byte),
            Self::Remove(at) => drop(bytes.remove(at.index(bytes.len()))),
        }
    }
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let one = prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        any::<Index>().prop_map(Damage::Remove),
    ];
    vec(one, 1..4)
}

/// Whether a varint in here could ask Fluvio's decoder for more memory than there is: it allocates a length before it
/// looks whether as many bytes are left.
fn has_long_varint(bytes: &[u8]) -> bool {
    bytes
        .windows(4)
        .any(|window| window.iter().all(|byte| *byte >= 0x80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reads_what_fluvio_writes(records in records()) {
        let encoded = encode(&records, 25);
        let views = views(&encoded).unwrap();
        assert_all_same(&views, &records);
        for (view, record) in views.iter().zip(&records) {
            prop_assert_eq!(view.preamble, &encode(&record.preamble, 25)[..]);
        }
    }

    #[test]
    fn writes_what_fluvio_writes(records in records(), version in version()) {
        let written = echo(&encode(&records, version));
        prop_assert_eq!(written, encode(&SmartModuleOutput::new(records), version));
    }

    #[test]
    fn writes_new_keys_and_values_as_fluvio_does(
        records in records(),
        key in proptest::option::of(bytes()),
        parts in vec(bytes(), 0..4),
    ) {
        let encoded = encode(&records, 25);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let mut output = Output::new();
        // What is left over from a batch before must not show.
        output.begin();
        output.record(&RecordView { preamble: &[0, 0, 0], timestamp_delta: 0, offset_delta: 0, key: None, value: &[], headers: &[0] }, None, &[b"before"]);
        output.begin();
        for view in Records::new(&encoded).unwrap() {
            output.record(&view.unwrap(), key.as_deref(), &parts);
        }
        prop_assert_eq!(output.count() as usize, records.len());
        let expected = records.into_iter().map(|mut record| {
            record.key = key.clone().map(RecordData::from);
            record.value = RecordData::from(parts.concat());
            record
        });
        prop_assert_eq!(output.finish(), &encode(&SmartModuleOutput::new(expected.collect()), 25)[..]);
    }

    #[test]
    fn builds_batches_as_fluvio_does(records in vec((delta(), proptest::option::of(bytes()), bytes()), 0..8)) {
        let mut builder = BatchBuilder::new();
        builder.push(None, b"of the batch before");
        builder.take();
        let expected: Vec<Record> = records.into_iter().enumerate().map(|(offset, (time, key, value))| {
            builder.push_at(time, key.as_deref(), &value);
            let mut record = Record::new(value);
            record.key = key.map(RecordData::from);
            record.preamble.set_timestamp_delta(time);
            record.preamble.set_offset_delta(i64::try_from(offset).unwrap());
            record
        }).collect();
        prop_assert_eq!(builder.count() as usize, expected.len());
        let size = builder.size();
        let batch = builder.take();
        prop_assert_eq!(batch.len(), size);
        prop_assert_eq!(batch, encode(&expected, 25));
        prop_assert!(builder.is_empty());
    }

    #[test]
    fn parses_the_input_as_fluvio_writes_it(
        raw in bytes(), offset in any::<i64>(), timestamp in any::<i64>(), version in version(),
    ) {
        let encoded = encode(&SmartModuleInput::new(raw.clone(), offset, timestamp), version);
        let input = Input::parse(&encoded, version).unwrap();
        prop_assert_eq!(input.base_offset, offset);
        prop_assert_eq!(input.records, &raw[..]);
        prop_assert_eq!(input.base_timestamp, (version >= 22 && timestamp > 0).then_some(timestamp));
    }

    #[test]
    fn parses_parameters_and_a_record_to_join_with(
        raw in bytes(), offset in any::<i64>(), timestamp in any::<i64>(),
        parameters in btree_map("[a-zä]{0,5}", "[a-zä]{0,5}", 0..3),
        last in proptest::option::of((any::<u64>(), proptest::option::of(any::<std::time::Duration>()))),
        join in bytes(),
        version in version(),
    ) {
        // What no constructor of Fluvio's gives, put together as its derived encoder would.
        let look_back = last.map(|(last, age)| Lookback { last, age });
        let mut encoded = encode(&offset, version);
        encoded.extend(encode(&raw, version));
        if version <= 22 {
            encoded.extend(encode(&SmartModuleExtraParams::new(parameters, look_back), version));
            if version >= 16 {
                encoded.extend(encode(&join, version));
            }
        }
        encoded.extend(encode(&timestamp, version));

        let expected: SmartModuleInput = decode(&encoded, version).unwrap();
        let input = Input::parse(&encoded, version).unwrap();
        prop_assert_eq!(input.base_offset, expected.base_offset());
        prop_assert_eq!(input.records, expected.raw_bytes());
        prop_assert_eq!(input.base_timestamp.unwrap_or(0), expected.base_timestamp().max(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn damaged_inputs_are_judged_as_fluvio_does(
        raw in vec(any::<u8>(), 0..20), damage in damage(), version in version(),
    ) {
        let mut encoded = encode(&SmartModuleInput::new(raw, 7, 1_437_555_628_019), version);
        damage.iter().for_each(|damage| damage.apply(&mut encoded));
        let theirs = decode::<SmartModuleInput>(&encoded, version);
        match Input::parse(&encoded, version) {
            Ok(input) => {
                let theirs = theirs.unwrap();
                prop_assert_eq!(input.base_offset, theirs.base_offset());
                prop_assert_eq!(input.records, theirs.raw_bytes());
                prop_assert_eq!(input.base_timestamp.unwrap_or(0), theirs.base_timestamp().max(0));
            }
            Err(damaged) => {
                prop_assert_eq!(damaged, Damaged::Input);
                prop_assert!(theirs.is_err());
            }
        }
    }

    #[test]
    fn damaged_records_are_judged_as_fluvio_does(
        records in vec(("[a-z]{0,70}", proptest::option::of("[a-z]{0,9}")), 0..5), damage in damage(),
    ) {
        let records: Vec<Record> = records.into_iter().map(|(value, key)| {
            let mut record = Record::new(value);
            record.key = key.map(RecordData::from);
            record
        }).collect();
        let mut encoded = encode(&records, 25);
        damage.iter().for_each(|damage| damage.apply(&mut encoded));
        match views(&encoded) {
            Ok(views) => assert_all_same(&views, &decode::<Vec<Record>>(&encoded, 25).unwrap()),
            Err(damaged) => {
                prop_assert_eq!(damaged, Damaged::Records);
                if !has_long_varint(&encoded) {
                    // A negative length makes it panic, and that is an error too.
                    let theirs = catch_unwind(|| decode::<Vec<Record>>(&encoded, 25).is_err());
                    prop_assert!(theirs.unwrap_or(true));
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..200), version in any::<i16>()) {
        if let Ok(input) = Input::parse(&bytes, version) {
            let _ = views(input.records);
        }
        let _ = views(&bytes);
    }

    #[test]
    fn numbers_of_any_size_are_read(zigzag in any::<u64>(), padding in 0usize..3) {
        let mut bytes = Vec::new();
        let mut left = zigzag;
        while left >= 0x80 {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        // A number may be spelled longer than it needs to be, up to ten bytes.
        for _ in 0..padding {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push(0);
        }
        let spelled = bytes.clone();
        let batch = [&[0, 0, 0, 1, 0, 0][..], &bytes, &[0, 0, 0, 0]].concat();
        if spelled.len() <= 10 {
            let (view, theirs) = (views(&batch).unwrap()[0], decode::<Vec<Record>>(&batch, 25).unwrap());
            assert_same(&view, &theirs[0]);
            prop_assert_eq!(view.preamble, &batch[5..batch.len() - 3]);
        } else {
            prop_assert_eq!(views(&batch), Err(Damaged::Records));
        }
    }
}

#[test]
fn a_failure_is_told_as_fluvio_tells_it() {
    let long = "ä".repeat(20_000);
    for (record, why, told) in [
        (Record::new_key_value("key", "value"), "no time", "no time"),
        (Record::new("value".repeat(99)), "", ""),
        (Record::new(""), &long, &long[..32_766]),
    ] {
        let error = SmartModuleTransformRuntimeError {
            hint: told.to_owned(),
            offset: 7,
            kind: SmartModuleKind::FilterMap,
            record_key: record.key.clone(),
            record_value: record.value.clone(),
        };
        let mut output = Output::new();
        output.begin();
        let encoded = encode(&vec![record], 25);
        let view = views(&encoded).unwrap()[0];
        output.record(&view, None, &[b"withdrawn"]);
        for version in [22, 25] {
            let error = Some(error.clone());
            let expected = encode(&SmartModuleOutput::with_error(Vec::new(), error), version);
            output.fail(&view, 7, why);
            assert_eq!(output.finish(), expected);
            assert_eq!(output.count(), 0);
        }
    }
}

#[test]
fn a_refusal_is_told_as_fluvio_tells_it() {
    let hint = "parameter `gap` is `soon`".to_owned();
    let expected = encode(&SmartModuleInitRuntimeError { hint: hint.clone() }, 25);
    assert_eq!(refusal(&hint), expected);
}

#[test]
fn a_count_below_zero_is_none() {
    assert_eq!(views(&(-1i32).to_be_bytes()), Ok(Vec::new()));
}

#[test]
fn the_count_is_not_trusted() {
    let batch = i32::MAX.to_be_bytes();
    let mut records = Records::new(&batch).unwrap();
    assert_eq!(records.left(), i32::MAX as usize);
    assert_eq!(records.next(), Some(Err(Damaged::Records)));
    assert_eq!(records.next(), None);
}

#[test]
fn lengths_below_zero_and_beyond_the_end_are_damage() {
    for (name, record) in [
        ("record beyond the end", &[0x0c, 0, 0, 0, 0, 0][..]),
        ("key below zero", &[0, 0, 0, 0, 1, 0x01, 0, 0]),
        ("value below zero", &[0, 0, 0, 0, 0, 0x01, 0, 0]),
        ("value beyond the end", &[0, 0, 0, 0, 0, 0x04, 0]),
        (
            "value of 4 GiB and a byte",
            &[0, 0, 0, 0, 0, 0x82, 0x80, 0x80, 0x80, 0x20, b'a', 0],
        ),
        ("no headers", &[0, 0, 0, 0, 0, 0x02, 0]),
        ("tag of two", &[0, 0, 0, 0, 2, 0x02, b'a', 0, 0]),
    ] {
        let batch = [&[0, 0, 0, 1], record].concat();
        assert_eq!(views(&batch), Err(Damaged::Records), "{name}");
    }
}

#[test]
fn a_prefix_below_zero_or_too_short_is_let_pass_as_fluvio_does() {
    for prefix in [0x00, 0x01, 0x02] {
        let batch = [0, 0, 0, 1, prefix, 0, 0, 0, 0, 0x02, b'a', 0];
        assert_eq!(views(&batch).unwrap()[0].value, b"a");
        assert_eq!(
            decode::<Vec<Record>>(&batch, 25).unwrap()[0].value.as_ref(),
            b"a"
        );
    }
}
