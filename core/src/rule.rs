//! The session rule: what an event does to the current session of its key.

use crate::name;
use crate::session::{Origin, Session};
use sessionize_formats::time::Millis;

/// The bounds of a session.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The inactivity gap, in milliseconds: a longer one ends the session.
    pub gap: Millis,
    /// The maximum number of events in a session; `None` for no bound.
    pub max_events: Option<u32>,
    /// The maximum duration of a session, in milliseconds; `None` for no bound.
    pub max_duration: Option<Millis>,
    /// How long a key is remembered after its latest event, in milliseconds; at least `gap`.
    pub ttl: Millis,
}

/// Why an event opened a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing is known of an earlier session.
    First,
    /// The event is a fragment, a session of its own. It precedes the key's current session by more
    /// than the inactivity gap, or it is so old that its session may have expired. The output calls
    /// this `late`.
    Fragment,
    /// The key was inactive for longer than `gap`.
    Gap,
    /// The session before holds `max_events` events.
    MaxEvents,
    /// The session before would last longer than `max_duration`.
    MaxDuration,
}

/// An event with its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The session, this event included.
    pub session: Session,
    /// Why the event opened the session; `None` when it joined.
    pub cut: Option<Cut>,
    /// Whether the event is a fragment, or older than the latest event of its session.
    pub out_of_order: bool,
    /// By how much the event has lengthened the session that it joined, in milliseconds.
    pub lengthened: Millis,
}

impl Cut {
    const ALL: [Cut; 5] = [
        Cut::First,
        Cut::Fragment,
        Cut::Gap,
        Cut::MaxEvents,
        Cut::MaxDuration,
    ];

    /// The name in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Cut::First => "first",
            Cut::Fragment => "late",
            Cut::Gap => "gap",
            Cut::MaxEvents => "max_events",
            Cut::MaxDuration => "max_duration",
        }
    }

    /// The cut of this name.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let place = name::position(&Cut::ALL.map(Cut::name), name)?;
        Cut::ALL.get(place).copied()
    }
}

impl Rule {
    /// Places an event at `time` whose key has the current session `known`.
    ///
    /// A session whose latest event is before the `horizon` has expired. So if an event before the
    /// horizon finds no session, nobody can tell whether there was one.
    ///
    /// No sum here overflows: times have the range of [`sessionize_formats::time`], and the bounds
    /// that of [`crate::parameters`].
    pub(crate) fn place(&self, known: Option<&Session>, time: Millis, horizon: Millis) -> Placed {
        let known =
            known.filter(|session| session.last >= horizon && time <= session.last + self.ttl);
        let Some(session) = known else {
            // A session that has not expired may be passed over here, too, but only for an event
            // after `last + ttl`. That event is not before the horizon, as `last` is not.
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
        if self.max_events.is_some_and(|max| session.events >= max) {
            // Only this cut can repeat the start of the session that it ends. The number keeps
            // their ids apart.
            let next = if time > start {
                Session::opened(time, 1, previous)
            } else {
                Session::opened(start, number.saturating_add(1), previous)
            };
            return Placed {
                session: next,
                cut: Some(Cut::MaxEvents),
                out_of_order: time < next.last,
                lengthened: 0,
            };
        }
        if self.max_duration.is_some_and(|max| time - start > max) {
            return opened(Session::opened(time, 1, previous), Cut::MaxDuration);
        }
        Placed {
            session: Session {
                last: session.last.max(time),
                events: session.events.saturating_add(1),
                ..*session
            },
            cut: None,
            out_of_order: time < session.last,
            lengthened: (time - session.last).max(0),
        }
    }
}

/// An event alone in a session of its own, which leaves the key's current session as it is.
fn fragment(time: Millis) -> Placed {
    Placed {
        session: Session::opened(time, 1, None),
        cut: Some(Cut::Fragment),
        out_of_order: true,
        lengthened: 0,
    }
}

fn opened(session: Session, cut: Cut) -> Placed {
    Placed {
        session,
        cut: Some(cut),
        out_of_order: false,
        lengthened: 0,
    }
}

#[cfg(test)]
mod tests;
