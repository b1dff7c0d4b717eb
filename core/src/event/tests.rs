use crate::parameters::Parameters;
use crate::sessionizer::{Outcome, Sessionizer};
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::event::Record;

#[test]
fn a_record_that_would_become_many_times_as_long_is_tagged() {
    let (before, behind) = ("{\"ip\":\"::1\",\"timestamp\":1,\"a\":\"", "\"}");
    for damage in [b"\x01", b"\xff"] {
        let many = damage.repeat(2 << 20);
        let record = [before.as_bytes(), &many, behind.as_bytes()].concat();
        let mut module = Sessionizer::new(&Parameters::default());
        let Outcome::Emit { key: None, value } = module.process(&of(&record)) else {
            panic!("it is tagged");
        };
        assert!(value.concat().starts_with(b"{\"session_error\":\"not "));
    }
}

fn of(value: &[u8]) -> Record<'_> {
    Record {
        value,
        ..Record::default()
    }
}

/// What comes out for a record, without the fields that are added, or why it can't be sessionized.
fn sessionized(parameters: &[(&str, &str)], record: &[u8]) -> String {
    let parameters = Parameters::from_pairs(parameters.iter().copied()).unwrap();
    let mut module = Sessionizer::new(&parameters);
    let Outcome::Emit { value, .. } = module.process(&of(record)) else {
        panic!("nothing is dropped");
    };
    let out = String::from_utf8(value.concat()).unwrap();
    match out.split_once(",\"session_id\":\"") {
        Some((event, added)) => {
            let id = added.split_once('"').unwrap().0;
            let id = id.rsplit_once('-').unwrap().0;
            format!("{id} of {event}}}")
        }
        None => out,
    }
}

#[test]
fn damaged_events_count() {
    for (record, expected) in [
        (
            &b"{\"ip\":\"::1\",\"timestamp\":1,\"ua\":\"caf\xe9\"}"[..],
            "::1 of {\"ip\":\"::1\",\"timestamp\":1,\"ua\":\"caf\u{fffd}\"}",
        ),
        (
            br#"{"ip":"\x3a:1","t\x69mestamp":1, "n" : 1e999}"#,
            r#"::1 of {"ip":"::1","timestamp":1, "n" : 1e999}"#,
        ),
        (
            br#"{"ip":"a\ud800","timestamp":1}"#,
            "a\u{fffd} of {\"ip\":\"a\\ufffd\",\"timestamp\":1}",
        ),
        (
            b"\xef\xbb\xbf{\"ip\":\"a\tb\",\"timestamp\":1}\0\0",
            "a\\tb of {\"ip\":\"a\\tb\",\"timestamp\":1}",
        ),
        (
            br#""{""ip"":""::1"",""timestamp"":1}""#,
            r#"::1 of {"ip":"::1","timestamp":1}"#,
        ),
        (
            b"\xef\xbb\xbf192.0.2.1 - - [03/Mar/2025:10:00:00 +0000] \"GET /\xe9 HTTP/1.1\" 200 2",
            "192.0.2.1 of {\"ip\":\"192.0.2.1\",\"ident\":null,\"user\":null,\"timestamp\":\"03/Mar/2025:10:00:00 +0000\",\"request\":\"GET /\u{fffd} HTTP/1.1\",\"status\":200,\"bytes\":2}",
        ),
        (
            b"\"192.0.2.1 - - [03/Mar/2025:10:00:00 +0000] \"\"GET / HTTP/1.1\"\" 200 2\"",
            "192.0.2.1 of {\"ip\":\"192.0.2.1\",\"ident\":null,\"user\":null,\"timestamp\":\"03/Mar/2025:10:00:00 +0000\",\"request\":\"GET / HTTP/1.1\",\"status\":200,\"bytes\":2}",
        ),
        (
            b"\"a b\" 192.0.2.1 - - [03/Mar/2025:10:00:00 +0000] \"GET / HTTP/1.1\"",
            "192.0.2.1 of {\"prefix\":\"\\\"a b\\\"\",\"ip\":\"192.0.2.1\",\"ident\":null,\"user\":null,\"timestamp\":\"03/Mar/2025:10:00:00 +0000\",\"request\":\"GET / HTTP/1.1\",\"status\":null,\"bytes\":null}",
        ),
    ] {
        let found = sessionized(&[], record);
        assert_eq!(found, expected);
    }
}

