//! The sessions that are not over, and the rows of those that are.
//!
//! Event time, the latest time of any event so far, decides when a session is over, and not the
//! clock: the same input gives the same rows. For a session whose latest event came when event time
//! was `touched`:
//!
//! * Its row is taken once event time has passed its end by `gap` + `lateness`, so that an event
//!   that is at most that late is in it.
//! * An event that comes later still changes the row, which is taken once more, a `lateness` after
//!   it: a burst of late events makes one new row.
//! * It is due at once when the visitor's next session begins, but for the `lateness`.
//! * It is forgotten once event time has passed `touched` by `ttl` + `lateness`, as in the module:
//!   no event joins it any more.
//!
//! A fragment is an event that is too late for any session. Its row is due at once, and nothing
//! joins it.
//!
//! Both times follow from `touched` and not from the session's end alone, because inputs that are
//! read in the wrong order are far behind event time: all their sessions would be over at once,
//! with a row for each event.

mod figures;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::hash::RandomState;
use std::sync::Arc;

use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Cut;
use sessionize_formats::time::Millis;

use crate::event::SessionEvent;
use crate::row::SessionRow;
use figures::Figures;

/// The sessions that are not over.
pub struct SessionTable {
    gap: Millis,
    lateness: Millis,
    ttl: Millis,
    sessions: HashMap<Arc<str>, Entry>,
    /// When to look at a session again. What is no longer true of it is noticed then.
    queue: BinaryHeap<Reverse<(Millis, Arc<str>)>>,
    /// Rows of fragments that were not taken yet.
    fragments: VecDeque<SessionRow>,
    event_time: Millis,
    /// Where the latest event was read.
    place: u64,
    /// Where the first event of each session was read, and the event time in front of it.
    since: BTreeMap<u64, Millis>,
    /// Hashes URLs; each table has a seed that nobody knows.
    hasher: RandomState,
}

struct Entry {
    figures: Figures,
    /// Where its first event was read.
    since: u64,
    /// Event time when its latest event came.
    touched: Millis,
    /// Whether the visitor's next session has begun.
    is_ended: bool,
    /// How many rows were taken.
    revision: u32,
    /// Whether it has changed since.
    has_changed: bool,
    /// Its earliest place in the queue.
    queued: Millis,
}

impl SessionTable {
    /// An empty table. Of the parameters, `gap`, `lateness` and `ttl` count.
    pub fn new(parameters: &Parameters) -> Self {
        Self {
            gap: parameters.rule.gap,
            lateness: parameters.lateness,
            ttl: parameters.rule.ttl,
            sessions: HashMap::new(),
            queue: BinaryHeap::new(),
            fragments: VecDeque::new(),
            event_time: 0,
            place: 0,
            since: BTreeMap::new(),
            hasher: RandomState::new(),
        }
    }

    /// A table in which no session is left, and whose event time is as given, in ms since the
    /// epoch.
    #[must_use]
    pub fn at(self, event_time: Millis) -> Self {
        Self { event_time, ..self }
    }

    /// How many sessions it holds.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether it holds no session.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The latest time of any event so far, in ms since the epoch.
    pub fn event_time(&self) -> Millis {
        self.event_time
    }

    /// Where the first of the events was read that it depends on, and the event time in front of
    /// it. None if it depends on none.
    ///
    /// A table [at](Self::at) that time that takes all events from there on gives the same rows
    /// from now on, because it holds the same sessions. On the way there it may hold others, of
    /// which it has missed the first events, but those are forgotten by now: when that is follows
    /// from their latest events alone.
    pub fn depends_on(&self) -> Option<(u64, Millis)> {
        let (place, time) = self.since.first_key_value()?;
        Some((*place, *time))
    }

    /// Takes an event. One that was read before changes nothing.
    pub fn take(&mut self, event: &SessionEvent<'_>) {
        self.take_from(self.place + 1, event);
    }

