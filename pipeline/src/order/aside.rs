//! Events that wait outside the stream's time.

use std::collections::BTreeMap;

use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// What an event costs beyond its bytes, in memory: its place in the tree and the allocator's own.
const EVENT_OVERHEAD: usize = 96;

/// Events in order of time, those of the same time in the order in which they came.
///
/// A tree, where a heap would do for taking the earliest: where there is no room, the latest event
/// has to go.
#[derive(Default)]
pub(super) struct Aside {
    events: BTreeMap<(Millis, u64), Held>,
    /// What they take of memory, in bytes.
    size: usize,
}

/// An event that waits.
pub(super) struct Waiting {
    time: Millis,
    /// How many events of the stream came before it.
    pub(super) number: u64,
    held: Held,
}

/// What is kept of an event beside its time.
struct Held {
    /// Its key and its line.
    bytes: Box<[u8]>,
    /// Length of the key, in bytes.
    key: usize,
    position: SourcePosition,
}

impl Waiting {
    pub(super) fn new(record: &StreamRecord<'_>, number: u64) -> Self {
        Self {
            time: record.time,
            number,
            held: Held {
                bytes: [record.key, record.line].concat().into(),
                key: record.key.len(),
                position: record.position,
            },
        }
    }

    pub(super) fn record(&self) -> StreamRecord<'_> {
        let parts = self.held.bytes.split_at_checked(self.held.key);
        let (key, line) = parts.unwrap_or_default();
        StreamRecord {
            time: self.time,
            key,
            line,
            position: self.held.position,
        }
    }
}

impl Held {
    fn size(&self) -> usize {
        self.bytes.len() + EVENT_OVERHEAD
    }
}

impl Aside {
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// What it takes of memory, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn push(&mut self, event: Waiting) {
        self.size += event.held.size();
        self.events.insert((event.time, event.number), event.held);
    }

    /// Takes the earliest event out, if it is not after `time`.
    pub(super) fn pop_until(&mut self, time: Millis) -> Option<Waiting> {
        let earliest = self.events.first_entry()?;
        if earliest.key().0 > time {
            return None;
        }
        let entry = earliest.remove_entry();
        Some(self.taken(entry))
    }

    /// Takes the latest event out.
    pub(super) fn pop_latest(&mut self) -> Option<Waiting> {
        let entry = self.events.pop_last()?;
        Some(self.taken(entry))
    }

    /// The times of all events, in order.
    pub(super) fn times(&self) -> impl Iterator<Item = Millis> {
        self.events.keys().map(|(time, _)| *time)
    }

    /// Takes the events out that came before event `number`, in order of time.
    pub(super) fn split_before(&mut self, number: u64) -> Vec<Waiting> {
        let before = self.events.extract_if(.., |key, _| key.1 < number);
        let before: Vec<_> = before.collect();
        before.into_iter().map(|entry| self.taken(entry)).collect()
    }

    fn taken(&mut self, ((time, number), held): ((Millis, u64), Held)) -> Waiting {
        self.size -= held.size();
        Waiting { time, number, held }
    }
}
