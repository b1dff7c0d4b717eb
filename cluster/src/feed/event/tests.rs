use super::*;

fn reader(pairs: &[(&str, &str)]) -> Reader {
    let parameters = Parameters::from_pairs(pairs.iter().copied()).unwrap();
    Reader::new(&parameters, true, 3)
}

fn raw(key: Option<&str>, value: &str) -> RawRecord {
    RawRecord {
        offset: 5,
        next: 6,
        appended: Some(2000),
        key: key.map(|key| key.into()),
        value: value.into(),
    }
}

/// Time, partition, key and value of what becomes of a record.
fn read(
    pairs: &[(&str, &str)],
    raw: &RawRecord,
) -> Option<(Option<Millis>, usize, String, String)> {
    let (time, out) = match reader(pairs).read(raw, (0, "weblog/0")) {
        Read::Event(time, event) => (Some(time), event),
        Read::Invalid(record) => (None, record),
        Read::Dropped => return None,
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some((time, out.lane, text(&out.key), text(&out.value)))
}

#[test]
fn an_event_gets_the_session_key_and_a_stamp() {
    let event = r#"{"ip":"192.0.2.1:80","timestamp":1000}"#;
    let expected = r#"{"ip":"192.0.2.1:80","timestamp":1000,"session_source":"weblog/0@5"}"#;
    let lane = partition(b"192.0.2.1", 3);
    let read = read(&[], &raw(Some("other"), event));
    assert_eq!(
        read,
        Some((Some(1_000_000), lane, "192.0.2.1".into(), expected.into()))
    );
}

#[test]
fn a_log_line_is_sent_as_the_object_that_it_becomes() {
    let line = r#"192.0.2.1 - - [03/Mar/2025:09:00:00 +0000] "GET / HTTP/1.1" 200 5"#;
    let (_, _, key, value) = read(&[], &raw(None, line)).unwrap();
    assert_eq!(key, "192.0.2.1");
    assert!(value.starts_with(r#"{"ip":"192.0.2.1","#), "{value}");
    assert!(
        value.ends_with(r#","session_source":"weblog/0@5"}"#),
        "{value}"
    );
}

#[test]
fn what_cannot_be_sessionized_is_sent_as_it_is() {
    let key = r#"{"session_source":"weblog/0@5"}"#;
    for value in ["?", "", r#"{"ip":"::1"}"#] {
        let read = read(&[], &raw(Some("other"), value)).unwrap();
        assert_eq!(
            read,
            (None, partition(b"other", 3), key.into(), value.into())
        );
    }
    // Without a key, such records are spread.
    assert_eq!(read(&[], &raw(None, "?")).unwrap().1, 2);
    assert_eq!(read(&[("invalid", "drop")], &raw(None, "?")), None);
}

#[test]
fn the_record_key_stays_the_visitor() {
    let pairs = &[("key", "@key")];
    let event = r#"{"timestamp":1000}"#;
    let (time, lane, key, _) = read(pairs, &raw(Some("192.0.2.1:80"), event)).unwrap();
    assert_eq!((time, lane), (Some(1_000_000), partition(b"192.0.2.1", 3)));
    assert_eq!(key, "192.0.2.1:80");
    // A stamp in its place would be one.
    let (time, _, key, value) = read(pairs, &raw(None, event)).unwrap();
    assert_eq!((time, value.as_str()), (None, event));
    assert_eq!(key, "\u{FFFD}{\"session_source\":\"weblog/0@5\"}");
    let (_, _, key, _) = read(pairs, &raw(Some("a"), "{}")).unwrap();
    assert_eq!(key, "{\"session_source\":\"weblog/0@5\"}");
}

#[test]
fn an_event_by_append_time_keeps_it() {
    let event = r#"{"ip":"::1"}"#;
    let Read::Event(time, out) =
        reader(&[("timestamp", "@timestamp")]).read(&raw(None, event), (0, "weblog/0"))
    else {
        panic!("no event");
    };
    assert_eq!((time, out.appended), (2000, Some(2000)));
}

#[test]
fn keys_land_where_fluvio_puts_them() {
    // What `fluvio produce --key-separator` of version 0.18.2 did with three partitions.
    let rows = [
        ("192.0.2.1", 0),
        ("2001:db8::1", 0),
        ("é", 0),
        ("192.0.2.2", 1),
        ("198.51.100.7", 2),
        ("203.0.113.9", 2),
        ("a,b", 2),
        ("x", 2),
    ];
    for (key, place) in rows {
        assert_eq!(partition(key.as_bytes(), 3), place, "{key}");
        assert_eq!(partition(key.as_bytes(), 1), 0, "{key}");
    }
}
