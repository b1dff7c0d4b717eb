//! The session rule for events in any order, in the plainest way: a map that forgets nothing by itself.

use std::collections::HashMap;

use crate::event::Event;
use crate::oracle::id;
use crate::rule::Rule;
use crate::sessionized::Sessionized;

/// What every event should become.
#[derive(Debug, Clone)]
pub struct Reference {
    rule: Rule,
    sessions: HashMap<String, Session>,
    event_time: i64,
    looked_back: bool,
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
pub enum Outcome {
    /// It is beyond `max_ahead`.
    Invalid,
    /// It is late, and late ones are dropped.
    Dropped,
    /// It is passed on with these fields.
    Passed(Sessionized),
}

impl Reference {
    /// A reference that knows no session yet.
    pub fn new(rule: &Rule) -> Self {
        Self {
            rule: rule.clone(),
            sessions: HashMap::new(),
            event_time: 0,
            looked_back: false,
        }
    }

    /// Begins a batch. Looked-back events carry no append time, so that one which had been refused as too far ahead may
    /// have counted: the first append time that is known puts that right.
    pub fn begin_batch(&mut self, appended: Option<i64>) {
        let (Some(appended), Some(ahead)) = (appended, self.rule.max_ahead) else {
            return;
        };
        let most = appended + ahead;
        if std::mem::take(&mut self.looked_back) && self.event_time > most {
            self.sessions.retain(|_, session| session.last <= most);
            self.event_time = self
                .sessions
                .values()
                .map(|session| session.last)
                .max()
                .unwrap_or(0);
        }
    }

    /// An event of the stream.
    pub fn event(&mut self, event: &Event) -> Outcome {
        if let (Some(appended), Some(ahead)) = (event.appended, self.rule.max_ahead)
            && event.time > appended + ahead
        {
            return Outcome::Invalid;
        }
        if !self.is_live(&event.key) {
            self.sessions.remove(&event.key);
        }
        let fields = self.place(event);
        if fields.cut.as_deref() == Some("late") && !self.rule.late_kept {
            return Outcome::Dropped;
        }
        Outcome::Passed(fields)
    }

    /// A raw event that is looked back at.
    pub fn replay(&mut self, event: &Event) {
        self.looked_back = true;
        self.place(event);
    }

    /// An event of the module's own output that is looked back at: it was not too far ahead when it was sessionized.
    pub fn restore(&mut self, key: &str, fields: &Sessionized) {
        let last = fields.start + fields.duration;
        self.event_time = self.event_time.max(last);
        if fields.cut.as_deref() == Some("late") {
            return;
        }
        let plain = id(key, fields.start, 1);
        let number = match fields.id.strip_prefix(&format!("{plain}.")) {
            Some(number) => number.parse().unwrap_or(0),
            None => 1,
        };
        let session = Session {
            start: fields.start,
            number,
            last,
            events: fields.events,
            previous: fields.previous.clone(),
        };
        self.sessions.insert(key.to_owned(), session);
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
    pub fn bounds(&self, key: &str) -> Option<(i64, i64)> {
        self.sessions
            .get(key)
            .map(|session| (session.start, session.last))
    }

    fn is_live(&self, key: &str) -> bool {
        let until = |session: &Session| session.last + self.rule.ttl + self.rule.lateness;
        self.sessions
            .get(key)
            .is_some_and(|session| self.event_time <= until(session))
    }

    /// The table, row by row.
    fn place(&mut self, event: &Event) -> Sessionized {
        let Event { key, time, .. } = event;
        let time = *time;
        let rule = &self.rule;
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
            Some(known) if time <= known.last + rule.ttl => {
                if time < known.start - rule.gap {
                    return describe(key, &opened(time, 1, None), Some("late"), true);
                } else if time > known.last + rule.gap {
                    (opened(time, 1, own_id), Some("gap"))
                } else if rule.max_events.is_some_and(|most| known.events >= most) {
                    let start = time.max(known.start);
                    let number = if start == known.start {
                        known.number + 1
                    } else {
                        1
                    };
                    (opened(start, number, own_id), Some("max_events"))
                } else if rule
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
            _ => (opened(time, 1, None), Some("first")),
        };
        let fields = describe(key, &session, cut, time < session.last);
        self.sessions.insert(key.clone(), session);
        fields
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
