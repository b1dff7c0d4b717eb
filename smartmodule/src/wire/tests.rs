//! The wire against Fluvio's own encoder and decoder.

mod batch;
mod damage;
mod envelope;
mod output;
mod records;

use std::io::Cursor;

use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::record::{Record, RecordData};
use proptest::collection::vec;
use proptest::prelude::*;

use super::damaged::Damaged;
use super::records::{RecordView, Records};

/// Layouts with and without the base timestamp, the parameters and the record to join with. 22 and
/// 25 are in use.
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

/// A delta that a host writes. Beyond 32 bits, Fluvio's encoder does not write the number that it
/// was given.
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
