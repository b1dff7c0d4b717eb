//! The state of an instance after a look-back.

use fluvio_smartmodule::Record;
use harness::host::{Host, Instance, raw};

use crate::instance::{engines, event, owned, process, record, started, texts};

const START: i64 = 1_700_000_000_000;

/// Bounds so tight that a few events meet all of them.
const RULE: [(&str, &str); 4] = [
    ("gap", "1s"),
    ("max_events", "3"),
    ("max_duration", "2s"),
    ("ttl", "5s"),
];

fn at(ip: &str, time: i64) -> Record {
    event(ip, START + time, "/")
}

/// Events that open sessions with every cut, with late events and a fragment in between.
fn past() -> Vec<Record> {
    let rows = [
        ("192.0.2.1", 0),
        ("192.0.2.1", 0),
        ("192.0.2.1", 0),
        ("192.0.2.1", 0),
        ("192.0.2.2", 100),
        ("2001:db8::1", 200),
        ("192.0.2.2", 1_100),
        ("192.0.2.2", 2_101),
        ("192.0.2.1", 2_400),
        ("192.0.2.3", 2_500),
        ("192.0.2.3", 2_400),
        ("192.0.2.3", 1_000),
        ("192.0.2.4", 2_500),
        ("192.0.2.4", 3_501),
        ("192.0.2.3", 3_500),
    ];
    rows.map(|(ip, time)| at(ip, time)).into()
}

/// Events whose output shows the state: of every key, before, within, and after its session.
fn present() -> Vec<Record> {
    let ips = [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.4",
        "2001:db8::1",
        "192.0.2.9",
    ];
    let times = [1_000, 3_400, 3_500, 3_502, 4_501];
    ips.into_iter()
        .flat_map(|ip| times.map(|time| at(ip, time)))
        .collect()
}

fn goes_on(instance: &mut dyn Instance) -> Vec<String> {
    texts(&process(instance, 1_000, &present()).records)
}

fn uninterrupted(parameters: &[(&str, &str)]) -> (Vec<Record>, Vec<String>) {
    let mut module = started(parameters);
    let stored = process(module.as_mut(), 0, &past()).records;
    (stored, goes_on(module.as_mut()))
}

#[test]
fn own_output_restores_the_state_exactly() {
    for (name, engine) in engines() {
        for id in ["key", "hash"] {
            let parameters = [RULE.as_slice(), &[("id", id)]].concat();
            let (stored, expected) = uninterrupted(&parameters);
            let mut module = engine.start(&owned(&parameters)).unwrap();
            module.look_back(stored).unwrap();
            assert_eq!(goes_on(module.as_mut()), expected, "{name}, id={id}");
        }
    }
}

#[test]
fn raw_events_restore_the_state() {
    let (_, expected) = uninterrupted(&RULE);
    let mut module = started(&RULE);
    module.look_back(past()).unwrap();
    assert_eq!(goes_on(module.as_mut()), expected);
}

/// One visitor comes at t, and another one whose clock is 13 hours ahead. A second after t the
/// first comes again, and the record is appended at that time.
#[test]
fn a_looked_back_event_of_the_future_ends_no_session() {
    let mut module = started(&[]);
    let ahead = 13 * 3_600_000;
    module
        .look_back(vec![at("192.0.2.1", 0), at("192.0.2.2", ahead)])
        .unwrap();
    let next = raw(&vec![at("192.0.2.1", 1_000)]).unwrap();
    let output = module.process(next, 2, START + 1_000).unwrap();
    let output = texts(&output.records);
    assert!(
        output[0].contains(r#""session_events":2,"session_cut":null,"#),
        "{}",
        output[0]
    );
}

/// If two producers write at once, what was processed second may be stored first.
#[test]
fn own_output_in_another_order_restores_the_state_exactly() {
    let (mut stored, expected) = uninterrupted(&RULE);
    stored.reverse();
    let mut module = started(&RULE);
    module.look_back(stored).unwrap();
    assert_eq!(goes_on(module.as_mut()), expected);
}

/// A raw record counts if the module would sessionize it now. The module's own output always
/// counts.
#[test]
fn raw_records_of_another_format_are_passed_over() {
    let line = r#"192.0.2.1 - - [14/Nov/2023:22:13:20 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;
    let json = at("192.0.2.1", 0).value.as_utf8_lossy_string().into_owned();
    for (format, known) in [("json", &json[..]), ("combined", line), ("auto", line)] {
        let mut own = started(&[("format", format)]);
        let stored = process(own.as_mut(), 0, &[record(known)]).records;
        for (looked_back, counts) in [
            (record(line), format != "json"),
            (record(&json), format != "combined"),
            (stored[0].clone(), true),
        ] {
            let mut module = started(&[("format", format)]);
            module.look_back(vec![looked_back]).unwrap();
            let output = texts(&process(module.as_mut(), 1, &[record(known)]).records);
            let joins = output[0].contains(r#""session_events":2,"#);
            assert_eq!(joins, counts, "format={format}: {}", output[0]);
        }
    }
}

/// Of the module's own output, the latest event of each key is enough.
#[test]
fn the_last_events_of_the_live_sessions_are_enough() {
    let (stored, expected) = uninterrupted(&RULE);
    let mut module = started(&RULE);
    module.look_back(stored[3..].to_vec()).unwrap();
    assert_eq!(goes_on(module.as_mut()), expected);
    let mut module = started(&RULE);
    // The latest events of 192.0.2.1 and 2001:db8::1 are among the first nine.
    module.look_back(stored[9..].to_vec()).unwrap();
    assert_ne!(goes_on(module.as_mut()), expected);
}

#[test]
fn garbage_says_nothing_and_does_no_harm() {
    let (stored, expected) = uninterrupted(&RULE);
    let mut mixed = Vec::new();
    for (n, stored) in stored.into_iter().enumerate() {
        let half = String::from_utf8_lossy(stored.value.as_ref()).into_owned();
        let half = &half[..half.len() / 2];
        for garbage in [
            "",
            "nothing",
            half,
            "[1,2]",
            r#"{"ip":"192.0.2.1"}"#,
            r#"{"order":17,"items":[1,2]}"#,
            r#"{"session_error":"no key","session_raw":"{\"ip\":\"192.0.2.1\",\"timestamp\":1}"}"#,
        ] {
            mixed.push(record(garbage));
        }
        mixed.push(Record::new(vec![0xff, n as u8]));
        mixed.push(stored);
    }
    let mut module = started(&RULE);
    module.look_back(mixed).unwrap();
    assert_eq!(goes_on(module.as_mut()), expected);
}
