use proptest::prelude::*;

use super::*;

/// An event's time and key.
type Found = Option<(Millis, Vec<u8>)>;

fn extractor(parameters: &[(&str, &str)], wants_key: bool) -> Extractor {
    let parameters = parameters.iter().copied();
    Extractor::new(&Parameters::from_pairs(parameters).unwrap(), wants_key)
}

impl Extractor {
    /// What is found in one of the ways.
    fn found(&mut self, way: fn(&mut Self, &[u8]) -> Option<Millis>, line: &[u8]) -> Found {
        let time = way(self, line)?;
        Some((time, self.key.as_bytes().to_vec()))
    }

    fn extracted(&mut self, line: &[u8]) -> Found {
        let event = self.extract(line)?;
        Some((event.time, event.key.to_vec()))
    }
}

#[test]
fn most_events_are_read_by_their_leading_members() {
    let time = r#""timestamp":"2025-03-03T09:00:00Z""#;
    let rows = [
        ("the usual", format!(r#"{{{time},"ip":"1.2.3.4","a":1}}"#)),
        (
            "the last ones",
            format!(r#"{{"a":7,"ip":"1.2.3.4",{time}}}"#),
        ),
        ("spaces", format!(r#"{{ "ip" : "1.2.3.4" , {time} }}"#)),
        (
            "a word",
            format!(r#"{{"a":null,"b":true,"ip":"::1",{time}}}"#),
        ),
        (
            "a number",
            r#"{"a":-1.5e+3,"timestamp":1740992430.25,"ip":7}"#.into(),
        ),
        ("a text", format!(r#"{{"ip":"somebody",{time}}}"#)),
        ("a list", format!(r#"{{"ip":"1.2.3.4, 5.6.7.8",{time}}}"#)),
        (
            "twice",
            r#"{"timestamp":1,"timestamp":2,"ip":"::1"}"#.into(),
        ),
        (
            "escapes",
            format!(r#"{{{time},"ip":"::1","a":"\"\n\\","b":"\/"}}"#),
        ),
        (
            "a longer name",
            format!(r#"{{{time},"ip":"::1","ipv4":"1.2.3.4"}}"#),
        ),
    ];
    let mut extractor = extractor(&[], true);
    for (name, event) in rows {
        let found = extractor.found(Extractor::by_all, event.as_bytes());
        assert!(found.is_some(), "{name}");
        assert_eq!(
            extractor.found(Extractor::by_leading, event.as_bytes()),
            found,
            "{name}"
        );
    }
}

#[test]
fn the_others_are_read() {
    let events = [
        // Another value for the same name, plain, escaped, and only in part.
        r#"{"timestamp":1,"ip":"::1","timestamp":2}"#,
        r#"{"timestamp":1,"ip":"::1","ip" : "::2"}"#,
        r#"{"timestamp":1,"ip":"::1","time\u0073tamp":2}"#,
        r#"{"timestamp":1,"time\u0073tamp":2,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"::1","\u0069p":"::2"}"#,
        // The names where they name nothing.
        r#"{"a":"timestamp","timestamp":1,"ip":"::1","b":"timestamp"}"#,
        r#"{"a":"\"timestamp\":2","timestamp":1,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"::1","a":{"timestamp":2},"b":["ip"]}"#,
        r#"{"a":{"timestamp":2},"timestamp":1,"ip":"::1"}"#,
        // Values that are spelt with escapes.
        r#"{"timestamp":"2025-03-03T09:00:00\u005a","ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"\u003a:1"}"#,
        r#"{"timestamp":1,"ip":"a\/b"}"#,
        // A blank before the event.
        r#" {"timestamp":1,"ip":"::1"}"#,
        // Escapes that are repaired to spell one of the names.
        r#"{"timestamp":1,"ip":"::1","\ip":"::2"}"#,
        r#"{"timestamp":1,"ip":"::1","\x69p":"::2"}"#,
        // What is around an event.
        "\u{feff}{\"timestamp\":1,\"ip\":\"::1\"}",
        "\0\0{\"timestamp\":1,\"ip\":\"::1\"}",
        r#""{""timestamp"":1,""ip"":""::1""}""#,
    ];
    let mut extractor = extractor(&[], true);
    for event in events {
        assert_eq!(
            extractor.found(Extractor::by_leading, event.as_bytes()),
            None,
            "{event}"
        );
        assert!(extractor.extracted(event.as_bytes()).is_some(), "{event}");
    }
}

#[test]
fn a_damaged_key_is_read() {
    let mut extractor = extractor(&[], true);
    let event = b"{\"timestamp\":1,\"ip\":\"caf\xe9\"}";
    assert_eq!(extractor.found(Extractor::by_leading, event), None);
    let repaired = "{\"timestamp\":1,\"ip\":\"caf\u{fffd}\"}";
    assert_eq!(
        extractor.extracted(event),
        extractor.found(Extractor::by_all, repaired.as_bytes())
    );
}

#[test]
fn lines_with_something_around_them_are_read() {
    let mut extractor = extractor(&[], true);
    for line in LINES {
        let found = extractor.found(Extractor::by_all, line.as_bytes());
        let quoted = format!("\"{}\"", line.replace('"', "\"\""));
        for whole in [format!("\u{feff}{line}"), format!("\0\0{line}"), quoted] {
            assert_eq!(
                extractor.found(Extractor::by_head, whole.as_bytes()),
                None,
                "{whole}"
            );
            assert_eq!(extractor.extracted(whole.as_bytes()), found, "{whole}");
        }
        let nuls = format!("{line}\0\0");
        assert_eq!(extractor.extracted(nuls.as_bytes()), found, "{nuls}");
    }
}

#[test]
fn nothing_is_found_of_what_is_no_event() {
    let records = [
        "",
        "{",
        "{}",
        "{\"timestamp\"",
        "{\"timestamp\":",
        "x",
        r#"{"ip":"::1"}"#,
        r#"{"timestamp":1}"#,
        r#"{"timestamp":"x","ip":"::1"}"#,
        r#"{"timestamp":null,"ip":"::1"}"#,
        r#"{"timestamp":true,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":null}"#,
        r#"{"timestamp":1,"ip":""}"#,
        r#"{"timestamp":1,"ip":[]}"#,
        r#"{"timestamp":01-,"ip":"::1"}"#,
    ];
    let mut extractor = extractor(&[], true);
    for record in records {
        assert_eq!(extractor.extracted(record.as_bytes()), None, "{record}");
    }
}

#[test]
fn a_key_is_not_looked_for_unless_it_is_wanted() {
    let mut extractor = extractor(&[], false);
    let found = Some((1_000, Vec::new()));
    for event in [r#"{"timestamp":1}"#, r#"{"timestamp":1,"#] {
        assert_eq!(extractor.extracted(event.as_bytes()), found, "{event}");
    }
}

const LINES: [&str; 5] = [
    r#"2015-07-22T09:00:28.019143Z shop 1.2.3.4:54635 10.0.6.158:80 0.00002 0.02 0.00002 200 200 0 699 "GET https://a.b:443/c HTTP/1.1" "Mozilla/5.0 (X11)" - -"#,
    r#"https 2018-07-02T22:23:00.186641Z app/x/y [2001:db8::1]:2817 - 0.086 0.048 0.037 200 200 0 57 "GET https://a.b:443/ HTTP/1.1" "curl/7.46.0" - - arn "Root=1" "#,
    r#"1.2.3.4 - a_user [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 "https://a.b/c" "Mozilla/4.08 [en] (Win98)""#,
    r#"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326"#,
    r#"::1 - - [2000-10-10T13:55:36Z] "GET /a.gif HTTP/1.0" 200 2326"#,
];

#[test]
fn most_lines_are_read_by_their_head() {
    let mut extractor = extractor(&[], true);
    for line in LINES {
        let found = extractor.found(Extractor::by_all, line.as_bytes());
        assert!(found.is_some(), "{line}");
        assert_eq!(
            extractor.found(Extractor::by_head, line.as_bytes()),
            found,
            "{line}"
        );
    }
}

#[test]
fn lines_are_read_for_other_columns() {
    for parameters in [[("key", "user_agent")], [("timestamp", "request")]] {
        let mut extractor = extractor(&parameters, true);
        for line in LINES {
            assert_eq!(
                extractor.found(Extractor::by_head, line.as_bytes()),
                None,
                "{line}"
            );
        }
    }
}

/// Parameters that ask for what there may be in [`record`].
const PARAMETERS: [&[(&str, &str)]; 10] = [
    &[],
    &[("key", "user")],
    &[("key", "ip,user")],
    &[("key", "/a/ip")],
    &[("key", "/a~1b")],
    &[("key", "timestamp")],
    &[("timestamp", "user")],
    &[("timestamp", "/a/timestamp")],
    &[("key", "é"), ("format", "json")],
    &[("format", "elb")],
];

const NAMES: &[&str] = &[
    "timestamp",
    r"time\u0073tamp",
    "ip",
    r"\u0069p",
    "user",
    r"\u0075ser",
    "a",
    "a/b",
    r"a\/b",
    "é",
    r"\u00e9",
];

const TIMES: &[&str] = &[
    "1740992430",
    "1740992431.25e0",
    r#""2025-03-03T09:00:00Z""#,
    r#""2025-03-03T09:00:00\u005a""#,
];

const VALUES: &[&str] = &[
    r#""1.2.3.4""#,
    r#""1.2.3.4:80""#,
    r#""9.9.9.9, 1.2.3.4""#,
    r#""timestamp""#,
    r#""\"ip\":""#,
    r#""\\u""#,
    r#""""#,
    "-1",
    "null",
    "true",
    "[]",
];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(|name| format!("\"{name}\""))
}

/// A value, mostly one that can be a time and a key.
fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        5 => prop::sample::select(TIMES),
        1 => prop::sample::select(VALUES),
    ];
    let plain = plain.prop_map(str::to_owned);
    let nested = members(plain.clone(), 0..3).prop_map(|members| object(&members, ","));
    prop_oneof![9 => plain, 1 => nested]
}

/// A member, but for its name.
fn content(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let colon = prop::sample::select(&[":", " :", ": "][..]);
    (colon, value).prop_map(|(colon, value)| format!("{colon}{value}"))
}

fn members(
    value: impl Strategy<Value = String>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<String>> {
    let member = (name(), content(value)).prop_map(|(name, content)| name + &content);
    prop::collection::vec(member, count)
}

fn object(members: &[String], comma: &str) -> String {
    format!("{{{}}}", members.join(comma))
}

/// An object with what is wanted and other members in any order,
/// each as often as it comes, now and then damaged.
fn record() -> impl Strategy<Value = String> {
    let wanted = [content(value()), content(value()), content(value())];
    let members = (wanted, members(value(), 0..4)).prop_map(|(wanted, mut members)| {
        let names = [r#""timestamp""#, r#""ip""#, r#""user""#];
        members.extend(
            std::iter::zip(names, wanted).map(|(name, content)| name.to_owned() + &content),
        );
        members
    });
    let comma = prop::sample::select(&[",", " ,", ", "][..]);
    let damage = prop::option::weighted(0.1, any::<prop::sample::Index>());
    (members.prop_shuffle(), comma, damage).prop_map(|(members, comma, damage)| {
        let mut record = object(&members, comma);
        if let Some(at) = damage {
            let places: Vec<_> = record.char_indices().map(|(place, _)| place).collect();
            record.remove(places[at.index(places.len())]);
        }
        record
    })
}

/// A line with some characters in it replaced, left out or added.
fn line() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "", "", " ", "  ", "\"", "[", "]", "-", "T", ":", "0", "http ", "::1 ", "é", "{",
    ];
    let index = any::<prop::sample::Index>;
    let change = (index(), 0..3_usize, prop::sample::select(PARTS));
    let lines = prop::sample::select(&LINES[..]);
    (lines, prop::collection::vec(change, 0..4)).prop_map(|(line, changes)| {
        let mut chars: Vec<char> = line.chars().collect();
        for (at, length, part) in changes {
            // Mostly where the time and the address are.
            let at = at.index(80.min(chars.len()));
            let end = chars.len().min(at + length);
            chars.splice(at..end, part.chars());
        }
        chars.into_iter().collect()
    })
}

/// Parameters that ask for what there is in [`line`].
const COLUMN_PARAMETERS: [&[(&str, &str)]; 8] = [
    &[],
    &[("format", "elb")],
    &[("format", "alb")],
    &[("format", "combined")],
    &[("format", "common")],
    &[("format", "json")],
    &[("key", "request")],
    &[("key", "ip,user")],
];

/// Bytes that damage a record.
const DAMAGE: &[&[u8]] = &[
    b"\xe9",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\0",
    b"\t",
    b"\\x69",
    b"\\i",
    b"\\u12",
    b"\\ud800",
    b"\"",
    b"\"\"",
];

/// A record with something put into it or around it.
fn damaged(record: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let damage = (any::<prop::sample::Index>(), prop::sample::select(DAMAGE));
    let damage = prop::collection::vec(damage, 0..3);
    let around = (
        any::<bool>(),
        prop::sample::select(&["", "", "", "\u{feff}", "\0"][..]),
    );
    (record, damage, around).prop_map(|(record, damage, (quoted, before))| {
        let mut record = record.into_bytes();
        for (at, bytes) in damage {
            let at = at.index(record.len() + 1);
            record.splice(at..at, bytes.iter().copied());
        }
        if quoted {
            let doubled = record
                .iter()
                .flat_map(|&byte| std::iter::repeat_n(byte, 1 + usize::from(byte == b'"')));
            record = [b"\"".to_vec(), doubled.collect(), b"\"".to_vec()].concat();
        }
        [before.as_bytes(), &record].concat()
    })
}

fn assert_same(record: &[u8], all_parameters: &[&[(&str, &str)]]) {
    for parameters in all_parameters {
        for wants_key in [false, true] {
            let mut extractor = extractor(parameters, wants_key);
            if let Some(found) = extractor.found(Extractor::by_all, record) {
                let same = extractor.extracted(record);
                assert_eq!(same, Some(found), "{parameters:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn an_event_is_the_same_either_way(record in record()) {
        assert_same(record.as_bytes(), &PARAMETERS);
    }

    #[test]
    fn a_damaged_event_is_the_same_either_way(record in damaged(record())) {
        assert_same(&record, &PARAMETERS);
    }

    #[test]
    fn a_damaged_line_is_the_same_either_way(line in damaged(line())) {
        assert_same(&line, &COLUMN_PARAMETERS);
    }

    #[test]
    fn a_line_is_the_same_either_way(line in line()) {
        assert_same(line.as_bytes(), &COLUMN_PARAMETERS);
    }
}
