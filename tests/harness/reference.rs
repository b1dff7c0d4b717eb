//! The session rule for events in any order, in the plainest way: a map that forgets nothing by itself.

use std::collections::HashMap;

use crate::batch_job::id;
use crate::bounds::Bounds;
use crate::event::Event;
use crate::sessionized::Sessionized;

/// What every event should become.
#[derive(Debug, Clone)]
pub struct Reference {
    bounds: Bounds,
    sessions: HashMap<String, Session>,
    event_time: i64,
    /// Raw events that it has looked back at, until a batch begins.
    looked_back: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Session {
    start: i64,
    number: u64,
    last: i64,
    events: u64,
    previous: Option<String>,
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is beyond `max_ahead`.
    Invalid,
    /// It is late, and late ones are dropped.
    Dropped,
    /// It is passed on with these fields.
    Passed(Sessionized),
}

impl Reference {
    /// A reference that knows no session yet.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            bounds: bounds.clone(),
            sessions: HashMap::new(),
            event_time: 0,
            looked_back: Vec::new(),
        }
    }

    /// Begins a batch. Raw events that were looked back at carry no append time: that of the first batch after them tells
    /// which ones were too far ahead, and those never were.
    ///
    /// Of the others each visitor's are taken alone, by a reference that forgets nothing.
    pub fn begin_batch(&mut self, appended: Option<i64>) {
        let most = appended.zip(self.bounds.max_ahead);
        let most = most.map_or(i64::MAX, |(appended, ahead)| appended + ahead);
        let mut visitors: HashMap<String, Vec<Event>> = HashMap::new();
        for event in std::mem::take(&mut self.looked_back) {
            if event.time <= most {
                visitors.entry(event.key.clone()).or_default().push(event);
            }
        }
        const EVER: i64 = i64::MAX / 4;
        let forgets_nothing = Bounds {
            lateness: EVER,
            ..self.bounds.clone()
        };
        for events in visitors.into_values() {
            let mut alone = Self::new(&forgets_nothing);
            for event in &events {
                alone.event(event);
            }
            self.event_time = self.event_time.max(alone.event_time);
            self.sessions.extend(alone.sessions);
        }
    }

    /// An event of the stream.
    pub fn event(&mut self, event: &Event) -> Verdict {
        if let (Some(appended), Some(ahead)) = (event.appended, self.bounds.max_ahead)
            && event.time > appended + ahead
        {
            return Verdict::Invalid;
        }
        if !self.is_live(&event.key) {
            self.sessions.remove(&event.key);
        }
        let fields = self.place(event);
        if fields.cut.as_deref() == Some("late") && !self.bounds.late_kept {
            return Verdict::Dropped;
        }
        Verdict::Passed(fields)
    }

    /// Looks back at raw events, knowing of no session yet.
    pub fn replay(&mut self, events: Vec<Event>) {
        self.looked_back = events;
    }

    /// Looks back at the module's own output, knowing of no session yet: of each visitor the session that starts last
    /// holds, and of that the most events.
    pub fn restore(&mut self, mut words: Vec<(String, Sessionized)>) {
        let lasts = words.iter().map(|(_, word)| word.start + word.duration);
        self.event_time = lasts.max().unwrap_or(0);
        words.retain(|(_, word)| word.cut.as_deref() != Some("late"));
        words.sort_by_cached_key(|(key, word)| (word.start, number(key, word), word.events));
        for (key, word) in words {
            let session = Session {
                start: word.start,
                number: number(&key, &word),
                last: word.start + word.duration,
                events: word.events,
                previous: word.previous,
            };
            self.sessions.insert(key, session);
        }
    }

    /// Keys whose sessions have not been forgotten.
    pub fn live_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.sessions.keys().map(String::as_str).collect();
        keys.retain(|key| self.is_live(key));
        keys.sort_unstable();
        keys
    }

    /// Whether both would say the same of any event from now on.
    pub fn agrees(&self, other: &Self) -> bool {
        self.event_time == other.event_time
            && self.live_keys() == other.live_keys()
            && self
                .live_keys()
                .into_iter()
                .all(|key| self.sessions.get(key) == other.sessions.get(key))
    }

    /// Start and latest event time of a key's session.
    pub fn extent(&self, key: &str) -> Option<(i64, i64)> {
        self.sessions
            .get(key)
            .map(|session| (session.start, session.last))
    }

    fn is_live(&self, key: &str) -> bool {
        let until = |session: &Session| session.last + self.bounds.ttl + self.bounds.lateness;
        self.sessions
            .get(key)
            .is_some_and(|session| self.event_time <= until(session))
    }

    /// The table, row by row.
    fn place(&mut self, event: &Event) -> Sessionized {
        let Event { key, time, .. } = event;
        let time = *time;
        let bounds = &self.bounds;
        self.event_time = self.event_time.max(time);
        let opened = |start: i64, number: u64, previous: Option<String>| Session {
            start,
            number,
            last: start,
            events: 1,
            previous,
        };
        let known = self.sessions.get(key);
        let own_id = known.map(|known| id(key, known.start, known.number));
        let (session, cut) = match known {
            Some(known) if time <= known.last + bounds.ttl => {
                if time < known.start - bounds.gap {
                    return describe(key, &opened(time, 1, None), Some("late"), true);
                } else if time > known.last + bounds.gap {
                    (opened(time, 1, own_id), Some("gap"))
                } else if bounds.max_events.is_some_and(|most| known.events >= most) {
                    let start = time.max(known.start);
                    let number = if start == known.start {
                        known.number + 1
                    } else {
                        1
                    };
                    (opened(start, number, own_id), Some("max_events"))
                } else if bounds
                    .max_duration
                    .is_some_and(|most| time - known.start > most)
                {
                    (opened(time, 1, own_id), Some("max_duration"))
                } else {
                    let mut joined = known.clone();
                    joined.events += 1;
                    joined.last = joined.last.max(time);
                    (joined, None)
                }
            }
            // Nobody can tell whether there was a session.
            None if time < self.event_time - bounds.ttl - bounds.lateness => {
                return describe(key, &opened(time, 1, None), Some("late"), true);
            }
            _ => (opened(time, 1, None), Some("first")),
        };
        let fields = describe(key, &session, cut, time < session.last);
        self.sessions.insert(key.clone(), session);
        fields
    }
}

/// Which of the sessions with its start a session is, by its id.
fn number(key: &str, word: &Sessionized) -> u64 {
    let plain = id(key, word.start, 1);
    match word.id.strip_prefix(&format!("{plain}.")) {
        Some(number) => number.parse().unwrap_or(0),
        None => 1,
    }
}

fn describe(key: &str, session: &Session, cut: Option<&str>, late: bool) -> Sessionized {
    Sessionized {
        id: id(key, session.start, session.number),
        start: session.start,
        duration: session.last - session.start,
        events: session.events,
        cut: cut.map(str::to_owned),
        previous: session.previous.clone(),
        late,
    }
}
