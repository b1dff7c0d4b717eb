use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn sessionizer(pairs: &[(&str, &str)]) -> Sessionizer {
    Sessionizer::new(&Parameters::from_pairs(pairs.iter().copied()).unwrap())
}

fn record(value: &str) -> Record<'_> {
    Record {
        value: value.as_bytes(),
        ..Record::default()
    }
}

/// The output of one record: its key and its value.
fn output(sessionizer: &mut Sessionizer, record: &Record<'_>) -> (Option<String>, String) {
    match sessionizer.process(record) {
        Outcome::Emit { key, value } => (
            key.map(|key| String::from_utf8_lossy(key).into_owned()),
            String::from_utf8(value.concat()).unwrap(),
        ),
        outcome => panic!("{outcome:?}"),
    }
}

fn value(sessionizer: &mut Sessionizer, event: &str) -> String {
    output(sessionizer, &record(event)).1
}

fn event(ip: &str, second: i64) -> String {
    format!(r#"{{"ip":"{ip}","timestamp":{}}}"#, 1_000_000_000 + second)
}

#[test]
fn an_event_keeps_its_own_bytes_and_gets_the_fields_behind_them() {
    let mut module = sessionizer(&[]);
    let events = [
        "{ \"ip\" : \"::ffff:1.2.3.4\",\t\"timestamp\":\"2015-07-22T09:00:28.019+00:00\", \"n\":1.50 }\n",
        r#"{"n":[],"timestamp":1437555629269,"ip":"1.2.3.4:80"}"#,
    ];
    assert_eq!(
        events.map(|event| value(&mut module, event)),
        [
            "{ \"ip\" : \"::ffff:1.2.3.4\",\t\"timestamp\":\"2015-07-22T09:00:28.019+00:00\", \"n\":1.50 ,\"session_id\":\"1.2.3.4-1437555628019\",\"session_start\":\"2015-07-22T09:00:28.019Z\",\"session_duration\":0,\"session_events\":1,\"session_cut\":\"first\",\"session_previous\":null,\"session_late\":false}\n",
            r#"{"n":[],"timestamp":1437555629269,"ip":"1.2.3.4:80","session_id":"1.2.3.4-1437555628019","session_start":"2015-07-22T09:00:28.019Z","session_duration":1.25,"session_events":2,"session_cut":null,"session_previous":null,"session_late":false}"#,
        ]
    );
}

#[test]
fn fields_that_are_there_are_replaced_in_their_places() {
    let mut module = sessionizer(&[("prefix", "s.")]);
    let event = r#"{"s.late":"?","ip":"1.2.3.4","s.id":{"a":1},"timestamp":5,"s.events" : 7}"#;
    assert_eq!(
        value(&mut module, event),
        r#"{"s.late":false,"ip":"1.2.3.4","s.id":"1.2.3.4-5000","timestamp":5,"s.events" : 1,"s.start":"1970-01-01T00:00:05.000Z","s.duration":0,"s.cut":"first","s.previous":null}"#
    );
}

#[test]
fn fields_that_are_not_written_are_removed() {
    let rows = [
        (
            r#"{"ip":"a","timestamp":1}"#,
            r#"{"ip":"a","timestamp":1,"session_id":"a-1000","session_duration":0,"session_events":1,"session_cut":"first"}"#,
        ),
        (
            r#"{ "session_start" : 1 , "ip":"a", "session_id":"b" , "timestamp":1, "session_late":[] }"#,
            r#"{ "ip":"a", "session_id":"a-1000" , "timestamp":1 ,"session_duration":0,"session_events":1,"session_cut":"first"}"#,
        ),
        (
            r#"{"session_late":1,"session_start":2,"ip":"a","timestamp":1,"session_events":0,"session_previous":{}}"#,
            r#"{"ip":"a","timestamp":1,"session_events":1,"session_id":"a-1000","session_duration":0,"session_cut":"first"}"#,
        ),
    ];
    for (event, expected) in rows {
        let mut module = sessionizer(&[("fields", "none")]);
        assert_eq!(value(&mut module, event), expected);
    }
    let mut module = sessionizer(&[
        ("fields", "none"),
        ("key", "@key"),
        ("timestamp", "@timestamp"),
    ]);
    let record = Record {
        key: Some(b"k"),
        value: br#"{"session_late":1}"#,
        append_time: Some(7),
    };
    assert_eq!(
        output(&mut module, &record).1,
        r#"{"session_id":"k-7","session_duration":0,"session_events":1,"session_cut":"first"}"#
    );
}

#[test]
fn each_optional_field_is_written_alone() {
    let rows = [
        (
            "start",
            r#""session_id":"a-1000","session_start":"1970-01-01T00:00:01.000Z","session_duration":0"#,
        ),
        (
            "previous",
            r#""session_cut":"first","session_previous":null}"#,
        ),
        ("late", r#""session_cut":"first","session_late":false}"#),
    ];
    for (fields, part) in rows {
        let mut module = sessionizer(&[("fields", fields)]);
        let value = value(&mut module, r#"{"ip":"a","timestamp":1}"#);
        assert!(value.contains(part), "{value}");
        assert_eq!(value.matches("session_").count(), 5, "{value}");
    }
}

#[test]
fn an_output_put_in_again_is_the_same_output() {
    let first = value(&mut sessionizer(&[]), &event("1.2.3.4", 0));
    assert_eq!(value(&mut sessionizer(&[]), &first), first);
}

#[test]
fn the_seed_changes_nothing_in_the_output() {
    let outputs = |seed: &[u8]| -> Vec<String> {
        let mut module = sessionizer(&[("max_keys", "50")]);
        module.seed(seed);
        (0..1_000)
            .map(|i| value(&mut module, &event(&format!("192.0.2.{}", 7 * i % 101), i)))
            .collect()
    };
    assert_eq!(outputs(b"one"), outputs(b"another"));
}

#[test]
fn a_batch_evicts_two_expired_keys_for_each_event_of_the_one_before_and_64_more() {
    let mut module = sessionizer(&[("ttl", "30m")]);
    module.begin_batch(None);
    for i in 0..400 {
        value(
            &mut module,
            &event(&format!("10.0.{}.{}", i / 200, i % 200), 0),
        );
    }
    module.begin_batch(None);
    value(&mut module, &event("192.0.2.1", 10_000));
    let mut held = 401;
    assert_eq!(module.sessions().count(), held);
    // Each row has the events of a batch, and how many keys it evicts at its end.
    for (events, evicted) in [(0, 66), (50, 64), (0, 164), (0, 64)] {
        module.begin_batch(None);
        held -= evicted;
        assert_eq!(module.sessions().count(), held);
        for _ in 0..events {
            value(&mut module, &event("192.0.2.1", 10_000));
        }
    }
}

#[test]
fn an_append_time_far_from_every_clock_is_no_panic() {
    let event = event("192.0.2.1", 0);
    for (append_time, is_ahead) in [(Millis::MIN, true), (Millis::MAX, false)] {
        let mut module = sessionizer(&[]);
        let record = Record {
            append_time: Some(append_time),
            ..record(&event)
        };
        let (_, value) = output(&mut module, &record);
        assert_eq!(
            value.starts_with(r#"{"session_error":"#),
            is_ahead,
            "{value}"
        );
    }
}

#[test]
fn an_object_without_members_gets_no_comma() {
    let mut module = sessionizer(&[("key", "@key"), ("timestamp", "@timestamp")]);
    let record = Record {
        key: Some(b"k\"1"),
        value: b"{}",
        append_time: Some(7),
    };
    let (key, value) = output(&mut module, &record);
    assert_eq!(key.as_deref(), Some("k\"1"));
    assert!(
        value.starts_with(r#"{"session_id":"k\"1-7","session_start":"1970-01-01T00:00:00.007Z","#),
        "{value}"
    );
}

#[test]
fn the_record_key_is_kept_and_a_missing_one_is_that_of_the_session() {
    let mut module = sessionizer(&[]);
    let event = event("[2001:DB8:0:0::1]:443", 0);
    let (key, _) = output(&mut module, &record(&event));
    assert_eq!(key.as_deref(), Some("2001:db8::1"));
    let keyed = Record {
        key: Some(b"mine"),
        ..record(&event)
    };
    let (key, _) = output(&mut module, &keyed);
    assert_eq!(key.as_deref(), Some("mine"));
}

#[test]
fn records_that_cant_be_sessionized_are_tagged_and_nothing_of_them_is_lost() {
    let rows: [(&[u8], &str); 9] = [
        (
            b"hello \"you\"\n",
            r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw":"hello \"you\"\n"}"#,
        ),
        (
            b"",
            r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw":""}"#,
        ),
        (
            b"\xff\xfe",
            r#"{"session_error":"neither a JSON object nor a line of a known log format","session_raw_base64":"//4="}"#,
        ),
        (
            br#"{"timestamp":1}"#,
            r#"{"session_error":"no key: field `ip` is missing or null","session_raw":"{\"timestamp\":1}"}"#,
        ),
        (
            br#"{"ip":"","timestamp":1}"#,
            r#"{"session_error":"no key: field `ip` is empty","session_raw":"{\"ip\":\"\",\"timestamp\":1}"}"#,
        ),
        (
            br#"{"ip":[1],"timestamp":1}"#,
            r#"{"session_error":"no key: field `ip` is neither text nor a number","session_raw":"{\"ip\":[1],\"timestamp\":1}"}"#,
        ),
        (
            br#"{"ip":"a"}"#,
            r#"{"session_error":"no time: field `timestamp` is missing or null","session_raw":"{\"ip\":\"a\"}"}"#,
        ),
        (
            br#"{"ip":"a","timestamp":null}"#,
            r#"{"session_error":"no time: field `timestamp` is missing or null","session_raw":"{\"ip\":\"a\",\"timestamp\":null}"}"#,
        ),
        (
            br#"{"ip":"a","timestamp":true}"#,
            r#"{"session_error":"no time: field `timestamp` is neither text nor a number","session_raw":"{\"ip\":\"a\",\"timestamp\":true}"}"#,
        ),
    ];
    let mut module = sessionizer(&[]);
    for (record, expected) in rows {
        let record = Record {
            value: record,
            ..Record::default()
        };
        let (key, value) = output(&mut module, &record);
        assert_eq!(value, expected);
        assert_eq!(key, None);
    }
}

#[test]
fn an_event_ahead_of_its_append_time_is_invalid_and_expires_nobody() {
    let mut module = sessionizer(&[("max_ahead", "1s")]);
    let at = |value: &'static str, append_time| Record {
        value: value.as_bytes(),
        append_time,
        ..Record::default()
    };
    output(
        &mut module,
        &at(r#"{"ip":"a","timestamp":1000}"#, Some(999_000)),
    );
    let (_, value) = output(
        &mut module,
        &at(r#"{"ip":"a","timestamp":1000.001}"#, Some(999_000)),
    );
    assert!(
        value.starts_with(r#"{"session_error":"the event is 1001 ms beyond its record's append time, more than `max_ahead`, which is 1000 ms","#),
        "{value}"
    );
    assert_eq!(module.event_time(), 1_000_000);
    output(&mut module, &at(r#"{"ip":"a","timestamp":2000}"#, None));
    assert_eq!(module.event_time(), 2_000_000);
}

/// A module that has looked back at raw events.
fn looked_back(parameters: &[(&str, &str)], events: &[(&str, i64)]) -> Sessionizer {
    let mut module = sessionizer(parameters);
    for (ip, second) in events {
        module.look_back(None, event(ip, *second).as_bytes());
    }
    module
}

const HOUR: i64 = 3_600;

/// When a second after the events' epoch is, in ms.
fn at(second: i64) -> Option<Millis> {
    Some((1_000_000_000 + second) * 1_000)
}

/// Each row: what was looked back at. An event of `a` at second 3, appended then, joins its
/// session.
#[test]
fn a_looked_back_event_that_was_ahead_of_its_append_time_never_was() {
    let joins = r#""session_events":2,"session_cut":null,"#;
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, i64)]);
    let rows: [Row<'_>; 5] = [
        ("nobody is forgotten", &[], &[("a", 0), ("b", 13 * HOUR)]),
        ("nor whoever came later", &[], &[("b", 13 * HOUR), ("a", 0)]),
        (
            "nor its own visitor, whose session it had ended",
            &[],
            &[("a", 0), ("a", 13 * HOUR)],
        ),
        (
            "nor its own visitor, whose session it had joined",
            &[("max_ahead", "1s")],
            &[("a", 0), ("a", 60)],
        ),
        (
            "nor whoever had made room for it",
            &[("max_keys", "1")],
            &[("a", 0), ("b", 13 * HOUR)],
        ),
    ];
    for (name, parameters, events) in rows {
        let mut module = looked_back(parameters, events);
        module.begin_batch(at(3));
        assert_eq!(module.event_time(), at(0).unwrap(), "{name}");
        let found = value(&mut module, &event("a", 3));
        assert!(found.contains(joins), "{name}: {found}");
    }
}

#[test]
fn without_an_append_time_nothing_is_held_against_looked_back_events() {
    for (max_ahead, append_time) in [("1h", None), ("none", at(3))] {
        let events = [("a", 0), ("b", 13 * HOUR)];
        let mut module = looked_back(&[("max_ahead", max_ahead)], &events);
        module.begin_batch(append_time);
        assert_eq!(module.event_time(), at(13 * HOUR).unwrap());
        let found = value(&mut module, &event("a", 3));
        assert!(found.contains(r#""session_cut":"late","#), "{found}");
    }
}

/// Each of them may have been ahead of its append time: nobody knows.
#[test]
fn no_looked_back_event_makes_another_one_late() {
    let mut module = looked_back(&[], &[("b", 13 * HOUR), ("a", 0), ("a", 1)]);
    module.begin_batch(None);
    let (_, session) = module.sessions().last().unwrap();
    assert_eq!((session.last, session.events), (at(1).unwrap(), 2));
}

#[test]
fn the_first_batch_is_taken_back_and_what_was_looked_back_is_not() {
    let mut module = looked_back(&[], &[("a", 0)]);
    for _ in 0..2 {
        module.begin_batch(at(3));
        let found = value(&mut module, &event("a", 1));
        assert!(found.contains(r#""session_events":2,"#), "{found}");
        module.undo_batch();
        assert_eq!(module.event_time(), at(0).unwrap());
    }
}

/// A look-back takes what the format takes live, and nothing else; own output it always takes.
#[test]
fn what_is_looked_back_is_read_as_it_is_live() {
    let own = value(&mut sessionizer(&[]), &event("192.0.2.1", 0));
    let records = [
        event("192.0.2.1", 0),
        r#"192.0.2.1 - - [09/Sep/2001:01:46:40 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#.to_owned(),
        r#"2001-09-09T01:46:40.000000Z elb 192.0.2.1:5 192.0.2.9:80 0 0 0 200 200 1 1 "GET / HTTP/1.1" "-" - -"#
            .to_owned(),
        r#"{192.0.2.1 - - [09/Sep/2001:01:46:40 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#.to_owned(),
        // An id does not make a sessionized event.
        r#"{"ip":"192.0.2.1","timestamp":1000000000,"session_id":"192.0.2.1-1000000000000"}"#
            .to_owned(),
    ];
    for format in ["auto", "json", "elb", "alb", "combined", "common"] {
        let parameters = [("format", format)];
        for record in &records {
            let mut live = sessionizer(&parameters);
            value(&mut live, record);
            let mut back = sessionizer(&parameters);
            back.look_back(None, record.as_bytes());
            back.begin_batch(None);
            let (live, back) = (live.sessions(), back.sessions());
            assert!(live.eq(back), "format={format}: {record}");
        }
        let mut module = sessionizer(&parameters);
        module.look_back(None, own.as_bytes());
        assert_eq!(module.sessions().count(), 1, "format={format}");
    }
}

/// The line in the wrapper was refused.
#[test]
fn a_tagged_line_that_is_looked_back_is_no_line() {
    let parameters = [("format", "combined")];
    let mut module = sessionizer(&parameters);
    let line = r#"a - - [09/Sep/2001:01:46:40 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;
    let ahead = Record {
        append_time: Some(1),
        ..record(line)
    };
    let (_, tagged) = output(&mut module, &ahead);
    assert!(tagged.starts_with(r#"{"session_error":"#), "{tagged}");
    module.look_back(None, tagged.as_bytes());
    module.begin_batch(None);
    assert_eq!(module.sessions().count(), 0);
}

/// What two producers write at once may be stored in another order than it was processed in.
#[test]
fn of_two_words_on_a_session_the_later_one_wins_in_any_order() {
    let mut module = sessionizer(&[("max_events", "2")]);
    let stored: Vec<String> = [0, 0, 0, 0, 0, HOUR, HOUR - 1]
        .map(|second| value(&mut module, &event("a", second)))
        .into();
    let expected: Vec<(Key, Session)> = module.sessions().collect();
    for (one, earlier) in stored.iter().enumerate() {
        for later in stored.iter().skip(one) {
            let mut ahead = sessionizer(&[("max_events", "2")]);
            for word in [later, earlier] {
                ahead.look_back(None, word.as_bytes());
            }
            let mut behind = sessionizer(&[("max_events", "2")]);
            behind.look_back(None, later.as_bytes());
            assert!(ahead.sessions().eq(behind.sessions()), "{earlier}, {later}");
        }
    }
    let mut reversed = sessionizer(&[("max_events", "2")]);
    for word in stored.iter().rev() {
        reversed.look_back(None, word.as_bytes());
    }
    assert_eq!(reversed.sessions().collect::<Vec<_>>(), expected);
    assert_eq!(reversed.event_time(), at(HOUR).unwrap());
}

/// `max_keys` evicted a visitor whose session was live, and an event from before it opened another
/// session. A look-back that finds both goes on with the one that starts later, which the module no
/// longer knew.
#[test]
fn a_session_opened_behind_an_evicted_one_yields_to_it() {
    let parameters = [("max_keys", "1")];
    let mut module = sessionizer(&parameters);
    let stored = [("a", 100), ("b", 100), ("a", 40)]
        .map(|(ip, second)| value(&mut module, &event(ip, second)));
    assert!(stored[2].contains(r#""session_cut":"first","#));
    let mut other = sessionizer(&[]);
    for word in &stored {
        other.look_back(None, word.as_bytes());
    }
    let found = value(&mut other, &event("a", 101));
    assert!(
        found.contains(r#""session_id":"a-1000000100000","#),
        "{found}"
    );
}

#[test]
fn an_event_older_than_all_that_is_remembered_is_a_fragment() {
    let parameters = [("gap", "10s"), ("ttl", "20s"), ("lateness", "5s")];
    for (second, cut) in [(75, "first"), (74, "late")] {
        let mut module = sessionizer(&parameters);
        value(&mut module, &event("a", 0));
        value(&mut module, &event("b", 100));
        for ip in ["a", "c"] {
            let found = value(&mut module, &event(ip, second));
            let expected = format!(r#""session_cut":"{cut}","session_previous":null,"#);
            assert!(found.contains(&expected), "{ip} at {second}: {found}");
        }
        let again = value(&mut module, &event("c", second));
        let late = cut == "late";
        assert_eq!(again.contains(r#""session_events":1,"#), late, "{again}");
        assert_eq!(again.contains(r#""session_late":true"#), late, "{again}");
        assert_eq!(module.event_time(), at(100).unwrap());
    }
}

#[test]
fn an_event_older_than_all_that_is_remembered_can_be_dropped() {
    let mut module = sessionizer(&[("late", "drop")]);
    value(&mut module, &event("a", 13 * HOUR));
    let outcome = module.process(&record(r#"{"ip":"b","timestamp":1000000000}"#));
    assert!(matches!(outcome, Outcome::Drop), "{outcome:?}");
}

#[test]
fn invalid_and_late_events_can_be_dropped() {
    let mut module = sessionizer(&[("invalid", "drop"), ("late", "drop"), ("gap", "1s")]);
    assert!(matches!(module.process(&record("?")), Outcome::Drop));
    value(&mut module, &event("a", 10));
    assert!(matches!(
        module.process(&record(&event("a", 8))),
        Outcome::Drop
    ));
    assert!(value(&mut module, &event("a", 9)).contains(r#""session_events":2,"#));
}

#[test]
fn a_failing_record_takes_its_batch_back() {
    let mut module = sessionizer(&[("invalid", "fail")]);
    module.begin_batch(None);
    value(&mut module, &event("a", 0));
    module.begin_batch(None);
    value(&mut module, &event("a", 1));
    let Outcome::Fail(invalid) = module.process(&record("?")) else {
        panic!("not failed");
    };
    assert!(invalid.to_string().starts_with("neither "), "{invalid}");
    assert!(value(&mut module, &event("a", 2)).contains(r#""session_events":2,"#));
}

#[test]
fn a_key_is_forgotten_by_event_time_once_ttl_and_lateness_are_over() {
    let parameters = [("gap", "10s"), ("ttl", "20s"), ("lateness", "5s")];
    for (other, cut) in [
        (25, r#""session_cut":"gap","#),
        (26, r#""session_cut":"first","#),
    ] {
        let mut module = sessionizer(&parameters);
        value(&mut module, &event("a", 0));
        value(&mut module, &event("b", other));
        assert!(value(&mut module, &event("a", 20)).contains(cut), "{other}");
    }
}

#[test]
fn memory_follows_the_live_keys() {
    let mut module = sessionizer(&[("gap", "10s"), ("ttl", "10s"), ("lateness", "0s")]);
    for second in 0..10_000 {
        module.begin_batch(None);
        value(&mut module, &event(&second.to_string(), second));
    }
    // Those of the last 10 s, the current one, and the one that the next batch evicts.
    assert_eq!(module.sessions().count(), 12);
}

#[test]
fn the_client_of_a_forwarded_list_is_the_key() {
    let rows = [
        ("0", "6.6.6.6, 1.2.3.4, 10.0.0.1", "10.0.0.1"),
        ("1", "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        ("2", "6.6.6.6, 1.2.3.4, 10.0.0.1", "6.6.6.6"),
        ("9", "6.6.6.6, 1.2.3.4, 10.0.0.1", "6.6.6.6"),
        (
            "0",
            "Mozilla/5.0 (KHTML, like Gecko)",
            "Mozilla/5.0 (KHTML, like Gecko)",
        ),
    ];
    for (proxies, list, expected) in rows {
        let mut module = sessionizer(&[("trusted_proxies", proxies)]);
        let (key, _) = output(&mut module, &record(&event(list, 0)));
        assert_eq!(key.as_deref(), Some(expected));
    }
}

#[test]
fn a_key_of_several_fields_tells_visitors_behind_one_address_apart() {
    let mut module = sessionizer(&[("key", "ip,/agent/name")]);
    let event =
        |agent: &str| format!(r#"{{"ip":"1.2.3.4:5","agent":{{"name":"{agent}"}},"timestamp":1}}"#);
    assert!(value(&mut module, &event("a,b")).contains(r#""session_id":"1.2.3.4,a\\,b-1000","#));
    assert!(value(&mut module, &event("c")).contains(r#""session_events":1,"#));
    assert!(value(&mut module, &event("a,b")).contains(r#""session_events":2,"#));
}

#[test]
fn hashed_ids_tell_nothing_of_the_key_and_stay_with_it() {
    let mut module = sessionizer(&[("id", "hash")]);
    let ids: Vec<String> = [("1.2.3.4", 0), ("1.2.3.4:99", 1), ("1.2.3.5", 1)]
        .into_iter()
        .map(|(ip, second)| {
            let value = value(&mut module, &event(ip, second));
            let (_, id) = value.split_once(r#""session_id":""#).unwrap();
            id.split('"').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert!(
        ids.iter()
            .all(|id| id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()))
    );
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Few keys close in time, so that every case of the rule occurs.
    fn events() -> impl Strategy<Value = Vec<String>> {
        let event = (0u8..4, 0i64..90).prop_map(|(ip, second)| event(&ip.to_string(), second));
        let other = prop_oneof![
            Just(r#"{"session_error":"x","session_raw":"y"}"#.to_owned()),
            Just(r#"{"ip":"1","timestamp":1000000000,"session_id":"1-1000000000000"}"#.to_owned()),
            Just(String::new()),
        ];
        proptest::collection::vec(prop_oneof![9 => event, 1 => other], 0..120)
    }

    fn parameters() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
        (
            prop::sample::select(vec!["1", "2", "5", "none"]),
            prop::sample::select(vec!["1s", "20s", "none"]),
            prop::sample::select(vec!["10s", "30s", "1000s"]),
            prop::sample::select(vec!["0s", "15s"]),
            prop::sample::select(vec!["2", "3", "100"]),
            prop::sample::select(vec!["key", "hash"]),
        )
            .prop_map(|(max_events, max_duration, ttl, lateness, max_keys, id)| {
                vec![
                    ("gap", "10s"),
                    ("max_events", max_events),
                    ("max_duration", max_duration),
                    ("ttl", ttl),
                    ("lateness", lateness),
                    ("max_keys", max_keys),
                    ("id", id),
                ]
            })
    }

    fn state(module: &Sessionizer) -> (Millis, Vec<(Key, Session)>) {
        // Whether the memory of an expired session was reclaimed is not part of the state.
        let live = module
            .sessions()
            .filter(|(_, session)| session.last >= module.state.horizon());
        (module.event_time(), live.collect())
    }

    fn run(module: &mut Sessionizer, events: &[String], batch: usize) -> Vec<String> {
        let mut values = Vec::new();
        for batch in events.chunks(batch) {
            module.begin_batch(None);
            values.extend(batch.iter().map(|event| value(module, event)));
        }
        values
    }

    proptest! {
        #[test]
        fn how_records_are_cut_into_batches_changes_nothing(
            events in events(), parameters in parameters(), batch in 1usize..50,
        ) {
            let mut one = sessionizer(&parameters);
            let mut other = sessionizer(&parameters);
            prop_assert_eq!(run(&mut one, &events, 1), run(&mut other, &events, batch));
            prop_assert_eq!(state(&one), state(&other));
        }

        #[test]
        fn a_batch_that_is_undone_never_was(
            events in events(), undone in events(), parameters in parameters(),
        ) {
            let mut one = sessionizer(&parameters);
            run(&mut one, &events, 7);
            let before = state(&one);
            run(&mut one, &undone, usize::MAX);
            one.undo_batch();
            let expected = if undone.is_empty() && !events.is_empty() {
                let mut other = sessionizer(&parameters);
                let whole = events.len() - (events.len() - 1) % 7 - 1;
                run(&mut other, &events[..whole], 7);
                state(&other)
            } else {
                before
            };
            prop_assert_eq!(state(&one), expected);
        }

        #[test]
        fn the_state_looked_back_from_own_output_is_the_state(
            events in events(), later in events(), parameters in parameters(),
        ) {
            let mut one = sessionizer(&parameters);
            let stored = run(&mut one, &events, 10);
            let mut other = sessionizer(&parameters);
            for value in &stored {
                other.look_back(None, value.as_bytes());
            }
            prop_assert_eq!(state(&one), state(&other));
            prop_assert_eq!(run(&mut one, &later, 10), run(&mut other, &later, 10));
        }

        #[test]
        fn own_output_restores_the_state_in_any_order(
            events in events(), mut parameters in parameters(), order in any::<u64>(),
        ) {
            // A look-back knows sessions that the module had evicted.
            parameters.retain(|(name, _)| *name != "max_keys");
            let mut one = sessionizer(&parameters);
            let mut stored = run(&mut one, &events, 10);
            stored.sort_by_key(|value| crate::key::digest([value.as_bytes(), &order.to_le_bytes()].concat().as_slice()));
            let mut other = sessionizer(&parameters);
            for value in &stored {
                other.look_back(None, value.as_bytes());
            }
            let known = |module: &Sessionizer| {
                let (event_time, mut known) = state(module);
                known.sort_by_key(|(key, _)| key.bits());
                (event_time, known)
            };
            prop_assert_eq!(known(&one), known(&other));
        }

        #[test]
        fn any_bytes_can_be_processed_and_looked_back(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut module = sessionizer(&[]);
            let record = Record { value: &value, ..Record::default() };
            let (_, tagged) = output(&mut module, &record);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&tagged).is_ok());
            module.look_back(None, &value);
        }
    }
}

/// A batch of marked and unmarked records, each with its key; whether it passes, or why not.
fn batch(module: &mut Sessionizer, records: &[(&[u8], &str)]) -> Result<Vec<String>, String> {
    module.begin_batch(None);
    let mut outputs = Vec::new();
    for (key, value) in records {
        let record = Record {
            key: Some(key),
            value: value.as_bytes(),
            append_time: None,
        };
        match module.process(&record) {
            Outcome::Emit { value, .. } => {
                outputs.push(String::from_utf8(value.concat()).unwrap());
            }
            Outcome::Drop => {}
            Outcome::Fail(failure) => return Err(failure.to_string()),
        }
    }
    Ok(outputs)
}

const NONCE: [u8; 16] = [7; 16];
const WAITING: &str = "not restored yet: `sessionize restore` tells the sessions";

fn restored(pairs: &[(&str, &str)], stored: &[(String, String)]) -> Sessionizer {
    let mut module = sessionizer(pairs);
    batch(&mut module, &[(&Mark::Begin(NONCE).write(), "")]).unwrap();
    for (key, value) in stored {
        let mark = Mark::Session(key.as_bytes()).write();
        assert_eq!(batch(&mut module, &[(&mark, value)]), Ok(vec![]));
    }
    batch(&mut module, &[(&Mark::End(NONCE).write(), "")]).unwrap();
    module
}

#[test]
fn a_restored_module_goes_on_as_the_one_before() {
    for pairs in [
        &[("restore", "require")][..],
        &[("restore", "require"), ("id", "hash"), ("late", "drop")],
        &[("restore", "require"), ("key", "@key"), ("invalid", "fail")],
        &[("restore", "accept"), ("key", "ip,agent"), ("prefix", "x")],
    ] {
        let mut before = restored(pairs, &[]);
        let events = |from: usize| {
            (from..from + 40).map(|i| {
                let second = 1_000 * i as i64 - 900 * (i as i64 % 3);
                event(&format!("192.0.2.{}", i % 7), second)
            })
        };
        let mut stored = Vec::new();
        for (i, event) in events(0).enumerate() {
            let key = format!("192.0.2.{}", i % 7);
            for output in batch(&mut before, &[(key.as_bytes(), &event)]).unwrap() {
                stored.push((key.clone(), output));
            }
        }
        // In any order, and twice.
        stored.reverse();
        stored.extend(stored.clone());
        let mut after = restored(pairs, &stored);
        assert_eq!(after.event_time(), before.event_time());
        for event in events(40) {
            let records: [(&[u8], &str); 1] = [(b"192.0.2.1", &event)];
            let expected = batch(&mut before, &records);
            assert_eq!(batch(&mut after, &records), expected, "{pairs:?}");
        }
    }
}

#[test]
fn a_module_that_waits_refuses_what_is_no_mark() {
    let mut module = sessionizer(&[("restore", "require")]);
    let event = event("192.0.2.1", 0);
    let probe = Mark::Probe.write();
    let (begin, end) = (Mark::Begin(NONCE).write(), Mark::End(NONCE).write());
    assert_eq!(batch(&mut module, &[(b"k", &event)]), Err(WAITING.into()));
    assert_eq!(batch(&mut module, &[(b"k", "?")]), Err(WAITING.into()));
    assert_eq!(batch(&mut module, &[(&probe, "")]), Err(WAITING.into()));
    assert_eq!(
        batch(&mut module, &[(&end, "")]),
        Err("this telling began with another instance of the module".into())
    );
    // What a refused batch began did not begin.
    let records: [(&[u8], &str); 2] = [(&begin, ""), (b"k", &event)];
    assert_eq!(batch(&mut module, &records), Err(WAITING.into()));
    assert!(batch(&mut module, &[(&end, "")]).is_err());
    assert_eq!(batch(&mut module, &[(&begin, "")]), Ok(vec![]));
    let records: [(&[u8], &str); 3] = [(&end, ""), (b"k", &event), (&probe, "")];
    assert_eq!(batch(&mut module, &records).map(|out| out.len()), Ok(1));
    assert_eq!(batch(&mut module, &[(&probe, "")]), Ok(vec![]));
}

#[test]
fn accept_takes_events_meanwhile_and_answers_probes() {
    let mut module = sessionizer(&[("restore", "accept")]);
    let event = event("192.0.2.1", 0);
    assert!(batch(&mut module, &[(b"k", &event)]).is_ok());
    let probe = Mark::Probe.write();
    assert_eq!(batch(&mut module, &[(&probe, "")]), Err(WAITING.into()));
}

#[test]
fn a_batch_that_restored_is_undone() {
    let mut module = sessionizer(&[("restore", "accept")]);
    let stored = value(&mut sessionizer(&[]), &event("192.0.2.1", 5_000));
    let mark = Mark::Session(b"192.0.2.1").write();
    assert!(batch(&mut module, &[(&mark, &stored)]).is_ok());
    assert_eq!(module.sessions().count(), 1);
    module.undo_batch();
    assert_eq!(module.sessions().count(), 0);
    assert_eq!(module.event_time(), 0);
}

#[test]
fn the_session_that_has_come_further_wins_and_event_time_never_goes_back() {
    let mut history = sessionizer(&[]);
    let stored = [0, 60, 4_000].map(|second| value(&mut history, &event("192.0.2.1", second)));
    let mark = Mark::Session(b"192.0.2.1").write();
    let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
    for order in orders {
        let mut module = sessionizer(&[("restore", "accept")]);
        for i in order {
            batch(&mut module, &[(&mark, &stored[i])]).unwrap();
        }
        assert!(module.sessions().eq(history.sessions()), "{order:?}");
        assert_eq!(module.event_time(), history.event_time());
    }
}

#[test]
fn a_fragment_tells_only_the_event_time() {
    let mut history = sessionizer(&[]);
    value(&mut history, &event("192.0.2.1", 100_000));
    let fragment = value(&mut history, &event("192.0.2.1", 0));
    assert!(fragment.contains(r#""session_cut":"late""#), "{fragment}");
    let mut module = sessionizer(&[("restore", "accept")]);
    let mark = Mark::Session(b"192.0.2.1").write();
    batch(&mut module, &[(&mark, &fragment)]).unwrap();
    assert_eq!(module.sessions().count(), 0);
    assert_eq!(module.event_time(), 1_000_000_000_000);
}

#[test]
fn a_marked_record_that_tells_nothing_is_passed_over() {
    let mut module = sessionizer(&[("restore", "accept")]);
    let session = Mark::Session(b"192.0.2.1").write();
    let damaged = [&Mark::Probe.write()[..], b"x"].concat();
    let raw = event("192.0.2.1", 0);
    let rows: [(&[u8], &str); 4] = [
        (&session, "?"),
        (&session, &raw),
        (&session, r#"{"session_error":"a","session_raw":"b"}"#),
        (&damaged, &raw),
    ];
    assert_eq!(batch(&mut module, &rows), Ok(vec![]));
    assert_eq!(module.sessions().count(), 0);
}

#[test]
fn without_the_parameter_a_mark_is_a_record_key() {
    let mut module = sessionizer(&[]);
    let event = event("192.0.2.1", 0);
    let mark = Mark::Probe.write();
    let outputs = batch(&mut module, &[(&mark, &event)]).unwrap();
    assert_eq!(outputs.len(), 1);
}
