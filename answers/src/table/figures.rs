//! The figures of one session.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use sessionize_core::rule::Cut;
use sessionize_formats::time::Millis;

use crate::event::SessionEvent;
use crate::numbers::Numbers;
use crate::page::page;
use crate::row::{Request, SessionRow, Text};

/// The figures of one session, whatever the order in which its events come.
pub(super) struct Figures {
    visitor: usize,
    start: Millis,
    last: Millis,
    events: u32,
    numbers: Numbers,
    seen: u32,
    pages: u32,
    /// Hashes of the URLs. Two of a million are the same with a chance of one in 10⁷.
    urls: HashSet<u64>,
    cut: Option<Cut>,
    previous: Text,
    late: u32,
    first: Numbered<Request>,
    latest: Numbered<Request>,
    entry: Numbered<Text>,
    exit: Numbered<Text>,
    statuses: [u32; 5],
}

/// Something with the number of the event that it is of.
#[derive(Default)]
struct Numbered<T> {
    number: u32,
    of: T,
}

impl Figures {
    /// Those of the session that the event is in, before its first event.
    pub(super) fn new(event: &SessionEvent<'_>) -> Self {
        Self {
            visitor: event.visitor,
            start: event.start,
            last: event.start,
            events: 0,
            numbers: Numbers::default(),
            seen: 0,
            pages: 0,
            urls: HashSet::new(),
            cut: None,
            previous: None,
            late: 0,
            first: Numbered::default(),
            latest: Numbered::default(),
            entry: Numbered::default(),
            exit: Numbered::default(),
            statuses: [0; 5],
        }
    }

    /// The latest event time.
    pub(super) fn last(&self) -> Millis {
        self.last
    }

    /// Takes an event. False if it was taken before: a batch may be stored twice.
    pub(super) fn take(&mut self, event: &SessionEvent<'_>, hasher: &RandomState) -> bool {
        let number = event.number;
        if !self.numbers.insert(number) {
            return false;
        }
        self.seen += 1;
        self.events = self.events.max(number);
        self.last = self.last.max(event.last);
        self.late += u32::from(event.is_late);
        self.cut = event.cut.or(self.cut);
        if self.previous.is_none() {
            self.previous = event.previous.as_deref().map(Arc::from);
        }
        if let Some(url) = &event.url {
            self.urls.insert(hasher.hash_one(url.as_bytes()));
        }
        let class = event.status.map(|status| usize::from(status / 100));
        if let Some(count) = class
            .and_then(|class| class.checked_sub(1))
            .and_then(|class| self.statuses.get_mut(class))
        {
            *count += 1;
        }
        if self.first.number == 0 || number < self.first.number {
            self.first.number = number;
            share(&mut self.first.of, event);
        }
        if number > self.latest.number {
            self.latest.number = number;
            if self.latest.number == self.first.number {
                self.latest.of = self.first.of.clone();
            } else {
                share(&mut self.latest.of, event);
            }
        }
        if let Some(page) = event.url.as_deref().and_then(page) {
            self.pages += 1;
            if self.entry.number == 0 || number < self.entry.number {
                self.entry.number = number;
                keep(&mut self.entry.of, Some(page));
            }
            if number > self.exit.number {
                self.exit.number = number;
                keep(&mut self.exit.of, Some(page));
            }
        }
        true
    }

    /// The row of the session with this id, but for what others know.
    pub(super) fn row(&self, id: &Arc<str>) -> SessionRow {
        SessionRow {
            session_id: id.clone(),
            visitor: self.visitor,
            start: self.start,
            last: self.last,
            events: self.events,
            seen: self.seen,
            pages: self.pages,
            urls: self.urls.len() as u32,
            cut: self.cut,
            previous: self.previous.clone(),
            late: self.late,
            first: self.first.of.clone(),
            latest: self.latest.of.clone(),
            entry: self.entry.of.clone(),
            exit: self.exit.of.clone(),
            statuses: self.statuses,
            ..SessionRow::default()
        }
    }
}

/// Keeps what an event says of its request.
fn share(request: &mut Request, event: &SessionEvent<'_>) {
    keep(&mut request.url, event.url.as_deref());
    keep(&mut request.referrer, event.referrer.as_deref());
    keep(&mut request.user_agent, event.user_agent.as_deref());
}

/// Keeps a text, unless it is there already.
fn keep(kept: &mut Text, text: Option<&str>) {
    if kept.as_deref() != text {
        *kept = text.map(Arc::from);
    }
}
