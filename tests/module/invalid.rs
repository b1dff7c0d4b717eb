//! A record may have any bytes: there is no error, and nothing is lost.

use fluvio_smartmodule::Record;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::instance::{process, started, texts};

#[test]
fn what_is_no_event_and_not_utf8_is_passed_on_in_base64() {
    let records = [b"\xff".as_slice(), b"{\"ip\":\"\xc3\"}", b"\xed\xa0\x80ab"];
    let expected = [
        r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw_base64":"/w=="}"#,
        r#"{"session_error":"no time: field `timestamp` is missing or null","session_raw_base64":"eyJpcCI6IsMifQ=="}"#,
        r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw_base64":"7aCAYWI="}"#,
    ];
    let mut module = started(&[]);
    let processed = process(module.as_mut(), 0, &records.map(Record::new));
    assert_eq!(texts(&processed.records), expected);
}

#[test]
fn what_is_not_utf8_in_an_event_is_replaced() {
    let records = [
        &b"{\"ip\":\"192.0.2.1\",\"timestamp\":1,\"ua\":\"caf\xe9\"}"[..],
        b"192.0.2.1 - - [01/Jan/1970:00:00:01 +0000] \"GET /caf\xe9 HTTP/1.1\" 200 2",
    ];
    let mut module = started(&[]);
    let processed = process(module.as_mut(), 0, &records.map(Record::new));
    let output = texts(&processed.records);
    assert!(
        output[0].contains("\"ua\":\"caf\u{fffd}\",\"session_id\""),
        "{}",
        output[0]
    );
    assert!(
        output[1].contains("\"request\":\"GET /caf\u{fffd} HTTP/1.1\""),
        "{}",
        output[1]
    );
    assert!(output[1].contains("\"session_events\":2"), "{}", output[1]);
}

/// Random bytes; and events and lines with some of their bytes replaced, removed, or doubled.
#[test]
fn any_bytes_come_out_as_json() {
    const SOUND: [&str; 3] = [
        r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:00:00Z","session_id":"a","n":[1,{"b":null}],"s":"\u00e9\\"}"#,
        r#"2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 10.0.6.158:80 0.000022 0.026109 0.00002 200 200 0 699 "GET https://example.com:443/a?b=c HTTP/1.1" "Mozilla/5.0 (X11)" - -"#,
        r#"192.0.2.7 - frank [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326 "-" "Mozilla/4.08""#,
    ];
    let mut dice = ChaCha8Rng::seed_from_u64(3);
    let mut module = started(&[]);
    for batch in 0..100 {
        let records: Vec<Record> = (0..200)
            .map(|n| {
                let mut bytes = SOUND
                    .get(n % 4)
                    .map_or_else(Vec::new, |sound| sound.as_bytes().to_vec());
                if bytes.is_empty() {
                    bytes = vec![0; dice.random_range(0..40)];
                    dice.fill_bytes(&mut bytes);
                }
                for _ in 0..dice.random_range(0..4) {
                    let from = dice.random_range(0..=bytes.len());
                    let to = dice.random_range(from..=bytes.len().min(from + 9));
                    match dice.random_range(0..3) {
                        0 => bytes[from..to].fill(*b"{}[]\",:\\0e-\n\x80 ".get(from % 14).unwrap()),
                        1 => drop(bytes.drain(from..to)),
                        _ => bytes.extend_from_within(from..to),
                    }
                }
                Record::new(bytes)
            })
            .collect();
        let processed = process(module.as_mut(), batch, &records);
        assert_eq!(processed.refused, None);
        assert_eq!(processed.records.len(), records.len());
        for (input, output) in records.iter().zip(&processed.records) {
            let value: Result<Value, _> = serde_json::from_slice(output.value.as_ref());
            let value =
                value.unwrap_or_else(|error| panic!("{input:?} became {output:?}: {error}"));
            assert!(
                value.get("session_id").is_some() != value.get("session_error").is_some(),
                "{value}"
            );
        }
    }
}
