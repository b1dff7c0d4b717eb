//! How much memory the module needs for a line of several megabytes.

use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use harness::guest::Guest;
use harness::host::{raw, wasm};
use sessionize_pipeline::engine::NO_APPEND_TIME;

/// Length of the lines, in bytes. Program and README promise the same multiple for any length.
const LINE: usize = 4 << 20;

/// The memory that a line may take, as a multiple of its length. README states it.
const MULTIPLE: usize = 16;

/// The memory that the module has before a long line, and the buffers that it keeps after one, in
/// bytes.
const BASE: usize = 16 << 20;

fn line(start: &str, filling: &str, end: &str) -> Vec<u8> {
    line_of(start, filling.as_bytes(), end)
}

fn line_of(start: &str, filling: &[u8], end: &str) -> Vec<u8> {
    let times = (LINE - start.len() - end.len()) / filling.len();
    [start.as_bytes(), &filling.repeat(times), end.as_bytes()].concat()
}

#[test]
fn a_long_line_takes_a_multiple_of_its_length() {
    let event = r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:00:00Z","text":""#;
    let combined = r#"192.0.2.1 - - [03/Mar/2025:10:00:00 +0000] "GET /"#;
    let rest = r#" HTTP/1.1" 200 2326 "-" "Mozilla/4.08""#;
    let elb = r#"2025-03-03T10:00:00.000000Z shop 192.0.2.1:54635 10.0.6.158:80 0.1 0.1 0.1 200 200 0 699 "GET /"#;
    let rows = [
        ("control characters", line("", "\u{1}", "")),
        ("quotes", line("", "\"", "")),
        ("blanks", line("x", " ", "x")),
        ("letters beyond ASCII", line("", "é", "")),
        ("bytes that are not UTF-8", vec![0xff; LINE]),
        ("an event", line(event, "x", "\"}")),
        ("an event of escapes", line(event, "\\u0001", "\"}")),
        (
            "an event of control characters",
            line(event, "\u{1}", "\"}"),
        ),
        (
            "an event of a few control characters",
            line(event, "xxxx\u{1}", "\"}"),
        ),
        (
            "an event of bytes that are not UTF-8",
            line_of(event, b"\xff", "\"}"),
        ),
        (
            "an event of some bytes that are not UTF-8",
            line_of(event, b"x\xff", "\"}"),
        ),
        ("an event of bytes in hex", line(event, "\\xC3\\xA9", "\"}")),
        (
            "a combined line of bytes that are not UTF-8",
            line_of(combined, b"\xff", rest),
        ),
        (
            "a combined line of some bytes that are not UTF-8",
            line_of(combined, b"x\xff", rest),
        ),
        (
            "a combined line in quotes",
            line(
                &format!("\"{}", combined.replace('"', "\"\"")),
                "\"\"",
                &format!("{}\"", rest.replace('"', "\"\"")),
            ),
        ),
        (
            "a visitor of some bytes that are not UTF-8",
            line_of("{\"timestamp\":1,\"ip\":\"", b"x\xff", "\"}"),
        ),
        ("an event cut off", line(event, "\\\"", "")),
        ("an event of brackets", line("{\"a\":[", "[],", "[]]}")),
        ("a combined line", line(combined, "x", rest)),
        (
            "a combined line of control characters",
            line(combined, "\u{1}", rest),
        ),
        ("a combined line of quotes", line(combined, "\\\"", rest)),
        (
            "a load balancer's line",
            line(elb, "é", " HTTP/1.1\" \"-\" - -"),
        ),
        ("a visitor", line("{\"timestamp\":1,\"ip\":\"", "x", "\"}")),
        (
            "a visitor of escapes",
            line("{\"timestamp\":1,\"ip\":\"", "\\u0001", "\"}"),
        ),
    ];
    let wasm = wasm().unwrap();
    let limit = BASE + MULTIPLE * LINE;
    for (name, line) in rows {
        let mut guest = Guest::start(&wasm, &[], limit).unwrap();
        let short = Record::new(r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:00:00Z"}"#);
        // Twice: the buffers that one long line leaves must serve the next one.
        for (offset, record) in [
            &short,
            &Record::new(line.clone()),
            &short,
            &Record::new(line),
        ]
        .into_iter()
        .enumerate()
        {
            let input = raw(&vec![record.clone()]).unwrap();
            let input = SmartModuleInput::new(input, offset as i64, NO_APPEND_TIME);
            let out = guest.process(input);
            assert_eq!(
                out.map_err(|error| format!("{name}: {error:#}"))
                    .unwrap()
                    .len(),
                1
            );
        }
        let memory = guest.memory().unwrap();
        println!("{:5.2} x  {name}", memory as f64 / LINE as f64);
    }
}
