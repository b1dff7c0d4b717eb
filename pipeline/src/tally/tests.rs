use std::time::Duration;

use super::*;

fn event(duration: &str, cut: &str, late: bool) -> String {
    format!(
        r#"{{"a":1,"session_id":"k-1","session_start":"1970-01-01T00:00:00.001Z","session_duration":{duration},"session_events":1,"session_cut":{cut},"session_previous":null,"session_late":{late}}}"#
    )
}

fn tally() -> Tally {
    Tally::new(&Parameters::default(), true)
}

#[test]
fn sums_up() {
    let mut tally = tally();
    let rows = [
        ("a", event("0", "\"first\"", false)),
        ("b", event("0", "\"first\"", false)),
        ("a", event("1.5", "null", false)),
        ("a", event("1.5", "null", true)),
        ("a", event("0", "\"late\"", true)),
        ("a", event("2", "null", false)),
        ("a", event("0", "\"gap\"", false)),
        ("a", event("0.25", "null", false)),
        ("b", event("0", "\"max_events\"", false)),
        ("b", event("0.001", "null", false)),
        ("b", event("0", "\"max_duration\"", false)),
    ];
    for (key, value) in &rows {
        tally.add_output(Some(key.as_bytes()), value.as_bytes());
    }
    tally.add_output(
        None,
        br#"{"session_error":"no key: field `ip` is missing or null","session_raw":"{}"}"#,
    );
    tally.add_output(
        None,
        br#"{"session_error":"no time: field `t`: `x` is no time","session_raw":"{}"}"#,
    );
    tally.add_output(
        None,
        br#"{"session_error":"no time: field `t`: `y` is no time","session_raw":"{}"}"#,
    );
    let mut summary = tally.finish();
    summary.records = 15;
    summary.elapsed = Duration::from_millis(500);
    assert_eq!(
        summary.to_string(),
        "events     11 in 0.50 s, 30 events/s, by the native processor\n\
         invalid    3: 2 × no time: field `t`: `x` is no time; 1 × no key: field `ip` is missing or null\n\
         dropped    1\n\
         late       2, 1 of them fragments\n\
         keys       2\n\
         sessions   5: first 2, gap 1, max_events 1, max_duration 1\n\
         ids        6: 5 of sessions, 1 of fragments\n\
         durations  2.251 s in all, mean 0.450 s, longest 2.000 s"
    );
    assert_eq!(
        summary.to_json(),
        "{\"cuts\":{\"first\":2,\"gap\":1,\"max_duration\":1,\"max_events\":1},\"disordered\":0,\
         \"disordered_longest\":0.0,\"dropped\":1,\
         \"duration_longest\":2.0,\"duration_mean\":0.45,\"duration_sum\":2.251,\"elapsed\":0.5,\"events\":11,\
         \"events_per_second\":30,\"fragments\":1,\"invalid\":3,\"invalid_reasons\":[\
         {\"count\":2,\"example\":\"no time: field `t`: `x` is no time\"},\
         {\"count\":1,\"example\":\"no key: field `ip` is missing or null\"}],\"keys\":2,\"late\":2,\"late_unknown\":0,\
         \"processor\":\"native\",\"records\":15,\"session_ids\":6,\"sessions\":5,\"set_aside\":0,\"set_aside_without_room\":0}"
    );
}

#[test]
fn an_output_that_does_not_say_whether_it_is_late_is_counted_as_that() {
    let mut tally = tally();
    let silent = event("0", "null", false).replace(",\"session_late\":false", "");
    let outputs = [event("0", "null", true), event("0", "null", false), silent];
    for output in &outputs {
        tally.add_output(Some(b"a"), output.as_bytes());
    }
    let summary = tally.finish().to_string();
    assert!(
        summary.contains("\nlate       1, 0 of them fragments; 1 events do not say\n"),
        "{summary}"
    );
}

#[test]
fn fragments_are_told_apart_by_key_and_time() {
    let mut tally = tally();
    let fragment = |start: &str| {
        event("0", "\"late\"", true)
            .replace("k-1", &format!("k-{start}"))
            .replace(".001Z", &format!(".{start:0>3}Z"))
    };
    for (key, start) in [("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")] {
        tally.add_output(Some(key.as_bytes()), fragment(start).as_bytes());
    }
    let summary = tally.finish();
    assert_eq!(
        [summary.fragments, summary.session_ids(), summary.sessions()],
        [4, 3, 0]
    );
}

#[test]
fn says_what_the_order_was_like() {
    let line = |summary: &Summary, label: &str| {
        let text = summary.to_string();
        let line = text.lines().find(|line| line.starts_with(label));
        line.map(String::from)
    };
    let rows = [
        (0, 0, None),
        (
            1,
            250,
            Some("disorder   1 of 10000 came more than lateness behind, 250ms at most"),
        ),
        (
            99,
            61_999,
            Some("disorder   99 of 10000 came more than lateness behind, 1m 1s at most"),
        ),
        (
            100,
            11_520_000,
            Some(
                "disorder   100 of 10000 came more than lateness behind, 3h 12m at most: \
                 --order full sorts the whole input first",
            ),
        ),
    ];
    for (behind, farthest_behind, expected) in rows {
        let mut summary = Summary {
            records: 10_000,
            ..Summary::default()
        };
        summary.disorder.behind.events = behind;
        summary.disorder.behind.most = farthest_behind;
        assert_eq!(line(&summary, "disorder").as_deref(), expected);
    }
    let rows = [
        (0, 0, None),
        (
            4,
            0,
            Some("set aside  4 more than max_ahead ahead of the others"),
        ),
        (
            4,
            1,
            Some(
                "set aside  4 more than max_ahead ahead of the others, 1 of them without room to wait",
            ),
        ),
    ];
    for (set_aside, no_room, expected) in rows {
        let mut summary = Summary::default();
        summary.disorder.set_aside = set_aside;
        summary.disorder.no_room = no_room;
        assert_eq!(line(&summary, "set aside").as_deref(), expected);
    }
}

#[test]
fn parts_add_up() {
    let mut whole = tally();
    let mut parts = [tally(), tally()];
    for (n, duration) in ["0", "3", "1", "4.5"].into_iter().enumerate() {
        let value = event(duration, if n < 2 { "\"first\"" } else { "null" }, n == 3);
        let key = [n as u8 % 2];
        whole.add_output(Some(&key), value.as_bytes());
        parts[n % 2].add_output(Some(&key), value.as_bytes());
    }
    let mut sum = Summary::default();
    for part in parts {
        sum.merge(part.finish());
    }
    assert_eq!(sum, whole.finish());
}

#[test]
fn a_brief_tally_tells_whether_there_is_an_event() {
    let mut tally = Tally::new(&Parameters::default(), false);
    let invalid = br#"{"session_error":"not JSON","session_raw":"{"}"#;
    tally.add_output(None, invalid);
    let mut nothing = tally.clone().finish();
    nothing.records = 2;
    let said = nothing.without_events();
    assert_eq!(
        said.as_deref(),
        Some("none of 2 records could be sessionized: not JSON")
    );
    nothing.records = 0;
    assert_eq!(nothing.without_events(), None);
    let value = event("0", "\"first\"", false);
    tally.add_output(Some(b"a"), value.as_bytes());
    let mut something = tally.finish();
    something.records = 2;
    assert_eq!(something.without_events(), None);
}
