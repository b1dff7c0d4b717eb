use super::nesting::MAX_DEPTH;
use super::*;
use crate::path::Path;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn wanted(paths: &[&str]) -> Wanted {
    let paths: Vec<_> = paths
        .iter()
        .map(|path| Path::parse(path).unwrap())
        .collect();
    Wanted::new(&paths)
}

/// The raw values of the paths, checked to be where they say.
fn found(record: &str, paths: &[&str]) -> Vec<Option<String>> {
    let object = scan(record.as_bytes(), &wanted(paths)).unwrap();
    assert_eq!(record.as_bytes()[object.close], b'}');
    (0..paths.len())
        .map(|slot| {
            object.value(slot, record.as_bytes()).map(|value| {
                assert_eq!(&record.as_bytes()[value.start..value.end()], value.raw);
                String::from_utf8(value.raw.to_vec()).unwrap()
            })
        })
        .collect()
}

#[test]
fn finds_values() {
    let long = "n".repeat(40);
    let long_member = format!(r#"{{"{long}":1,"{}x":2,"{long}n":3}}"#, "n".repeat(39));
    for (record, paths, values) in [
        (r#"{"a":1}"#, &["a"][..], &[Some("1")][..]),
        (r#"{"a":1}"#, &["b"], &[None]),
        (r#"{}"#, &["a"], &[None]),
        (
            " \t\r\n{ \"a\" : \"x\" , \"b\" : [ ] }\r\n",
            &["b", "a"],
            &[Some("[ ]"), Some("\"x\"")],
        ),
        (
            r#"{"a":true,"b":false,"c":null,"d":-0.5e+3,"e":{"f":[{}]}}"#,
            &["a", "b", "c", "d", "e"],
            &[
                Some("true"),
                Some("false"),
                Some("null"),
                Some("-0.5e+3"),
                Some(r#"{"f":[{}]}"#),
            ],
        ),
        (
            "{\"a\": 1, \"b\": \"x\", \"c\": [ ], \"d\": 0.25, \"e\": null}",
            &["a", "b", "c", "d", "e"],
            &[
                Some("1"),
                Some("\"x\""),
                Some("[ ]"),
                Some("0.25"),
                Some("null"),
            ],
        ),
        (
            "{\"a\":  1 , \"b\" :\t\"x\",\n\"c\": 12345678}",
            &["a", "b", "c"],
            &[Some("1"), Some("\"x\""), Some("12345678")],
        ),
        // The last of several counts, as in a map.
        (r#"{"a":1,"a":2}"#, &["a", "a"], &[Some("2"), Some("2")]),
        (r#"{"a":{"b":1},"a":{}}"#, &["/a/b"], &[None]),
        (r#"{"a":{"b":1,"b":2}}"#, &["/a/b"], &[Some("2")]),
        // Names may be escaped, and empty.
        (r#"{"\u0069p":1}"#, &["ip"], &[Some("1")]),
        (r#"{"x":"\n","ip":1}"#, &["ip"], &[Some("1")]),
        (
            r#"{"\ud83d\ude00":1,"":2}"#,
            &["/", "😀"],
            &[Some("2"), Some("1")],
        ),
        // As long as a wanted name, but another; longer than the eight bytes that are compared at
        // once.
        (
            r#"{"session_id":1,"session_ix":2,"xession_id":3}"#,
            &["session_id"],
            &[Some("1")],
        ),
        (
            r#"{"session_xx_start":1,"session_previous":2}"#,
            &["session_previous"],
            &[Some("2")],
        ),
        (
            r#"{"0123456789abcdefghi":1,"0123456789xbcdefghi":2}"#,
            &["0123456789xbcdefghi"],
            &[Some("2")],
        ),
        (
            &long_member,
            &[&long, &format!("{long}n")],
            &[Some("1"), Some("3")],
        ),
        // Pointers.
        (
            r#"{"user":{"id":7,"x":{"id":8}},"id":9}"#,
            &["/user/id", "/user/x/id", "/id", "/user/x/id/y"],
            &[Some("7"), Some("8"), Some("9"), None],
        ),
        (
            r#"{"ips":["a","b",["c"],{"d":0}]}"#,
            &[
                "/ips/0", "/ips/1", "/ips/2/0", "/ips/3/d", "/ips/4", "/ips/-", "/ips/00",
                "/ips/+1", "/ips/x",
            ],
            &[
                Some("\"a\""),
                Some("\"b\""),
                Some("\"c\""),
                Some("0"),
                None,
                None,
                None,
                None,
                None,
            ],
        ),
        (
            r#"{"a" : { "b\"," : "}\\" , "c" : [ 1 , { "d" : [ ] } , -2.5 ] } }"#,
            &["/a/b\",", "/a/c/1/d", "/a/c/2", "/a/c/1"],
            &[
                Some(r#""}\\""#),
                Some("[ ]"),
                Some("-2.5"),
                Some(r#"{ "d" : [ ] }"#),
            ],
        ),
        (
            r#"{"a":{"\u0062":1,"c/d":{"~":true}}}"#,
            &["/a/b", "/a/c~1d/~0"],
            &[Some("1"), Some("true")],
        ),
    ] {
        let values: Vec<_> = values
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect();
        assert_eq!(found(record, paths), values, "{record}");
    }
}

#[test]
fn has_room_for_as_many_values_as_it_says() {
    let names: Vec<String> = (0..MAX_WANTED).map(|i| format!("name {i}")).collect();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":1")).collect();
    let all = scan(
        format!("{{{}}}", members.join(",")).as_bytes(),
        &wanted(&paths),
    )
    .unwrap();
    assert!(all.has_any_of(MAX_WANTED));
    for (slot, member) in members.iter().enumerate() {
        let record = format!("{{{member}}}");
        let object = scan(record.as_bytes(), &wanted(&paths)).unwrap();
        let found = |slot| object.value(slot, record.as_bytes()).is_some();
        assert!((0..MAX_WANTED).all(|other| found(other) == (other == slot)));
        for count in 0..=MAX_WANTED {
            assert_eq!(object.has_any_of(count), slot < count, "{slot} of {count}");
        }
    }
}

#[test]
fn says_where_the_object_ends_and_whether_it_is_empty() {
    for (record, close, empty) in [
        ("{}", 1, true),
        (" { } \n", 3, true),
        (r#"{"a":{}}"#, 7, false),
        ("{\"a\":1\n}\n", 7, false),
    ] {
        let object = scan(record.as_bytes(), &wanted(&[])).unwrap();
        assert_eq!((object.close, object.empty), (close, empty), "{record}");
    }
}

#[test]
fn gives_the_text_of_strings() {
    for (raw, text) in [
        (r#""plain é""#, Some("plain é")),
        (r#""""#, Some("")),
        (r#""\"\\\/\b\f\n\r\t""#, Some("\"\\/\u{8}\u{c}\n\r\t")),
        (r#""a\u0041\u00e9\u20AC-\ud83d\ude00z""#, Some("aAé€-😀z")),
        ("1", None),
        ("[\"a\"]", None),
    ] {
        let record = format!(r#"{{"a":{raw}}}"#);
        let object = scan(record.as_bytes(), &wanted(&["a"])).unwrap();
        let value = object.value(0, record.as_bytes()).unwrap();
        let mut scratch = b"left over".to_vec();
        assert_eq!(value.text(&mut scratch), text.map(str::as_bytes), "{raw}");
        assert_eq!(value.escaped, raw.contains('\\'), "{raw}");
    }
}

#[test]
fn says_what_is_wrong() {
    for (record, error) in [
        ("", "not JSON: expected `{` at byte 0"),
        ("  ", "not JSON: expected `{` at byte 2"),
        ("hello", "not JSON: expected `{` at byte 0"),
        (
            "2015-07-22T09:00:28Z elb",
            "not JSON: expected `{` at byte 0",
        ),
        ("[1, {}]\n", "not a JSON object: an array"),
        ("[17/May/2015", "not JSON: expected `{` at byte 0"),
        ("\"a\"", "not a JSON object: a string"),
        ("-1.5", "not a JSON object: a number"),
        (" true ", "not a JSON object: a boolean"),
        ("false", "not a JSON object: a boolean"),
        ("null", "not a JSON object: null"),
        ("nullx", "not JSON: expected `{` at byte 0"),
        ("{", "not JSON: expected a member name at byte 1"),
        ("{,}", "not JSON: expected a member name at byte 1"),
        ("{a:1}", "not JSON: expected a member name at byte 1"),
        ("{1:1}", "not JSON: expected a member name at byte 1"),
        (r#"{"a"}"#, "not JSON: expected `:` at byte 4"),
        (r#"{"a" 1}"#, "not JSON: expected `:` at byte 5"),
        (r#"{"a":}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":1,}"#, "not JSON: expected a member name at byte 7"),
        (
            r#"{"a":1 "b":2}"#,
            "not JSON: expected `,` or `}` at byte 7",
        ),
        (r#"{"a":1]"#, "not JSON: expected `,` or `}` at byte 6"),
        (r#"{"a":1"#, "not JSON: expected `,` or `}` at byte 6"),
        (r#"{"a":[1}"#, "not JSON: expected `,` or `]` at byte 7"),
        (r#"{"a":[1,]}"#, "not JSON: expected a value at byte 8"),
        (r#"{"a":[,]}"#, "not JSON: expected a value at byte 6"),
        (r#"{"a":["#, "not JSON: expected a value at byte 6"),
        (
            r#"{"a":{"b":1,}}"#,
            "not JSON: expected a member name at byte 12",
        ),
        (r#"{"a":{"b"}}"#, "not JSON: expected `:` at byte 9"),
        (r#"{"a":1}x"#, "not JSON: expected nothing more at byte 7"),
        (r#"{"a":1} {}"#, "not JSON: expected nothing more at byte 8"),
        ("{}\u{a0}", "not JSON: expected nothing more at byte 2"),
        ("{}\0", "not JSON: expected nothing more at byte 2"),
        ("\u{feff}{}", "not JSON: expected `{` at byte 0"),
        (r#"{"a":True}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":nul}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":truee}"#, "not JSON: expected `,` or `}` at byte 9"),
        (r#"{"a":'b'}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":+1}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":.5}"#, "not JSON: expected a value at byte 5"),
        (r#"{"a":-}"#, "not JSON: expected a digit at byte 6"),
        (r#"{"a":1.}"#, "not JSON: expected a digit at byte 7"),
        (r#"{"a":1.e5}"#, "not JSON: expected a digit at byte 7"),
        (r#"{"a":1e}"#, "not JSON: expected a digit at byte 7"),
        (r#"{"a":1e+}"#, "not JSON: expected a digit at byte 8"),
        (r#"{"a":01}"#, "not JSON: expected `,` or `}` at byte 6"),
        (r#"{"a":-00}"#, "not JSON: expected `,` or `}` at byte 7"),
        (r#"{"a":[01]}"#, "not JSON: expected `,` or `]` at byte 7"),
        (
            r#"{"a":123456789012x}"#,
            "not JSON: expected `,` or `}` at byte 17",
        ),
        (r#"{"a":"b}"#, "not JSON: a string without an end at byte 5"),
        (r#"{"a"#, "not JSON: a string without an end at byte 1"),
        (r#"{"a\"#, "not JSON: an invalid escape at byte 3"),
        (r#"{"a\":1}"#, "not JSON: a string without an end at byte 1"),
        (r#"{\"a":1}"#, "not JSON: expected a member name at byte 1"),
        (r#"{"a":"\x"}"#, "not JSON: an invalid escape at byte 6"),
        (r#"{"a":"\u12g4"}"#, "not JSON: an invalid escape at byte 6"),
        (r#"{"a":"\u123"}"#, "not JSON: an invalid escape at byte 6"),
        (
            "{\"a\":\"b\nc\"}",
            "not JSON: a control character in a string at byte 7",
        ),
        (
            "{\"a\tb\":1}",
            "not JSON: a control character in a string at byte 3",
        ),
        (
            "{\"a\":\"\0\"}",
            "not JSON: a control character in a string at byte 6",
        ),
        ("{\"a\":\x0b1}", "not JSON: expected a value at byte 5"),
    ] {
        let found = scan(record.as_bytes(), &wanted(&["a"])).unwrap_err();
        assert_eq!(found.to_string(), error, "{record:?}");
    }
}

#[test]
fn refuses_halves_of_surrogate_pairs() {
    for (text, error) in [
        (r"\ud83d", Some(6)),
        (r"\ud83dx", Some(6)),
        (r"\ud83d\n", Some(6)),
        (r"\ud83d\u0041", Some(6)),
        (r"\ude00", Some(6)),
        (r"\ude00\ud83d", Some(6)),
        (r"\ud83d\ud83d\ude00", Some(6)),
        (r"\ud83d\ude00\ude00", Some(18)),
        (r"\\ud83d\ude00", Some(13)),
        (r"\ud83d\\ude00", Some(6)),
        (r"\ud83d\ude00\uDBFF\uDFFF", None),
        (r"\ud7ff\ue000\\ud83d\\ude00", None),
    ] {
        // Also where a pair lies in two blocks.
        for shift in [0, 40, 50, 56, 58, 100] {
            let record = format!(r#"{{"a":"{}{text}"}}"#, "x".repeat(shift));
            let found = scan(record.as_bytes(), &wanted(&["a"])).err();
            let error =
                error.map(|at| format!("not JSON: an invalid escape at byte {}", at + shift));
            assert_eq!(found.map(|error| error.to_string()), error, "{record}");
        }
    }
}

#[test]
fn refuses_what_is_not_utf8() {
    for (record, error) in [
        (&b"{\"a\":\"b\xff\"}"[..], "not UTF-8 at byte 7"),
        (b"{\"a\xc3\":1}", "not UTF-8 at byte 3"),
        (b"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8 at byte 6"),
        (
            b"{\"a\":1}\xff",
            "not JSON: expected nothing more at byte 7",
        ),
    ] {
        let found = scan(record, &wanted(&["a"])).unwrap_err();
        assert_eq!(found.to_string(), error, "{record:?}");
    }
}

#[test]
fn bounds_the_depth() {
    let nested = |levels: usize, open: &str, close: &str| {
        format!(
            r#"{{"a":{}1{}}}"#,
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    for (open, close) in [("[", "]"), (r#"{"b":"#, "}"), (r#"[{"b":"#, "}]")] {
        let each = open.matches(['[', '{']).count();
        let fits = (MAX_DEPTH - 1) / each;
        assert!(
            scan(nested(fits, open, close).as_bytes(), &wanted(&["a"])).is_ok(),
            "{open}"
        );
        for levels in [fits + 1, 100_000] {
            let error = scan(nested(levels, open, close).as_bytes(), &wanted(&["a"])).unwrap_err();
            assert_eq!(error.to_string(), "nested deeper than 128", "{open}");
        }
    }
}

#[test]
fn works_at_every_offset_of_a_block() {
    // Strings, escapes and whole records that begin, end and cross blocks of 64 bytes at every
    // place.
    for pad in 0..140 {
        let filler = "x".repeat(pad);
        for (inside, text) in [
            ("v", "v"),
            (r"\\", "\\"),
            (r#"\""#, "\""),
            (r#"\\\\\\\""#, "\\\\\\\""),
            (r"\u00e9é", "éé"),
        ] {
            let record = format!(r#"{{"p":"{filler}","v":"{inside}","w":12}}"#);
            let record = record.as_bytes();
            let object = scan(record, &wanted(&["p", "v", "w"])).unwrap();
            let [p, v, w] = [0, 1, 2].map(|slot| object.value(slot, record).unwrap());
            assert_eq!(p.raw.len(), pad + 2);
            assert_eq!(
                v.text(&mut Vec::new()),
                Some(text.as_bytes()),
                "{inside} after {pad}"
            );
            assert_eq!(w.raw, b"12");
            for end in 0..record.len() {
                assert!(
                    scan(&record[..end], &wanted(&["v"])).is_err(),
                    "{inside} after {pad}, {end}"
                );
            }
        }
    }
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value as Tree};

    const PATHS: [&str; 5] = ["a", "ip", "/a/b", "/ip/0", "/a/ip/a"];

    /// Scans and parses, and compares the two.
    fn check(record: &[u8]) -> Result<bool, TestCaseError> {
        let scanned = scan(record, &wanted(&PATHS));
        let parsed = match serde_json::from_slice::<Map<String, Tree>>(record) {
            Ok(map) => Tree::Object(map),
            Err(error) => {
                // The parser makes floats of what it reads, and stops one level earlier.
                let error = error.to_string();
                let ours = ["number out of range", "recursion limit"];
                if !ours.iter().any(|ours| error.contains(ours)) {
                    prop_assert!(
                        scanned.is_err(),
                        "{error}: {:?}",
                        String::from_utf8_lossy(record)
                    );
                }
                return Ok(false);
            }
        };
        let object = scanned.map_err(|error| TestCaseError::fail(format!("{error}: {parsed}")))?;
        prop_assert_eq!(object.empty, parsed.as_object().unwrap().is_empty());
        prop_assert_eq!(record[object.close], b'}');
        for (slot, path) in PATHS.iter().enumerate() {
            let pointer = if path.starts_with('/') {
                path.to_string()
            } else {
                format!("/{path}")
            };
            let value = object.value(slot, record).map(|value| {
                assert_eq!(&record[value.start..value.end()], value.raw);
                let tree: Tree = serde_json::from_slice(value.raw).unwrap();
                assert_eq!(
                    value.text(&mut Vec::new()),
                    tree.as_str().map(str::as_bytes)
                );
                tree
            });
            prop_assert_eq!(value.as_ref(), parsed.pointer(&pointer));
        }
        Ok(true)
    }

    fn string() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "(a|b|ip)",
            2 => "[ -~]{0,12}",
            1 => "\\PC{0,80}",
            1 => "[\\x00-\\x7f]{0,9}",
        ]
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::from),
            any::<i64>().prop_map(Tree::from),
            (0..100u8).prop_map(Tree::from),
            any::<f64>().prop_map(Tree::from),
            string().prop_map(Tree::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::from),
                object(inner).prop_map(Tree::from),
            ]
        })
    }

    fn object(value: impl Strategy<Value = Tree>) -> impl Strategy<Value = Map<String, Tree>> {
        prop::collection::vec((string(), value), 0..8)
            .prop_map(|members| members.into_iter().collect())
    }

    fn record() -> impl Strategy<Value = Vec<u8>> {
        (object(tree()), any::<bool>()).prop_map(|(object, pretty)| {
            if pretty {
                serde_json::to_vec_pretty(&object)
            } else {
                serde_json::to_vec(&object)
            }
            .unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn accepts_and_finds_what_a_parser_does(record in record()) {
            prop_assert!(check(&record)?);
        }

        #[test]
        fn refuses_what_a_parser_refuses(
            mut record in record(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..4),
            likely in prop::sample::select(b"\"\\{}[]:,0-.eutn \n\x00\xc3".to_vec()),
        ) {
            for (at, byte, what) in changes {
                let at = at.index(record.len() + 1);
                match what {
                    0 if at < record.len() => { record.remove(at); }
                    1 if at < record.len() => record[at] = likely,
                    _ => record.insert(at, if byte < 0x80 { likely } else { byte }),
                }
                check(&record)?;
            }
        }

        #[test]
        fn reads_escapes_as_a_parser_does(text in r#"(\\(["\\/bfnrt]|u[dD][89a-fA-F]00|u[0-9a-f]{3,4})|[a-z"]){0,20}"#) {
            check(format!(r#"{{"a":"{text}","i\u0070":"{text}"}}"#).as_bytes())?;
        }

        #[test]
        fn reads_numbers_as_a_parser_does(number in "-?[0-9]{0,10}[.]?[0-9]{0,10}([eE][+-]?[0-9]{0,3})?") {
            check(format!(r#"{{"a":{number}}}"#).as_bytes())?;
            check(format!(r#"{{"a":[{number}, {number}"#).as_bytes())?;
        }

        #[test]
        fn takes_any_bytes(bytes: Vec<u8>, text in r#"[{}\[\]",:\\0-9a-u .]{0,60}"#) {
            check(&bytes)?;
            check(text.as_bytes())?;
            check(format!("{{{text}}}").as_bytes())?;
        }
    }
}
