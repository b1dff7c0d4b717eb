//! The session rule for events in any order, row by row as in the documentation's table.
//!
//! The module keeps one session for each key, and a horizon before which sessions expire. The
//! reference has neither. It keeps a history: every accepted event with the fields that it got. For
//! every event it derives the rest from the whole history: the event time, the visitor's session,
//! and whether that session is still remembered.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::batch_job::id;
use crate::bounds::Bounds;
use crate::event::Event;
use crate::sessionized::Sessionized;

/// Computes the fields that each event must get.
#[derive(Debug, Clone)]
pub struct Reference {
    bounds: Bounds,
    history: Vec<Accepted>,
    /// Raw events from a look-back; they are counted when the first batch begins.
    looked_back: Vec<Event>,
}

/// An accepted event.
#[derive(Debug, Clone)]
struct Accepted {
    key: Rc<str>,
    time: i64,
    fields: Rc<Sessionized>,
}

/// What must become of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is more than `max_ahead` ahead of its append time.
    Invalid,
    /// It is too late, and such events are dropped.
    Dropped,
    /// It is passed on, with these fields.
    Passed(Sessionized),
}

/// A row of the table.
enum Row {
    /// The event is too late for its session. It becomes a fragment, with the cut `late`.
    Fragment,
    /// The event opens a session, with this cut and start.
    Opens(&'static str, i64),
    /// The event joins the visitor's session.
    Joins,
}

impl Reference {
    /// A reference without sessions.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            bounds: bounds.clone(),
            history: Vec::new(),
            looked_back: Vec::new(),
        }
    }

    /// Begins a batch that was appended at this time.
    ///
    /// Raw events from a look-back have no append time. An event that is too far ahead of the first
    /// batch after the look-back must have been refused when it first came. The others count. None
    /// of them makes the module forget a session before that batch begins.
    pub fn begin_batch(&mut self, appended: Option<i64>) {
        for event in std::mem::take(&mut self.looked_back) {
            if !self.is_ahead(&event, appended) {
                let known = self.latest(&event.key).cloned();
                let row = self.row(known.as_deref(), event.time, false);
                self.accept(&event, known.as_deref(), &row);
            }
        }
    }

    /// Processes an event of the stream.
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

    /// Looks back at raw events. The reference must be new.
    pub fn replay(&mut self, events: Vec<Event>) {
        self.looked_back = events;
    }

    /// Looks back at the module's own output. The reference must be new. For each visitor the
    /// session with the latest start counts, then that with the highest number, then that with the
    /// most events.
    pub fn restore(&mut self, mut stored: Vec<(String, Sessionized)>) {
        stored
            .sort_by_cached_key(|(key, fields)| (fields.start, number(key, fields), fields.events));
        self.history = stored
            .into_iter()
            .map(|(key, fields)| Accepted {
                key: key.into(),
                // An event with this time was accepted, even if it is not among the stored ones.
                time: last(&fields),
                fields: fields.into(),
            })
            .collect();
    }

    /// Whether both give the same verdict for any event from now on.
    pub fn agrees(&self, other: &Self) -> bool {
        self.event_time() == other.event_time() && self.memory() == other.memory()
    }

    /// Start and last event time of a key's latest session, remembered or not.
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

    /// The fields of a key's latest event that was no fragment. They describe its session.
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

    /// The same, unless the event time has passed the session's `last + ttl + lateness`.
    fn remembered(&self, key: &str) -> Option<&Rc<Sessionized>> {
        let until = |fields: &Sessionized| last(fields) + self.bounds.ttl + self.bounds.lateness;
        let event_time = self.event_time();
        self.latest(key)
            .filter(|fields| event_time <= until(fields))
    }

    /// Every remembered session, without the fields that only describe its latest event.
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

    /// The table, row by row. `too_late` says that the event lags the event time by more than
    /// `ttl + lateness`.
    fn row(&self, known: Option<&Sessionized>, time: i64, too_late: bool) -> Row {
        let bounds = &self.bounds;
        let Some(session) = known else {
            return match too_late {
                true => Row::Fragment,
                false => Row::Opens("first", time),
            };
        };
        let is_full = bounds.max_events.is_some_and(|max| session.events >= max);
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
        } else if bounds.max_duration.is_some_and(|max| age > max) {
            Row::Opens("max_duration", time)
        } else {
            Row::Joins
        }
    }

    /// Adds an event to the history, with the fields that a row of the table gives it.
    fn accept(&mut self, event: &Event, known: Option<&Sessionized>, row: &Row) -> Sessionized {
        let Event { key, time, .. } = event;
        let written = self.bounds.written;
        let [_, has_previous, has_late] = written;
        let opened = |start: i64, cut: &str| Sessionized {
            written,
            id: id(key, start, 1),
            start,
            duration: 0,
            events: 1,
            cut: Some(cut.to_owned()),
            previous: None,
            late: false,
        };
        let mut fields = match (row, known) {
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
        fields.late &= has_late;
        fields.previous = fields.previous.filter(|_| has_previous);
        self.history.push(Accepted {
            key: key.as_str().into(),
            time: *time,
            fields: fields.clone().into(),
        });
        fields
    }
}

/// The last event time of a session.
fn last(fields: &Sessionized) -> i64 {
    fields.start + fields.duration
}

/// A session's number among the key's sessions with the same start, as its id says it.
fn number(key: &str, fields: &Sessionized) -> u64 {
    let plain = id(key, fields.start, 1);
    match fields.id.strip_prefix(&format!("{plain}.")) {
        Some(number) => number.parse().unwrap_or(0),
        None => 1,
    }
}

#[cfg(test)]
mod tests;