/// The output holds the record as it was, and the reason tells the place in it where that is known.
#[test]
fn broken_records_are_tagged_as_they_were() {
    for (record, expected) in [
        (
            &b"{\"a\":\"\\q\",}"[..],
            r#"{"session_error":"not JSON: expected a member name at byte 10","session_raw":"{\"a\":\"\\q\",}"}"#,
        ),
        (
            b"{\"a\":\"\\q\",\"b\":\"x",
            r#"{"session_error":"not JSON: an invalid escape at byte 6","session_raw":"{\"a\":\"\\q\",\"b\":\"x"}"#,
        ),
        (
            b"{\"a\":\"b\xff\"}\xff",
            r#"{"session_error":"not JSON: expected nothing more at byte 10","session_raw_base64":"eyJhIjoiYv8iff8="}"#,
        ),
        (
            b"{\"a\":\"\t\"}",
            r#"{"session_error":"no key: field `ip` is missing or null","session_raw":"{\"a\":\"\t\"}"}"#,
        ),
        (
            b"\xef\xbb\xbf{\"a\":}",
            "{\"session_error\":\"not JSON: expected a value at byte 5\",\"session_raw\":\"\u{feff}{\\\"a\\\":}\"}",
        ),
        (
            b"\0\0",
            r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw":"\u0000\u0000"}"#,
        ),
    ] {
        assert_eq!(sessionized(&[], record), expected);
    }
}

#[test]
fn damaged_events_count_in_every_format() {
    for (format, record) in [
        ("json", &b"\xef\xbb\xbf{\"ip\":\"::1\",\"timestamp\":1,\"ua\":\"\\xE9\xff\"}\0"[..]),
        ("elb", b"\xef\xbb\xbf2025-03-03T10:00:00.1Z a ::1 - 0 0 0 200 200 0 2 \"GET / HTTP/1.1\" \"\xe9\" - -\0"),
        ("alb", b"\0http 2025-03-03T10:00:00.1Z a [::1]:1 - 0 0 0 200 200 0 2 \"GET / HTTP/1.1\" \"\xe9\" - -"),
        ("combined", b"\0::1 - \xe9 [03/Mar/2025:10:00:00 +0000] \"GET / HTTP/1.1\" 200 2 \"-\" \"\xe9\""),
        ("common", b"\"::1 - \xe9 [03/Mar/2025:10:00:00 +0000] \"\"GET / HTTP/1.1\"\" 200 2\"\0"),
    ] {
        for format in [format, "auto"] {
            let found = sessionized(&[("format", format)], record);
            assert!(found.starts_with("::1 of {"), "{format}: {found}");
        }
    }
}

