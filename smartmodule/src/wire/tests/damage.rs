//! Damaged bytes: the same verdict as Fluvio's, and no panic.
//!
//! These tests run in the dev profile, where an overflow panics.

use std::panic::catch_unwind;

use fluvio_smartmodule::dataplane::record::{Record, RecordData};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::damaged::Damaged;
use super::super::envelope::Envelope;
use super::{assert_all_same, decode, encode, version, views};

/// One kind of damage.
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

/// Whether a varint in here could ask Fluvio's decoder for more memory than there is: it allocates
/// before it checks that as many bytes are left.
fn has_long_varint(bytes: &[u8]) -> bool {
    bytes
        .windows(4)
        .any(|window| window.iter().all(|byte| *byte >= 0x80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn damaged_envelopes_are_judged_as_fluvio_does(
        raw in vec(any::<u8>(), 0..20), damage in damage(), version in version(),
    ) {
        let mut encoded = encode(&SmartModuleInput::new(raw, 7, 1_437_555_628_019), version);
        damage.iter().for_each(|damage| damage.apply(&mut encoded));
        let theirs = decode::<SmartModuleInput>(&encoded, version);
        match Envelope::parse(&encoded, version) {
            Ok(envelope) => {
                let theirs = theirs.unwrap();
                prop_assert_eq!(envelope.base_offset, theirs.base_offset());
                prop_assert_eq!(envelope.records, theirs.raw_bytes());
                prop_assert_eq!(envelope.base_timestamp.unwrap_or(0), theirs.base_timestamp().max(0));
            }
            Err(damaged) => {
                prop_assert_eq!(damaged, Damaged::Envelope);
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
                    // A negative length makes Fluvio panic, and that is an error too.
                    let theirs = catch_unwind(|| decode::<Vec<Record>>(&encoded, 25).is_err());
                    prop_assert!(theirs.unwrap_or(true));
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..200), version in any::<i16>()) {
        if let Ok(envelope) = Envelope::parse(&bytes, version) {
            let _ = views(envelope.records);
        }
        let _ = views(&bytes);
    }
}