    /// Takes an event that was read at this place, which is behind the one before.
    pub fn take_from(&mut self, place: u64, event: &SessionEvent<'_>) {
        self.place = place;
        let before = self.event_time;
        self.event_time = before.max(event.last);
        if event.cut == Some(Cut::Fragment) {
            let mut fragment = Entry::new(event, place);
            fragment.figures.take(event, &self.hasher);
            fragment.is_ended = true;
            let id = event.session_id.as_ref().into();
            let row = fragment.row(&id, self.event_time, self.gap);
            return self.fragments.push_back(row);
        }
        let id: Arc<str> = match self.sessions.get_key_value(event.session_id.as_ref()) {
            Some((id, _)) => id.clone(),
            None => event.session_id.as_ref().into(),
        };
        let entry = self.sessions.entry(id.clone()).or_insert_with(|| {
            self.since.insert(place, before);
            Entry::new(event, place)
        });
        entry.has_changed |= entry.figures.take(event, &self.hasher);
        entry.touched = self.event_time;
        self.look_again(&id);
        if let (Some(_), Some(previous)) = (event.cut, &event.previous) {
            self.end(previous);
        }
    }

    /// The next row that is due, if there is one.
    pub fn pop(&mut self) -> Option<SessionRow> {
        let now = self.event_time;
        if let Some(row) = self.fragments.pop_front() {
            return Some(row);
        }
        loop {
            if self.queue.peek()?.0.0 >= now {
                return None;
            }
            if let Some(row) = self.look(now) {
                return Some(row);
            }
        }
    }

    /// At the end of the input: the next row that has not been taken. The sessions are forgotten.
    pub fn drain(&mut self) -> Option<SessionRow> {
        if let Some(row) = self.fragments.pop_front() {
            return Some(row);
        }
        loop {
            let Reverse((_, id)) = self.queue.pop()?;
            let Some(mut entry) = self.forget(&id) else {
                continue;
            };
            if entry.has_changed {
                return Some(entry.row(&id, self.event_time, self.gap));
            }
        }
    }

    /// Looks at the first session of the queue.
    fn look(&mut self, now: Millis) -> Option<SessionRow> {
        let Reverse((queued, id)) = self.queue.pop()?;
        let gap = self.gap;
        let entry = self.sessions.get_mut(&id)?;
        if queued != entry.queued {
            // It had to be looked at earlier.
            return None;
        }
        let next = entry.next_look(gap, self.lateness, self.ttl);
        if next >= now {
            entry.queued = next;
            self.queue.push(Reverse((next, id)));
            return None;
        }
        if !entry.has_changed {
            self.forget(&id);
            return None;
        }
        let row = entry.row(&id, now, gap);
        entry.queued = entry.next_look(gap, self.lateness, self.ttl);
        self.queue.push(Reverse((entry.queued, id)));
        Some(row)
    }

    fn forget(&mut self, id: &str) -> Option<Entry> {
        let entry = self.sessions.remove(id)?;
        self.since.remove(&entry.since);
        Some(entry)
    }

    /// Sees to it that a session is looked at in time.
    fn look_again(&mut self, id: &Arc<str>) {
        let Some(entry) = self.sessions.get_mut(id) else {
            return;
        };
        let next = entry.next_look(self.gap, self.lateness, self.ttl);
        if next < entry.queued {
            entry.queued = next;
            self.queue.push(Reverse((next, id.clone())));
        }
    }

    /// The visitor's next session has begun.
    fn end(&mut self, id: &str) {
        let Some((id, _)) = self.sessions.get_key_value(id) else {
            return;
        };
        let id = id.clone();
        if let Some(entry) = self.sessions.get_mut(&id) {
            entry.is_ended = true;
        }
        self.look_again(&id);
    }
}

impl Entry {
    fn new(event: &SessionEvent<'_>, since: u64) -> Self {
        Self {
            figures: Figures::new(event),
            since,
            touched: Millis::MIN,
            is_ended: false,
            revision: 0,
            has_changed: false,
            queued: Millis::MAX,
        }
    }

    /// When to look at it again: once its row is due, or else once it can be forgotten.
    fn next_look(&self, gap: Millis, lateness: Millis, ttl: Millis) -> Millis {
        let wait = match (self.has_changed, self.is_ended) {
            (true, true) => 0,
            (true, false) => (self.figures.last() + gap - self.touched).max(0),
            (false, _) => ttl,
        };
        self.touched + wait + lateness
    }

    fn row(&mut self, id: &Arc<str>, now: Millis, gap: Millis) -> SessionRow {
        self.has_changed = false;
        self.revision += 1;
        SessionRow {
            closed: self.is_ended || now > self.figures.last() + gap,
            revision: self.revision,
            ..self.figures.row(id)
        }
    }
}

#[cfg(test)]
mod tests;
