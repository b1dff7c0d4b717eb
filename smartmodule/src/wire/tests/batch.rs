//! Batches that hosts build.

use fluvio_smartmodule::dataplane::record::{Record, RecordData};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::batch::BatchBuilder;
use super::{bytes, encode};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn builds_batches_as_fluvio_does(records in vec((proptest::option::of(bytes()), bytes()), 0..8)) {
        let mut builder = BatchBuilder::new();
        builder.push(None, b"of the batch before");
        builder.take();
        let expected: Vec<Record> = records.into_iter().enumerate().map(|(offset, (key, value))| {
            builder.push(key.as_deref(), &value);
            let mut record = Record::new(value);
            record.key = key.map(RecordData::from);
            record.preamble.set_offset_delta(i64::try_from(offset).unwrap());
            record
        }).collect();
        prop_assert_eq!(builder.count() as usize, expected.len());
        prop_assert_eq!(builder.is_empty(), expected.is_empty());
        let size = builder.size();
        let batch = builder.take();
        prop_assert_eq!(batch.len(), size);
        prop_assert_eq!(batch, encode(&expected, 25));
        prop_assert!(builder.is_empty());
    }
}
