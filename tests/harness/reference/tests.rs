//! The table of the session rule, row by row, in numbers that are easy to follow.

use super::*;

fn bounds() -> Bounds {
    Bounds {
        gap: 10,
        max_events: Some(2),
        max_duration: Some(15),
        ttl: 20,
        lateness: 5,
        max_ahead: Some(100),
        ..Bounds::default()
    }
}

/// Id, duration, events, cut and late of each event of visitor `a`. Events of `b` only advance the
/// event time.
fn fields_of_a(bounds: &Bounds, events: &[(&str, i64)]) -> Vec<String> {
    let mut reference = Reference::new(bounds);
    let mut found = Vec::new();
    for (key, time) in events {
        let verdict = reference.event(&Event::new(*key, *time));
        if *key == "a" {
            found.push(match verdict {
                Verdict::Passed(fields) => {
                    let cut = fields.cut.as_deref().unwrap_or("-");
                    let late = if fields.late { " late" } else { "" };
                    let (id, duration, events) = (fields.id, fields.duration, fields.events);
                    format!("{id} {duration} {events} {cut}{late}")
                }
                other => format!("{other:?}"),
            });
        }
    }
    found
}

#[test]
fn every_row_of_the_table() {
    type Events = &'static [(&'static str, i64)];
    let rows: [(&str, Events, &str); 12] = [
        ("no state", &[("a", 1_000)], "a-1000 0 1 first"),
        (
            "at the ttl",
            &[("a", 1_000), ("a", 1_020)],
            "a-1020 0 1 gap",
        ),
        (
            "beyond the ttl",
            &[("a", 1_000), ("a", 1_021)],
            "a-1021 0 1 first",
        ),
        ("at the gap", &[("a", 1_000), ("a", 1_010)], "a-1000 10 2 -"),
        (
            "beyond the gap",
            &[("a", 1_000), ("a", 1_011)],
            "a-1011 0 1 gap",
        ),
        (
            "one gap before the start",
            &[("a", 1_000), ("a", 990)],
            "a-1000 0 2 - late",
        ),
        (
            "more than a gap before the start",
            &[("a", 1_000), ("a", 989)],
            "a-989 0 1 late late",
        ),
        (
            "full, in the same ms",
            &[("a", 1_000), ("a", 1_000), ("a", 1_000)],
            "a-1000.2 0 1 max_events",
        ),
        (
            "full, and the event before the start",
            &[("a", 1_000), ("a", 1_000), ("a", 999)],
            "a-1000.2 0 1 max_events late",
        ),
        (
            "forgotten",
            &[("a", 1_000), ("b", 1_026), ("a", 1_001)],
            "a-1001 0 1 first",
        ),
        (
            "remembered",
            &[("a", 1_000), ("b", 1_025), ("a", 1_001)],
            "a-1000 1 2 -",
        ),
        (
            "unknown and too late",
            &[("b", 1_026), ("a", 1_000)],
            "a-1000 0 1 late late",
        ),
    ];
    for (name, events, expected) in rows {
        let found = fields_of_a(&bounds(), events);
        assert_eq!(found.last().map(String::as_str), Some(expected), "{name}");
    }
    let long = Bounds {
        max_events: None,
        ..bounds()
    };
    let found = fields_of_a(
        &long,
        &[("a", 1_000), ("a", 1_008), ("a", 1_015), ("a", 1_016)],
    );
    assert_eq!(found[2..], ["a-1000 15 3 -", "a-1016 0 1 max_duration"]);
}

#[test]
fn a_looked_back_event_that_is_ahead_does_not_count_and_none_makes_it_forget() {
    let mut reference = Reference::new(&bounds());
    let events = [("a", 1_000), ("b", 1_090), ("a", 1_002), ("b", 1_200)];
    reference.replay(events.map(|(key, time)| Event::new(key, time)).into());
    reference.begin_batch(Some(1_095));
    assert_eq!(reference.extent("a"), Some((1_000, 1_002)));
    assert_eq!(reference.extent("b"), Some((1_090, 1_090)));
    assert_eq!(reference.event_time(), 1_090);
    // From here on, the event time is that of `b`, and `a` is forgotten.
    assert_eq!(reference.remembered("a"), None);
}

#[test]
fn the_latest_stored_session_counts_in_any_order() {
    let mut whole = Reference::new(&bounds());
    let mut stored = Vec::new();
    for time in [1_000, 1_000, 1_000, 1_003, 1_012] {
        if let Verdict::Passed(fields) = whole.event(&Event::new("a", time)) {
            stored.push(("a".to_owned(), fields));
        }
    }
    for turn in 0..stored.len() {
        stored.rotate_left(turn);
        let mut restored = Reference::new(&bounds());
        restored.restore(stored.clone());
        assert!(restored.agrees(&whole), "{stored:?}");
    }
}
