//! The envelope, and the parameters and the record to join with that some versions put into it.

use fluvio_smartmodule::dataplane::smartmodule::{
    Lookback, SmartModuleExtraParams, SmartModuleInput,
};
use proptest::collection::btree_map;
use proptest::prelude::*;

use super::super::envelope::Envelope;
use super::{bytes, decode, encode, version};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn parses_the_envelope_as_fluvio_writes_it(
        raw in bytes(), offset in any::<i64>(), timestamp in any::<i64>(), version in version(),
    ) {
        let encoded = encode(&SmartModuleInput::new(raw.clone(), offset, timestamp), version);
        let envelope = Envelope::parse(&encoded, version).unwrap();
        prop_assert_eq!(envelope.base_offset, offset);
        prop_assert_eq!(envelope.records, &raw[..]);
        prop_assert_eq!(envelope.base_timestamp, (version >= 22 && timestamp > 0).then_some(timestamp));
    }

    #[test]
    fn parses_parameters_and_a_record_to_join_with(
        raw in bytes(), offset in any::<i64>(), timestamp in any::<i64>(),
        parameters in btree_map("[a-zä]{0,5}", "[a-zä]{0,5}", 0..3),
        last in proptest::option::of((any::<u64>(), proptest::option::of(any::<std::time::Duration>()))),
        join in bytes(),
        version in version(),
    ) {
        // No constructor of Fluvio's gives this, so it is put together as the derived encoder
        // would.
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
        let envelope = Envelope::parse(&encoded, version).unwrap();
        prop_assert_eq!(envelope.base_offset, expected.base_offset());
        prop_assert_eq!(envelope.records, expected.raw_bytes());
        prop_assert_eq!(envelope.base_timestamp.unwrap_or(0), expected.base_timestamp().max(0));
    }
}
