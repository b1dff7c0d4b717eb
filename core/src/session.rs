//! A session of a visitor.

use sessionize_formats::time::Millis;

/// One session of a key, up to its latest event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Where it starts, and which of the key's sessions with that start it is.
    pub origin: Origin,
    /// The latest event time in it, in milliseconds since the Unix epoch; never before its start.
    pub last: Millis,
    /// How many events it holds; stays at `u32::MAX` once there.
    pub events: u32,
    /// The same key's session before this one, where known.
    pub previous: Option<Origin>,
}

/// What tells one session of a key from all its others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// When the session starts, in milliseconds since the Unix epoch; never changes.
    pub start: Millis,
    /// 1 for the first session that starts at that millisecond, 2 for the next one.
    pub number: u32,
}

impl Session {
    /// A session with its first event.
    pub(crate) fn opened(start: Millis, number: u32, previous: Option<Origin>) -> Self {
        Session {
            origin: Origin { start, number },
            last: start,
            events: 1,
            previous,
        }
    }

    /// How far the session has come: of two states of a key, the later one has the greater
    /// progress. A key's starts and numbers go up from session to session, and a session's count
    /// goes up with each event.
    pub fn progress(&self) -> (Millis, u32, u32) {
        let Origin { start, number } = self.origin;
        (start, number, self.events)
    }

    /// How long the session has lasted, in milliseconds; never negative, and never shrinks.
    pub fn duration(&self) -> Millis {
        self.last - self.origin.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_session_that_has_come_further_is_the_later_one() {
        let state = |start, number, events| Session {
            origin: Origin { start, number },
            last: 1_000,
            events,
            previous: None,
        };
        let in_order = [
            state(1, 9, 9),
            state(2, 1, 9),
            state(2, 2, 1),
            state(2, 2, 2),
        ];
        assert!(in_order.is_sorted_by(|one, next| one.progress() < next.progress()));
    }
}
