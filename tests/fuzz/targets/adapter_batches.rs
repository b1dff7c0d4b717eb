//! Well-formed batches of arbitrary values, one a line, behind a line of parameters. Every record
//! comes out as JSON, sessionized or tagged with its own bytes; a batch presented again comes out
//! the same; and what came out can be looked back at.
#![no_main]

use std::io::Cursor;

use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::core::{Decoder, Encoder};
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInput, SmartModuleOutput};
use libfuzzer_sys::fuzz_target;
use sessionize_core::parameters::Parameters;
use sessionize_smartmodule::adapter::Adapter;
use sessionize_smartmodule::wire::BatchBuilder;

const VERSION: i16 = 25;

fn encoded(what: &impl Encoder) -> Vec<u8> {
    let mut bytes = Vec::new();
    what.encode(&mut bytes, VERSION).expect("it can be encoded");
    bytes
}

fn batch(values: &[&[u8]]) -> Vec<u8> {
    let mut builder = BatchBuilder::new();
    for value in values {
        builder.push(None, value);
    }
    encoded(&SmartModuleInput::new(builder.take(), 1, 1_741_000_000_000))
}

fn output(adapter: &mut Adapter, input: &[u8]) -> Vec<Record> {
    let answer = adapter
        .filter_map(input.to_vec(), VERSION)
        .expect("an answer");
    let count = answer.count as usize;
    let mut bytes = Cursor::new(answer.bytes);
    let output = SmartModuleOutput::decode_from(&mut bytes, VERSION).expect("an output");
    assert!(output.error.is_none());
    assert_eq!(output.successes.len(), count);
    output.successes
}

fn values(records: &[Record]) -> Vec<&[u8]> {
    records.iter().map(|record| record.value.as_ref()).collect()
}

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    let (parameters, data) = fuzz::split(data);
    let parameters = str::from_utf8(parameters).unwrap_or_default();
    let pairs = parameters
        .split(' ')
        .filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, _)| ["key", "timestamp", "format", "id"].contains(name));
    let Ok(parameters) = Parameters::from_pairs(pairs) else {
        return;
    };
    let records: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let input = batch(&records);
    let mut adapter = Adapter::new(&parameters);
    let once = output(&mut adapter, &input);
    assert_eq!(once.len(), records.len());
    for (record, output) in records.iter().zip(&once) {
        let value = output.value.as_ref();
        fuzz::assert_json(value);
        // A number that no double holds is valid JSON, but serde_json keeps no such number.
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(value) else {
            continue;
        };
        if fields.contains_key("session_error") && fields.len() == 2 {
            match str::from_utf8(record) {
                Ok(record) => assert_eq!(fields["session_raw"], record),
                Err(_) => assert_eq!(fields["session_raw_base64"], base64(record)),
            }
        } else {
            assert!(fields["session_events"].as_u64() > Some(0));
        }
    }
    let again = output(&mut adapter, &input);
    assert_eq!(values(&again), values(&once));
    let mut restored = Adapter::new(&parameters);
    restored.look_back(&batch(&values(&once)), VERSION);
    output(&mut restored, &input);
});

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).map(|chunk| {
        let bits = [0, 1, 2].map(|place| chunk.get(place).copied().unwrap_or_default());
        let bits = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        let digit = |place: usize| match place <= chunk.len() {
            true => DIGITS[(bits >> (18 - 6 * place)) as usize & 63] as char,
            false => '=',
        };
        String::from_iter([digit(0), digit(1), digit(2), digit(3)])
    });
    digits.collect()
}
