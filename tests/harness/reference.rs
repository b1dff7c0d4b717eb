//! The session rule for events in any order, as its table says it.
//!
//! The module keeps one session of each key, and a horizon behind which sessions expire. Nothing of
//! that is here. The reference keeps a history: every accepted event with the fields that it got.
//! It reads everything else off the history, from its beginning, for every event: the event time,
//! the session of a visitor, and whether that is still remembered.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::batch_job::id;
use crate::bounds::Bounds;
use crate::event::Event;
use crate::sessionized::Sessionized;

/// Computes the fields that every event must get.
#[derive(Debug, Clone)]
pub struct Reference {
    bounds: Bounds,
    history: Vec<Accepted>,
    /// Raw events that it has looked back at, until a batch begins.
    looked_back: Vec<Event>,
}

/// An accepted event.
#[derive(Debug, Clone)]
struct Accepted {
    key: Rc<str>,
    time: i64,
    fields: Rc<Sessionized>,
}

/// The outcome for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is beyond `max_ahead`.
    Invalid,
    /// It is late, and late ones are dropped.
    Dropped,
    /// It is passed on with these fields.
    Passed(Sessionized),
}

/// A row of the table, with the start of the session that it opens.
enum Row {
    /// `late`: a fragment of its own.
    Fragment,
    Opens(&'static str, i64),
    Joins,
}

impl Reference {
    /// A reference that knows no session yet.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            bounds: bounds.clone(),
            history: Vec::new(),
            looked_back: Vec::new(),
        }
    }

    /// Begins a batch, appended at this time.
    ///
    /// Raw events that were looked back at carry no append time. An event that is too far ahead of
    /// the first batch after them was refused when it came. The others count, and none of them
    /// makes the module forget a session before the batch begins.
    pub fn begin_batch(&mut self, appended: Option<i64>) {
        for event in std::mem::take(&mut self.looked_back) {
            if !self.is_ahead(&event, appended) {
                let known = self.latest(&event.key).cloned();
                let row = self.row(known.as_deref(), event.time, false);
                self.accept(&event, known.as_deref(), &row);
            }
        }
    }

    /// An event of the stream.
    pub fn event(&mut self, event: &Event) -> Verdict {
        if self.is_ahead(event, event.appended) {
            return Verdict::Invalid;
        }
        let known = self.remembered(&event.key).cloned();
        let too_late = event.time < self.event_time() - self.bounds.ttl - self.bounds.lateness;
        let row = self.row(known.as_deref(), event.time, too_late);
        let fields = self.accept(event, known.as_deref(), &row);
        if matches!(row, Row::Fragment) && !self.bounds.late_kept {
            return Verdict::Dropped;
        }
        Verdict::Passed(fields)
    }

    /// Looks back at raw events, knowing of no session yet.
    pub fn replay(&mut self, events: Vec<Event>) {
        self.looked_back = events;
    }

    /// Looks back at the module's own output, knowing of no session yet. Of each visitor, the
    /// session that starts last counts, then the greatest number, then the most events.
    pub fn restore(&mut self, mut stored: Vec<(String, Sessionized)>) {
        stored
            .sort_by_cached_key(|(key, fields)| (fields.start, number(key, fields), fields.events));
        self.history = stored
            .into_iter()
            .map(|(key, fields)| Accepted {
                key: key.into(),
                // An event with this time was accepted, whether or not it is among the stored ones.
                time: last(&fields),
                fields: fields.into(),
            })
            .collect();
    }

    /// Whether both would say the same of any event from now on.
    pub fn agrees(&self, other: &Self) -> bool {
        self.event_time() == other.event_time() && self.memory() == other.memory()
    }

    /// Start and latest event time of a key's latest session, remembered or not.
    pub fn extent(&self, key: &str) -> Option<(i64, i64)> {
        self.latest(key).map(|fields| (fields.start, last(fields)))
    }

    /// The largest time accepted so far.
    fn event_time(&self) -> i64 {
        self.history
            .iter()
            .map(|accepted| accepted.time)
            .max()
            .unwrap_or(0)
    }

    /// The fields of the latest event of a key that was no fragment: they describe its session.
    fn latest(&self, key: &str) -> Option<&Rc<Sessionized>> {
        let mut of_key = self
            .history
            .iter()
            .rev()
            .filter(|accepted| &*accepted.key == key);
        of_key
            .find(|accepted| accepted.fields.cut.as_deref() != Some("late"))
            .map(|accepted| &accepted.fields)
    }

    /// The same, unless event time has passed the session's `last + ttl + lateness`.
    fn remembered(&self, key: &str) -> Option<&Rc<Sessionized>> {
        let until = |fields: &Sessionized| last(fields) + self.bounds.ttl + self.bounds.lateness;
        let event_time = self.event_time();
        self.latest(key)
            .filter(|fields| event_time <= until(fields))
    }

    /// Every remembered session, but for what its latest event alone was told.
    fn memory(&self) -> Vec<(&str, Sessionized)> {
        let keys: BTreeSet<&str> = self.history.iter().map(|accepted| &*accepted.key).collect();
        let session = |key| {
            let latest = Sessionized::clone(self.remembered(key)?);
            let session = Sessionized {
                cut: None,
                late: false,
                ..latest
            };
            Some((key, session))
        };
        keys.into_iter().filter_map(session).collect()
    }

    fn is_ahead(&self, event: &Event, appended: Option<i64>) -> bool {
        let bound = appended.zip(self.bounds.max_ahead);
        bound.is_some_and(|(appended, ahead)| event.time - appended > ahead)
    }

    /// The table, row by row. `too_late` says that the event is more than `ttl + lateness` behind.
    fn row(&self, known: Option<&Sessionized>, time: i64, too_late: bool) -> Row {
        let bounds = &self.bounds;
        let Some(session) = known else {
            return match too_late {
                true => Row::Fragment,
                false => Row::Opens("first", time),
            };
        };
        let is_full = bounds.max_events.is_some_and(|most| session.events >= most);
        let age = time - session.start;
        let silence = time - last(session);
        if silence > bounds.ttl {
            Row::Opens("first", time)
        } else if -age > bounds.gap {
            Row::Fragment
        } else if silence > bounds.gap {
            Row::Opens("gap", time)
        } else if is_full {
            Row::Opens("max_events", time.max(session.start))
        } else if bounds.max_duration.is_some_and(|most| age > most) {
            Row::Opens("max_duration", time)
        } else {
            Row::Joins
        }
    }

    /// Adds an event to the history, with the fields that it gets by a row of the table.
    fn accept(&mut self, event: &Event, known: Option<&Sessionized>, row: &Row) -> Sessionized {
        let Event { key, time, .. } = event;
        let opened = |start: i64, cut: &str| Sessionized {
            id: id(key, start, 1),
            start,
            duration: 0,
            events: 1,
            cut: Some(cut.to_owned()),
            previous: None,
            late: false,
        };
        let fields = match (row, known) {
            (Row::Fragment, _) => Sessionized {
                late: true,
                ..opened(*time, "late")
            },
            (Row::Opens(cut, start), Some(ended)) if *cut != "first" => Sessionized {
                id: match ended.start == *start {
                    true => id(key, *start, number(key, ended) + 1),
                    false => id(key, *start, 1),
                },
                previous: Some(ended.id.clone()),
                late: time < start,
                ..opened(*start, cut)
            },
            (Row::Opens(cut, start), _) => opened(*start, cut),
            (Row::Joins, session) => {
                let mut fields = session.cloned().unwrap_or_else(|| opened(*time, "first"));
                fields.late = *time < last(&fields);
                fields.duration = fields.duration.max(time - fields.start);
                fields.events += 1;
                fields.cut = None;
                fields
            }
        };
        self.history.push(Accepted {
            key: key.as_str().into(),
            time: *time,
            fields: fields.clone().into(),
        });
        fields
    }
}

/// The latest event time of a session.
fn last(fields: &Sessionized) -> i64 {
    fields.start + fields.duration
}

/// Which of the sessions with its start a session is, by its id.
fn number(key: &str, fields: &Sessionized) -> u64 {
    let plain = id(key, fields.start, 1);
    match fields.id.strip_prefix(&format!("{plain}.")) {
        Some(number) => number.parse().unwrap_or(0),
        None => 1,
    }
}

#[cfg(test)]
mod tests;
