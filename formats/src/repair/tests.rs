use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn repaired(record: &[u8]) -> String {
    let mut copy = Text::new();
    repair(record, |content| content.starts_with(b"{"), &mut copy);
    String::from_utf8(copy.as_bytes().to_vec()).unwrap()
}

#[test]
fn strings_get_valid_escapes() {
    for (name, text, expected) in [
        ("nothing", r#"a\"\\\/\b\f\n\r\t"#, r#"a\"\\\/\b\f\n\r\t"#),
        ("bytes of a character", r"\xC3\xA9", "é"),
        ("lower case", r"\xc3\xa9\xF0\x9f\x98\x80", "é😀"),
        ("several", r"a\xC3\xA3b\xC3\xA3", "aãbã"),
        ("half of a character", r"\xC3", "\u{fffd}"),
        ("halves apart", r"\xC3 \xA9", "\u{fffd} \u{fffd}"),
        ("a half before a whole", r"\xE9\xC3\xA9", "\u{fffd}é"),
        ("a quote", r"\x22", r#"\""#),
        ("a backslash", r"\x5C", r"\\"),
        (
            "controls",
            r"\x00\x09\x0A\x1F\x7F",
            "\\u0000\\t\\n\\u001f\x7f",
        ),
        ("an escaped backslash", r"\\xC3", r"\\xC3"),
        ("too few digits", r"\xC", "xC"),
        ("no digits", r"\xyz", "xyz"),
        ("another letter", r"\q\'\0\v\a\é\ ", "q'0va\u{e9} "),
        ("a backslash before a control", "\\\t\\\n", r"\t\n"),
        ("no hex digits", r"\u", r"\ufffd"),
        ("some hex digits", r"\u12", r"\ufffd"),
        ("others behind them", r"\u123x\u00g0", r"\ufffdx\ufffdg0"),
        ("a quote behind them", r#"\u12\""#, r#"\ufffd\""#),
        ("a valid one", r"\u00e9\u0000", r"\u00e9\u0000"),
        ("a first half", r"\ud800", r"\ufffd"),
        ("a second half", r"\uDFFF", r"\ufffd"),
        ("a pair", r"\ud83d\uDE00", r"\ud83d\uDE00"),
        (
            "a pair the wrong way round",
            r"\ude00\ud83d",
            r"\ufffd\ufffd",
        ),
        (
            "halves apart from each other",
            r"\ud83d \ude00",
            r"\ufffd \ufffd",
        ),
        (
            "a first half before a pair",
            r"\ud83d\ud83d\ude00",
            r"\ufffd\ud83d\ude00",
        ),
        (
            "a second half behind a pair",
            r"\ud83d\ude00\ude00",
            r"\ud83d\ude00\ufffd",
        ),
        (
            "a first half before another",
            r"\ud83d\u0041\ud83d\n",
            r"\ufffd\u0041\ufffd\n",
        ),
        ("no half", r"\\ud800\\\ud800", r"\\ud800\\\ufffd"),
        (
            "controls as they are",
            "a\tb\0\x1f\n\r\x08\x0c\x7f",
            "a\\tb\\u0000\\u001f\\n\\r\\b\\f\x7f",
        ),
    ] {
        for (before, behind) in [("{\"a\":\"", "\",\t\n\"b\":1}"), ("{\"", "\":\"\"}")] {
            let found = repaired(format!("{before}{text}{behind}").as_bytes());
            assert_eq!(found, format!("{before}{expected}{behind}"), "{name}");
        }
    }
}

#[test]
fn what_is_between_strings_stays() {
    for record in [
        r#"{"a":1\n}"#,
        "{\"a\":\0}",
        r#"{\"a\":1}"#,
        "{\t\"a\":\n1}",
        r#"{"a"#,
    ] {
        assert_eq!(repaired(record.as_bytes()), record);
    }
    assert_eq!(repaired(b"{\"a\":\xff}"), "{\"a\":\u{fffd}}");
    assert_eq!(repaired(b"{\"a\":\"b\\"), "{\"a\":\"b");
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    for (record, expected) in [
        (&b"/caf\xe9 "[..], "/caf\u{fffd} "),
        (b"\xc3\xa9\xc3", "é\u{fffd}"),
        (b"\xed\xa0\x80", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"{\"\xff\":\"\\\xe9\"}", "{\"\u{fffd}\":\"\u{fffd}\"}"),
    ] {
        assert_eq!(repaired(record), expected);
        assert_eq!(
            repaired(record),
            String::from_utf8_lossy(record).replace("\\\u{fffd}", "\u{fffd}")
        );
    }
}

#[test]
fn what_is_around_a_record_is_left_out() {
    for (record, expected) in [
        ("\u{feff}x", "x"),
        ("\0\0x\0", "x"),
        ("\0\u{feff}\0x", "x"),
        ("x\0\0", "x"),
        ("\u{feff}", ""),
        ("\0", ""),
        (r#""x""#, "x"),
        ("\"x\"\r\n", "x"),
        (r#""""#, ""),
        (r#""a ""b"" c""#, r#"a "b" c"#),
        (r#""{""a"":""b""}""#, r#"{"a":"b"}"#),
        (r#""a """" b""#, r#"a "" b"#),
        (r#""""a""""#, r#""a""#),
        ("\u{feff}\"a \"\"b\"\"\"", r#"a "b""#),
    ] {
        assert!(may_be_wrapped(record.as_bytes()), "{record:?}");
        assert!(is_wrapped(record.as_bytes()), "{record:?}");
        assert_eq!(repaired(record.as_bytes()), expected, "{record:?}");
    }
}

#[test]
fn what_is_part_of_a_record_is_not() {
    for record in [
        "",
        "\"",
        "x",
        "x\u{feff}",
        "a\0b",
        "\u{feee}x",
        r#""a" b "c""#,
        r#""a b" 192.0.2.7 - - "c" "d""#,
        r#""a" b"#,
        r#""a"""#,
        r#"""a""#,
        r#""{\"a\":1}""#,
    ] {
        assert!(!is_wrapped(record.as_bytes()), "{record:?}");
        assert_eq!(repaired(record.as_bytes()), record);
    }
}

#[test]
fn a_record_that_would_become_many_times_as_long_is_not_repaired() {
    let (before, behind) = ("{\"ip\":\"::1\",\"timestamp\":1,\"a\":\"", "\"}");
    let record = |damage: &[u8], count| {
        [before.as_bytes(), &damage.repeat(count), behind.as_bytes()].concat()
    };
    let mut copy = Text::new();
    for damage in [b"\x01", b"\xff"] {
        let few = record(damage, 100_000);
        repair(&few, |_| true, &mut copy);
        assert!(std::str::from_utf8(copy.as_bytes()).is_ok());
        assert_ne!(copy.as_bytes(), few);
        let many = record(damage, MOST_GROWTH + 1_000);
        repair(&many, |_| true, &mut copy);
        assert_eq!(copy.as_bytes(), many);
    }
}
