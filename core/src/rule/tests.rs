use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const RULE: Rule = Rule {
    gap: 30,
    max_events: Some(3),
    max_duration: Some(100),
    ttl: 200,
};

/// The time before which sessions are forgotten.
const HORIZON: Millis = 5;

fn session(start: Millis, last: Millis, events: u32) -> Session {
    Session {
        origin: Origin { start, number: 1 },
        last,
        events,
        previous: None,
    }
}

/// Each row: name, the known session, the event's time, and what comes out: start, last, events,
/// number, cut, whether it is out of order.
#[test]
fn every_case_of_the_rule_at_its_boundary() {
    type Row = (
        &'static str,
        Option<Session>,
        Millis,
        (Millis, Millis, u32, u32, Option<Cut>, bool),
    );
    let known = Some(session(1000, 1050, 2));
    let full = Some(session(1000, 1050, 3));
    let long = Some(session(1000, 1090, 2));
    let gone = Some(session(0, HORIZON - 1, 2));
    let held = Some(session(0, HORIZON, 2));
    let rows: [Row; 24] = [
        ("no state", None, 7, (7, 7, 1, 1, Some(Cut::First), false)),
        (
            "no state, at the horizon",
            None,
            HORIZON,
            (HORIZON, HORIZON, 1, 1, Some(Cut::First), false),
        ),
        (
            "no state, before the horizon",
            None,
            HORIZON - 1,
            (HORIZON - 1, HORIZON - 1, 1, 1, Some(Cut::Fragment), true),
        ),
        (
            "forgotten, at the horizon",
            gone,
            HORIZON,
            (HORIZON, HORIZON, 1, 1, Some(Cut::First), false),
        ),
        (
            "forgotten, before the horizon",
            gone,
            HORIZON - 1,
            (HORIZON - 1, HORIZON - 1, 1, 1, Some(Cut::Fragment), true),
        ),
        (
            "barely remembered, at its last",
            held,
            HORIZON,
            (0, HORIZON, 3, 1, None, false),
        ),
        (
            "barely remembered, before the horizon",
            held,
            HORIZON - 1,
            (0, HORIZON, 3, 1, None, true),
        ),
        (
            "at last + ttl",
            known,
            1250,
            (1250, 1250, 1, 1, Some(Cut::Gap), false),
        ),
        (
            "past last + ttl",
            known,
            1251,
            (1251, 1251, 1, 1, Some(Cut::First), false),
        ),
        ("at start - gap", known, 970, (1000, 1050, 3, 1, None, true)),
        (
            "before start - gap",
            known,
            969,
            (969, 969, 1, 1, Some(Cut::Fragment), true),
        ),
        (
            "before start - gap of a full session",
            full,
            969,
            (969, 969, 1, 1, Some(Cut::Fragment), true),
        ),
        (
            "at last + gap",
            known,
            1080,
            (1000, 1080, 3, 1, None, false),
        ),
        (
            "past last + gap",
            known,
            1081,
            (1081, 1081, 1, 1, Some(Cut::Gap), false),
        ),
        (
            "past last + gap of a full session",
            full,
            1081,
            (1081, 1081, 1, 1, Some(Cut::Gap), false),
        ),
        (
            "full, after its last",
            full,
            1060,
            (1060, 1060, 1, 1, Some(Cut::MaxEvents), false),
        ),
        (
            "full, within it",
            full,
            1001,
            (1001, 1001, 1, 1, Some(Cut::MaxEvents), false),
        ),
        (
            "full, at its start",
            full,
            1000,
            (1000, 1000, 1, 2, Some(Cut::MaxEvents), false),
        ),
        (
            "full, before its start",
            full,
            999,
            (1000, 1000, 1, 2, Some(Cut::MaxEvents), true),
        ),
        (
            "one short of full",
            known,
            1050,
            (1000, 1050, 3, 1, None, false),
        ),
        (
            "behind its last",
            known,
            1049,
            (1000, 1050, 3, 1, None, true),
        ),
        (
            "max_duration after the start",
            long,
            1100,
            (1000, 1100, 3, 1, None, false),
        ),
        (
            "past max_duration",
            long,
            1101,
            (1101, 1101, 1, 1, Some(Cut::MaxDuration), false),
        ),
        (
            "full and past max_duration",
            Some(session(1000, 1090, 3)),
            1101,
            (1101, 1101, 1, 1, Some(Cut::MaxEvents), false),
        ),
    ];
    for (name, known, time, (start, last, events, number, cut, late)) in rows {
        let placed = RULE.place(known.as_ref(), time, HORIZON);
        assert_eq!(
            (placed.session.origin, placed.session.last),
            (Origin { start, number }, last),
            "{name}"
        );
        assert_eq!(
            (placed.session.events, placed.cut, placed.out_of_order),
            (events, cut, late),
            "{name}"
        );
    }
}

#[test]
fn a_cut_remembers_the_session_it_ends_and_first_and_late_none() {
    let known = session(1000, 1050, 3);
    let previous = |time| RULE.place(Some(&known), time, HORIZON).session.previous;
    assert_eq!(previous(1081), Some(known.origin), "gap");
    assert_eq!(previous(1000), Some(known.origin), "max_events");
    assert_eq!(previous(1251), None, "first");
    assert_eq!(previous(969), None, "late");
}

#[test]
fn without_bounds_only_the_gap_cuts() {
    let rule = Rule {
        max_events: None,
        max_duration: None,
        ..RULE
    };
    let known = session(0, 1_000_000, u32::MAX);
    let placed = rule.place(Some(&known), 1_000_030, HORIZON);
    assert_eq!((placed.cut, placed.session.events), (None, u32::MAX));
}
