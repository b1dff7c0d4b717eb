//! However an event is read, its time and key are the same.

use proptest::prelude::*;

use super::*;

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

/// An object with what is wanted and other members, in any order and some of them several times; now
/// and then it is damaged.
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
