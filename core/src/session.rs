//! The session rule: what an event does to the session of its key.

use crate::name;
use sessionize_formats::time::Millis;

/// The bounds of a session, in milliseconds and events.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Inactivity that ends a session.
    pub gap: Millis,
    /// Most events in a session; `None` for no bound.
    pub max_events: Option<u32>,
    /// Longest session; `None` for no bound.
    pub max_duration: Option<Millis>,
    /// How long after its last event a key is remembered; at least `gap`.
    pub ttl: Millis,
}

/// One session of a key, as far as it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Where it starts and which of the key's sessions with that start it is.
    pub origin: Origin,
    /// The latest event time in it; never before its start.
    pub last: Millis,
    /// How many events it holds; stays at `u32::MAX` once there.
    pub events: u32,
    /// The same key's session before this one, where known.
    pub previous: Option<Origin>,
}

/// What tells one session of a key from all its others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The time of the event that opened it; never changes.
    pub start: Millis,
    /// 1 for the first session that starts at that millisecond, 2 for the next one.
    pub number: u32,
}

/// Why an event opened a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing is known of an earlier session.
    First,
    /// The event is too late for the session that is known, or to know of one: a fragment of its own.
    Late,
    /// The key was silent for longer than `gap`.
    Gap,
    /// The session before holds `max_events` events.
    MaxEvents,
    /// The session before would last longer than `max_duration`.
    MaxDuration,
}

impl Cut {
    /// Its name in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Cut::First => "first",
            Cut::Late => "late",
            Cut::Gap => "gap",
            Cut::MaxEvents => "max_events",
            Cut::MaxDuration => "max_duration",
        }
    }

    /// The one of this name.
    pub fn named(name: &[u8]) -> Option<Self> {
        const ALL: [Cut; 5] = [
            Cut::First,
            Cut::Late,
            Cut::Gap,
            Cut::MaxEvents,
            Cut::MaxDuration,
        ];
        let place = name::position(&ALL.map(Cut::name), name)?;
        ALL.get(place).copied()
    }
}

/// An event with the session that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The session, this event included.
    pub session: Session,
    /// Why the event opened it; `None` when it joined.
    pub cut: Option<Cut>,
    /// Whether the event is behind the latest event of its session, or a fragment.
    pub late: bool,
}

impl Session {
    fn opened(at: Millis, number: u32, previous: Option<Origin>) -> Self {
        Session {
            origin: Origin { start: at, number },
            last: at,
            events: 1,
            previous,
        }
    }

    /// How far it is: of two states of a key's session the later one is the greater. Starts and numbers of a key go up
    /// from session to session, and the events with each event in it.
    pub fn progress(&self) -> (Millis, u32, u32) {
        let Origin { start, number } = self.origin;
        (start, number, self.events)
    }

    /// How long it has lasted, in milliseconds; never negative, never falls.
    pub fn duration(&self) -> Millis {
        self.last - self.origin.start
    }
}

impl Rule {
    /// Places an event at `time` of a key whose current session is `known`.
    ///
    /// Sessions whose latest event is before the `horizon` are forgotten. So where an event before it finds no session,
    /// nobody can tell whether there was one.
    ///
    /// Times are those of [`sessionize_formats::time`] and bounds those of [`crate::parameters`], so no sum here overflows.
    pub fn place(&self, known: Option<&Session>, time: Millis, horizon: Millis) -> Placed {
        let known =
            known.filter(|session| session.last >= horizon && time <= session.last + self.ttl);
        let Some(session) = known else {
            // An event after a session that is not forgotten is never before the horizon.
            return if time < horizon {
                fragment(time)
            } else {
                opened(Session::opened(time, 1, None), Cut::First)
            };
        };
        let Origin { start, number } = session.origin;
        if time < start - self.gap {
            return fragment(time);
        }
        let previous = Some(session.origin);
        if time > session.last + self.gap {
            return opened(Session::opened(time, 1, previous), Cut::Gap);
        }
        if self.max_events.is_some_and(|most| session.events >= most) {
            // Of all cuts only this one can repeat the start of the session that it ends: the number keeps the ids apart.
            let next = if time > start {
                Session::opened(time, 1, previous)
            } else {
                Session::opened(start, number.saturating_add(1), previous)
            };
            return Placed {
                session: next,
                cut: Some(Cut::MaxEvents),
                late: time < next.last,
            };
        }
        if self.max_duration.is_some_and(|most| time - start > most) {
            return opened(Session::opened(time, 1, previous), Cut::MaxDuration);
        }
        Placed {
            session: Session {
                last: session.last.max(time),
                events: session.events.saturating_add(1),
                ..*session
            },
            cut: None,
            late: time < session.last,
        }
    }
}

/// An event alone, too late for what is known.
fn fragment(time: Millis) -> Placed {
    Placed {
        session: Session::opened(time, 1, None),
        cut: Some(Cut::Late),
        late: true,
    }
}

fn opened(session: Session, cut: Cut) -> Placed {
    Placed {
        session,
        cut: Some(cut),
        late: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
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

    /// Each row: name, the known session, the event's time, and `start last events number cut late` of what comes out.
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
                (HORIZON - 1, HORIZON - 1, 1, 1, Some(Cut::Late), true),
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
                (HORIZON - 1, HORIZON - 1, 1, 1, Some(Cut::Late), true),
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
                (969, 969, 1, 1, Some(Cut::Late), true),
            ),
            (
                "before start - gap of a full session",
                full,
                969,
                (969, 969, 1, 1, Some(Cut::Late), true),
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
                (placed.session.events, placed.cut, placed.late),
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
    fn a_session_that_has_come_further_is_the_later_one() {
        let numbered = |start, number, events| Session {
            origin: Origin { start, number },
            ..session(start, 1_000, events)
        };
        let in_order = [
            numbered(1, 9, 9),
            numbered(2, 1, 9),
            numbered(2, 2, 1),
            numbered(2, 2, 2),
        ];
        assert!(in_order.is_sorted_by(|one, next| one.progress() < next.progress()));
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
}
