//! What no host can bring about through the engine, which encodes stored records itself.

use std::io::Cursor;

use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInput, SmartModuleOutput};
use sessionize_core::parameters::Parameters;

use super::Adapter;

const VERSION: i16 = 25;

fn encode(what: &impl Encoder) -> Vec<u8> {
    let mut bytes = Vec::new();
    what.encode(&mut bytes, VERSION).unwrap();
    bytes
}

fn input(records: &[u8]) -> Vec<u8> {
    encode(&SmartModuleInput::new(records.to_vec(), 0, -1))
}

/// The stored output of one event for each of so many visitors.
fn stored(visitors: usize) -> Vec<Record> {
    let event = |n| format!(r#"{{"ip":"192.0.2.{n}","timestamp":1700000000000}}"#);
    let events: Vec<Record> = (0..visitors).map(|n| Record::new(event(n))).collect();
    let mut adapter = Adapter::new(&Parameters::default());
    let answer = adapter
        .filter_map(input(&encode(&events)), VERSION)
        .unwrap();
    let mut bytes = Cursor::new(answer.bytes);
    let output = SmartModuleOutput::decode_from(&mut bytes, VERSION).unwrap();
    assert_eq!(output.successes.len(), visitors);
    output.successes
}

#[test]
fn damage_ends_the_look_back_without_an_error() {
    const VISITORS: usize = 5;
    let whole = encode(&stored(VISITORS));
    let mut most = 0;
    for cut in 0..=whole.len() {
        let damaged = input(&whole[..cut]);
        let mut adapter = Adapter::new(&Parameters::default());
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