#[test]
fn what_was_looked_back_is_repaired_too() {
    for stored in [false, true] {
        let mut module = Sessionizer::new(&Parameters::default());
        let record = b"\xef\xbb\xbf{\"ip\":\"::1\",\"timestamp\":1,\"ua\":\"\xe9\\xC3\"}";
        if stored {
            let mut before = Sessionizer::new(&Parameters::default());
            let Outcome::Emit { value, .. } = before.process(&of(record)) else {
                panic!("it is an event");
            };
            module.look_back(None, &value.concat());
        } else {
            module.look_back(None, record);
        }
        module.begin_batch(None);
        let Outcome::Emit { value, .. } = module.process(&of(record)) else {
            panic!("it is an event");
        };
        let out = String::from_utf8(value.concat()).unwrap();
        assert!(out.contains(r#""session_events":2"#), "{out}");
    }
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value as Tree};

    /// A text as a lenient reader sees it: what is between its strings, and the content of each.
    #[derive(Debug, PartialEq)]
    struct Lenient {
        between: String,
        strings: Vec<String>,
    }

    fn lenient(text: &str) -> Lenient {
        let mut between = String::new();
        let mut strings = Vec::new();
        let mut parts = text.chars().peekable();
        while let Some(char) = parts.next() {
            between.push(char);
            if char != '"' {
                continue;
            }
            // Units of UTF-16 on one side, bytes on the other: what belongs together is in a row.
            let (mut content, mut units, mut bytes) = (String::new(), Vec::new(), Vec::new());
            let mut ended = false;
            while !ended {
                let rest: String = parts.clone().take(6).collect();
                let hex = |from: usize, most: usize| {
                    let digits = rest.chars().skip(from).take(most);
                    digits
                        .take_while(char::is_ascii_hexdigit)
                        .collect::<String>()
                };
                let is_byte = rest.starts_with("\\x") && hex(2, 2).len() == 2;
                let is_unit = rest.starts_with("\\u") && hex(2, 4).len() == 4;
                if !is_byte {
                    content += &String::from_utf8_lossy(&std::mem::take(&mut bytes));
                }
                if !is_unit {
                    content += &String::from_utf16_lossy(&std::mem::take(&mut units));
                }
                let mut taken = 1;
                if is_byte {
                    bytes.push(u8::from_str_radix(&hex(2, 2), 16).unwrap());
                    taken = 4;
                } else if is_unit {
                    units.push(u16::from_str_radix(&hex(2, 4), 16).unwrap());
                    taken = 6;
                } else if rest.starts_with("\\u") {
                    content.push('\u{fffd}');
                    taken = 2 + hex(2, 4).len();
                } else {
                    let escaped = rest.chars().nth(1);
                    match (rest.chars().next(), escaped) {
                        (Some('\\'), Some(escaped)) => {
                            content.push(match escaped {
                                'b' => '\u{8}',
                                'f' => '\u{c}',
                                'n' => '\n',
                                'r' => '\r',
                                't' => '\t',
                                other => other,
                            });
                            taken = 2;
                        }
                        (Some('"') | None, _) => ended = true,
                        (Some(other), _) => content.push(other),
                    }
                }
                for _ in 0..taken {
                    parts.next();
                }
            }
            strings.push(content);
        }
        Lenient { between, strings }
    }

    /// The output, and whether it is an event. Checks that it is strict JSON, and that a wrapper
    /// holds the record as it was.
    fn checked(record: &[u8]) -> Result<(bool, String), TestCaseError> {
        let parameters = Parameters::from_pairs([("prefix", "added_")]).unwrap();
        let mut module = Sessionizer::new(&parameters);
        let Outcome::Emit { value, .. } = module.process(&of(record)) else {
            panic!("nothing is dropped");
        };
        let out = String::from_utf8(value.concat()).unwrap();
        let tree = match serde_json::from_str::<Map<String, Tree>>(&out) {
            Ok(tree) => tree,
            // The grammar has numbers of any size.
            Err(error) if error.to_string().contains("number out of range") => Map::new(),
            Err(error) => return Err(TestCaseError::fail(format!("{error}: {out}"))),
        };
        let is_event = !tree.contains_key("added_error");
        if !is_event {
            // Base64 where escapes would be longer; that it is right is tested elsewhere.
            let raw = tree.get("added_raw").and_then(Tree::as_str);
            prop_assert!(raw.is_none_or(|raw| raw.as_bytes() == record));
            prop_assert_ne!(raw.is_some(), tree.contains_key("added_raw_base64"));
        }
        Ok((is_event, out))
    }

    /// The event of an output.
    fn without_added(out: &str) -> String {
        let (event, added) = out.split_once(",\"added_id\":").unwrap();
        let (_, end) = added.split_once(",\"added_late\":").unwrap();
        let end = end.trim_start_matches(char::is_alphabetic);
        format!("{event}{end}")
    }

    const EVENTS: [&str; 3] = [
        r#"{"ip":"192.0.2.1","timestamp":"2025-03-03T10:00:00Z","a":{"b":["c\n",1.50]},"d":"e\u00e9\ud83d\ude00"}"#,
        r#"{"ua":"Dalvik \xC3\xA9 Build", "timestamp":1740996000, "x\'y":"z\\", "ip":"::1" }"#,
        "{\"ip\":\"caf\u{e9}\",\"timestamp\":1740996000.5,\"\u{20ac}\":\"\u{1f600}\"}",
    ];

    const LINES: [&str; 3] = [
        r#"2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 - 0.00002 0.02 0.00002 200 200 0 699 "GET https://a.b:443/c?b=c HTTP/1.1" "Mozilla/5.0 (X11)" - -"#,
        r#"h2 2018-07-02T22:23:00.186641Z app/l/5 192.0.2.1:2817 - 0.0 0.0 0.0 200 200 34 366 "GET https://a.b:443/ HTTP/2.0" "curl" - - arn "Root=1-5" "a.b""#,
        r#"192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /\"a\" HTTP/1.1" 200 203 "http://example.com/" "Mozilla/5.0 (X11) \xC3" x"#,
    ];

    /// Bytes that damage a text.
    fn damage() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            4 => any::<u8>().prop_map(|byte| vec![byte]),
            2 => (0x80..=0xffu8).prop_map(|byte| vec![byte]),
            1 => (0..0x20u8).prop_map(|byte| vec![byte]),
            4 => prop::sample::select(&[
                r"\x", r"\xC3", r"\xC3\xA9", r"\x22", r"\x0a", r"\x5c", r"\u", r"\u12", r"\ud83d",
                r"\ude00", r"\", r"\q", "\"", "\"\"", "\0", "\u{feff}", "",
            ][..]).prop_map(|text| text.as_bytes().to_vec()),
        ]
    }

    fn damaged(records: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
        let change = (any::<prop::sample::Index>(), 0..2usize, damage());
        let changes = prop::collection::vec(change, 0..6);
        (prop::sample::select(records), changes).prop_map(|(record, changes)| {
            let mut record = record.as_bytes().to_vec();
            for (at, removed, bytes) in changes {
                let at = at.index(record.len());
                let end = record.len().min(at + removed);
                record.splice(at..end, bytes);
            }
            record
        })
    }

    /// What may be around a record.
    fn around(record: &[u8], mark: bool, nuls: (usize, usize), quotes: bool) -> Vec<u8> {
        let mut whole = vec![0; nuls.0];
        if mark {
            whole.extend_from_slice("\u{feff}".as_bytes());
        }
        if quotes {
            whole.push(b'"');
            for &byte in record {
                whole.extend(std::iter::repeat_n(byte, 1 + usize::from(byte == b'"')));
            }
            whole.push(b'"');
        } else {
            whole.extend_from_slice(record);
        }
        whole.extend(vec![0; nuls.1]);
        whole
    }

    fn is_plain(record: &[u8]) -> bool {
        !sessionize_formats::repair::may_be_wrapped(record)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn any_bytes_come_out_as_json(bytes: Vec<u8>, text in r#"["\\xud0-9a-f\x00\x80-\xff]{0,40}"#) {
            checked(&bytes)?;
            checked(format!(r#"{{"ip":"::1","timestamp":1,"{text}":"{text}"}}"#).as_bytes())?;
            checked(&[br#"{"ip":"::1","timestamp":1,"a":""#, &bytes[..], b"\"}"].concat())?;
            checked(&[br#"192.0.2.1 - - [03/Mar/2025:10:00:00 +0000] "GET "#, &bytes[..], b"\""].concat())?;
        }

        /// Of a damaged event, all but the damage comes out as it was.
        #[test]
        fn only_the_damage_is_repaired(record in damaged(&EVENTS)) {
            let (is_event, out) = checked(&record)?;
            let text = String::from_utf8_lossy(&record);
            if is_event && is_plain(&record) && text.starts_with('{') {
                let event = without_added(&out);
                prop_assert_eq!(lenient(&event), lenient(&text));
                if serde_json::from_slice::<Map<String, Tree>>(&record).is_ok() {
                    prop_assert_eq!(event.as_bytes(), record);
                }
            }
        }

        /// An event that needs no more than valid escapes and bytes is one.
        #[test]
        fn damaged_strings_make_no_event_invalid(bytes in prop::collection::vec(damage(), 0..6)) {
            let damage = bytes.concat();
            // A quote would end the string, and a backslash at its end would not let it.
            let damage: Vec<u8> = damage.into_iter().filter(|byte| *byte != b'"').collect();
            prop_assume!(damage.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0);
            let record = [br#"{"ip":"::1","timestamp":1,"a":""#, &damage[..], b"\"}"].concat();
            prop_assert!(checked(&record)?.0, "{:?}", String::from_utf8_lossy(&record));
        }

        /// A line comes out as if it had had U+FFFD where it has bytes that are not UTF-8.
        #[test]
        fn lines_are_read_with_their_damage_replaced(record in damaged(&LINES)) {
            let (is_event, out) = checked(&record)?;
            if is_event && is_plain(&record) {
                let text = String::from_utf8_lossy(&record).into_owned();
                prop_assert_eq!(checked(text.as_bytes())?, (true, out));
            }
        }

        /// What is around a record changes nothing.
        #[test]
        fn what_is_around_changes_nothing(
            event in damaged(&EVENTS),
            line in damaged(&LINES),
            mark: bool,
            nuls in (0..3usize, 0..3usize),
            quotes: bool,
        ) {
            for record in [event, line] {
                if !is_plain(&record) {
                    continue;
                }
                let whole = around(&record, mark, nuls, quotes);
                let (is_event, out) = checked(&record)?;
                let (same, found) = checked(&whole)?;
                prop_assert_eq!(same, is_event);
                if is_event {
                    prop_assert_eq!(found, out);
                }
            }
        }
    }
}
