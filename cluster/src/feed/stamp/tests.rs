use sessionize_core::event::{EventReader, Record};
use sessionize_core::sessionizer::{Outcome, Sessionizer};

use super::*;

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::from_pairs(pairs.iter().copied()).unwrap()
}

fn stamps() -> Stamps {
    Stamps::new(&Parameters::default())
}

fn checkpoint() -> Checkpoint {
    let sources = [("weblog/0", (12, 20)), ("weblog/1", (0, 0))];
    Checkpoint {
        feeder: "weblog".into(),
        sources: sources.map(|(name, at)| (name.into(), at)).into(),
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_stamp_is_the_last_member_and_replaces_one_that_was_there() {
    let stamp = r#""session_source":"weblog/2@7""#;
    let rows = [
        (r#"{"ip":"::1"}"#, format!(r#"{{"ip":"::1",{stamp}}}"#)),
        (r#" { "ip" : 1 } "#, format!(r#" {{ "ip" : 1 ,{stamp}}} "#)),
        ("{}", format!("{{{stamp}}}")),
        (r#"{"session_source":"x@1"}"#, format!("{{{stamp}}}")),
        (
            r#"{"session_feed":{},"a":1,"session\u005fsource":[2],"b":"}"}"#,
            format!(r#"{{"a":1,"b":"}}",{stamp}}}"#),
        ),
    ];
    for (event, expected) in rows {
        let stamped = stamps()
            .stamp(event.as_bytes(), Some(("weblog/2", 7)))
            .unwrap();
        assert_eq!(text(&stamped.value), expected);
        assert_eq!(stamped.value[stamped.close], b'}');
        let origin = stamps().read(None, &stamped.value);
        assert_eq!(origin.stamp, Some(("weblog/2".into(), 7)), "{event}");
        assert_eq!(origin.checkpoint, None);
    }
}

#[test]
fn without_a_source_an_event_keeps_its_bytes() {
    let rows = [
        (r#"{"ip": 1 }"#, r#"{"ip": 1 }"#),
        (r#"{"session_source":"x@1","ip":1}"#, r#"{"ip":1}"#),
    ];
    for (event, expected) in rows {
        let stamped = stamps().stamp(event.as_bytes(), None).unwrap();
        assert_eq!(text(&stamped.value), expected);
    }
}

#[test]
fn what_is_no_object_gets_no_stamp() {
    for event in ["", "[]", "{", "x"] {
        assert_eq!(stamps().stamp(event.as_bytes(), Some(("a", 1))), None);
    }
}

#[test]
fn a_checkpoint_is_read_back_from_events_and_keys() {
    for event in ["{}", r#"{"ip":"::1"}"#, r#"{"ip":1 }"#] {
        for origin in [Some(("weblog/0", 3)), None] {
            let stamps = &mut stamps();
            let mut stamped = stamps.stamp(event.as_bytes(), origin).unwrap();
            stamps.add_checkpoint(&mut stamped, &checkpoint());
            let read = stamps.read(None, &stamped.value);
            let stamp = origin.map(|(source, offset)| (source.into(), offset));
            let expected = Origin {
                stamp,
                checkpoint: Some(checkpoint()),
            };
            assert_eq!(read, expected, "{}", text(&stamped.value));
        }
    }
}

/// What the module stores of a record.
fn stored(parameters: &Parameters, key: &[u8], value: &[u8]) -> (Option<Vec<u8>>, Vec<u8>) {
    let mut module = Sessionizer::new(parameters);
    module.begin_batch(Some(0));
    let record = Record {
        key: Some(key),
        value,
        append_time: Some(0),
    };
    match module.process(&record) {
        Outcome::Emit { key, value } => (key.map(<[u8]>::to_vec), value.concat()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn stamps_come_through_the_module() {
    for prefix in ["session_", "s."] {
        let parameters = parameters(&[("prefix", prefix)]);
        let stamps = &mut Stamps::new(&parameters);
        let long = r"\u0001".repeat(70_000);
        // Events, an event that is ahead of its append time, and another one whose wrapper is in
        // base64.
        for event in [
            r#"{"ip":"::1","timestamp":1000}"#.to_owned(),
            r#"{"ip":"::1","timestamp":1000,"session_id":"x"}"#.to_owned(),
            r#"{"ip":"::1","timestamp":1740992400}"#.to_owned(),
            format!(r#"{{"ip":"::1","timestamp":1740992400,"a":"{long}"}}"#),
        ] {
            let mut stamped = stamps
                .stamp(event.as_bytes(), Some(("weblog/0", 5)))
                .unwrap();
            stamps.add_checkpoint(&mut stamped, &checkpoint());
            let (key, value) = stored(&parameters, b"::1", &stamped.value);
            let origin = stamps.read(key.as_deref(), &value);
            assert_eq!(
                origin.stamp,
                Some(("weblog/0".into(), 5)),
                "{}",
                text(&value)
            );
            assert_eq!(origin.checkpoint, Some(checkpoint()));
        }
        // A record that is no event.
        let mut key = stamps.key(Some(("weblog/0", 6)));
        stamps.add_checkpoint(&mut key, &checkpoint());
        let (key, value) = stored(&parameters, &key.value, b"?");
        assert!(text(&value).ends_with(r#"raw":"?"}"#));
        let origin = stamps.read(key.as_deref(), &value);
        assert_eq!(origin.stamp, Some(("weblog/0".into(), 6)));
        assert_eq!(origin.checkpoint, Some(checkpoint()));
    }
}

#[test]
fn a_key_that_is_no_visitors_is_read_back() {
    let parameters = parameters(&[("key", "@key")]);
    let stamps = &mut Stamps::new(&parameters);
    let mut key = stamps.key(Some(("weblog/0", 6)));
    as_no_visitor(&mut key);
    stamps.add_checkpoint(&mut key, &checkpoint());
    let (key, value) = stored(&parameters, &key.value, br#"{"timestamp":1000}"#);
    let origin = stamps.read(key.as_deref(), &value);
    assert_eq!(
        origin.stamp,
        Some(("weblog/0".into(), 6)),
        "{}",
        text(&value)
    );
    let record = Record {
        key: key.as_deref(),
        value: b"{\"timestamp\":1000}",
        append_time: None,
    };
    assert!(EventReader::new(&parameters).read(&record).is_err());
}

#[test]
fn a_visitor_cannot_forge_a_stamp() {
    let forged = br#"{"session_source":"weblog/0@9"}"#;
    // A session key that looks like a stamp counts for nothing, because its event has one.
    let origin = stamps().read(Some(forged), br#"{"ip":1,"session_source":"weblog/1@2"}"#);
    assert_eq!(origin.stamp, Some(("weblog/1".into(), 2)));
    for value in [
        &br#"{"ip":1}"#[..],
        b"?",
        b"{\"a\":{\"session_source\":\"weblog/0@9\"}}",
    ] {
        assert_eq!(stamps().read(Some(forged), value), Origin::default());
    }
}

#[test]
fn damaged_stamps_tell_nothing() {
    for value in [
        "1",
        "\"weblog/0\"",
        "\"weblog/0@\"",
        "\"weblog/0@-1\"",
        "{}",
    ] {
        let event = format!(r#"{{"session_source":{value},"session_feed":{value}}}"#);
        assert_eq!(stamps().read(None, event.as_bytes()), Origin::default());
    }
}

#[test]
fn stamps_that_are_the_visitor_or_the_time_are_refused() {
    let rows = [
        (
            [("key", "ip,session_source")],
            "parameter `key` is `session_source`, but must not name a member that feed writes",
        ),
        (
            [("timestamp", "/session_feed/at")],
            "parameter `timestamp` is `/session_feed/at`, but must not name a member that feed writes",
        ),
    ];
    for (pairs, message) in rows {
        let parameters = parameters(&pairs);
        let checked = Stamps::new(&parameters).check(&parameters);
        assert_eq!(checked.unwrap_err().to_string(), message);
    }
    stamps().check(&Parameters::default()).unwrap();
}
