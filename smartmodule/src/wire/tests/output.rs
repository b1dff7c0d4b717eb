//! The output of a batch, and the errors in its place.

use fluvio_smartmodule::dataplane::record::{Record, RecordData};
use fluvio_smartmodule::dataplane::smartmodule::{
    SmartModuleInitRuntimeError, SmartModuleKind, SmartModuleOutput,
    SmartModuleTransformRuntimeError,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::output::{OutputBuffer, refusal};
use super::super::records::{RecordView, Records};
use super::{bytes, encode, records, version, views};

/// Passes every record on unchanged.
fn echo(bytes: &[u8]) -> Vec<u8> {
    let mut output = OutputBuffer::new();
    output.begin();
    for view in Records::new(bytes).unwrap() {
        let view = view.unwrap();
        output.record(&view, view.key, &[view.value]);
    }
    output.finish().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

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
        let mut output = OutputBuffer::new();
        // Nothing of the batch before may show.
        output.begin();
        let before = RecordView {
            preamble: &[0, 0, 0],
            timestamp_delta: 0,
            offset_delta: 0,
            key: None,
            value: &[],
            headers: &[0],
        };
        output.record(&before, None, &[b"before"]);
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
}

#[test]
fn writes_a_failure_as_fluvio_does() {
    let long = "ä".repeat(20_000);
    for (record, why, written) in [
        (Record::new_key_value("key", "value"), "no time", "no time"),
        (Record::new("value".repeat(99)), "", ""),
        (Record::new(""), &long, &long[..32_766]),
    ] {
        let error = SmartModuleTransformRuntimeError {
            hint: written.to_owned(),
            offset: 7,
            kind: SmartModuleKind::FilterMap,
            record_key: record.key.clone(),
            record_value: record.value.clone(),
        };
        let mut output = OutputBuffer::new();
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
fn writes_a_refusal_as_fluvio_does() {
    let hint = "parameter `gap` is `soon`".to_owned();
    let expected = encode(&SmartModuleInitRuntimeError { hint: hint.clone() }, 25);
    assert_eq!(refusal(&hint), expected);
}
