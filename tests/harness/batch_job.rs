//! A batch job over the same events: sort by key and time, then scan.
//!
//! It is right for events that arrive in order. For any other order there is
//! [`reference`](super::reference).

use std::collections::BTreeMap;

use crate::bounds::Bounds;
use crate::event::Event;
use crate::sessionized::Sessionized;

/// A session as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WholeSession {
    /// Text of the key.
    pub key: String,
    /// Time of the first event.
    pub start: i64,
    /// Its number among the key's sessions with that start, counted from 1.
    pub number: u64,
    /// Time of the last event.
    pub last: i64,
    /// How many events it has.
    pub events: u64,
}

impl WholeSession {
    /// Its readable id.
    pub fn id(&self) -> String {
        id(&self.key, self.start, self.number)
    }
}

/// The readable id of a session.
pub fn id(key: &str, start: i64, number: u64) -> String {
    match number {
        1 => format!("{key}-{start}"),
        _ => format!("{key}-{start}.{number}"),
    }
}

/// All sessions of the events, sorted by key and start.
pub fn sessions<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    bounds: &Bounds,
) -> Vec<WholeSession> {
    let mut sorted: Vec<(&str, i64)> = events
        .into_iter()
        .map(|event| (event.key.as_str(), event.time))
        .collect();
    sorted.sort_unstable();
    let mut sessions: Vec<WholeSession> = Vec::new();
    for (key, time) in sorted {
        let before = sessions.last_mut().filter(|session| session.key == key);
        if let Some(session) = before {
            let goes_on = time - session.last <= bounds.gap
                && bounds.max_events.is_none_or(|max| session.events < max)
                && bounds
                    .max_duration
                    .is_none_or(|max| time - session.start <= max);
            if goes_on {
                session.last = time;
                session.events += 1;
                continue;
            }
        }
        let number = match sessions.last() {
            Some(before) if before.key == key && before.start == time => before.number + 1,
            _ => 1,
        };
        sessions.push(WholeSession {
            key: key.to_owned(),
            start: time,
            number,
            last: time,
            events: 1,
        });
    }
    sessions
}

/// What a `GROUP BY session_id` over the output gives: id → (maximum duration in ms, maximum event
/// count, number of rows).
pub fn by_id<'a>(
    outputs: impl IntoIterator<Item = &'a Sessionized>,
) -> BTreeMap<String, (i64, u64, u64)> {
    let mut ids = BTreeMap::new();
    for output in outputs {
        let (duration, events, rows) = ids.entry(output.id.clone()).or_insert((0, 0, 0));
        *duration = output.duration.max(*duration);
        *events = output.events.max(*events);
        *rows += 1;
    }
    ids
}

/// The same, computed from the sessions: each event is one row.
pub fn expected_by_id(sessions: &[WholeSession]) -> BTreeMap<String, (i64, u64, u64)> {
    sessions
        .iter()
        .map(|session| {
            (
                session.id(),
                (session.last - session.start, session.events, session.events),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_scans() {
        let bounds = Bounds {
            gap: 10,
            max_events: Some(2),
            max_duration: Some(15),
            ..Bounds::default()
        };
        let events = [
            ("b", 5),
            ("a", 30),
            ("a", 0),
            ("a", 10),
            ("b", 5),
            ("b", 5),
            ("b", 16),
        ];
        let events = events.map(|(key, time)| Event::new(key, time));
        let ids: Vec<(String, i64, u64)> = sessions(&events, &bounds)
            .iter()
            .map(|session| (session.id(), session.last, session.events))
            .collect();
        let expected = [
            ("a-0", 10, 2),
            ("a-30", 30, 1),
            ("b-5", 5, 2),
            ("b-5.2", 5, 1),
            ("b-16", 16, 1),
        ];
        assert_eq!(
            ids,
            expected.map(|(id, last, events)| (id.to_owned(), last, events))
        );
    }
}
