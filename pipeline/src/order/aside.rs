//! Events that wait outside the stream's time.

use std::collections::BTreeMap;

use super::Place;

/// What an event costs beyond its bytes, in memory: its place in the tree and the allocator's own.
const EVENT_OVERHEAD: usize = 96;

/// Events in order of time, those of the same time in the order in which they came.
///
/// A tree, where a heap would do for taking the earliest: what there is no room for is the latest.
#[derive(Default)]
pub(super) struct Aside {
    events: BTreeMap<(i64, u64), Held>,
    bytes: usize,
}

/// An event that waits.
pub(super) struct Waiting {
    pub(super) time: i64,
    /// How many events of the stream came before it.
    pub(super) number: u64,
    pub(super) held: Held,
}

/// What is kept of an event.
pub(super) struct Held {
    pub(super) partition: usize,
    pub(super) line: Box<[u8]>,
}

impl Waiting {
    pub(super) fn place(&self) -> Place {
        Place {
            time: self.time,
            partition: self.held.partition,
        }
    }
}

impl Held {
    fn bytes(&self) -> usize {
        self.line.len() + EVENT_OVERHEAD
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
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, event: Waiting) {
        self.bytes += event.held.bytes();
        self.events.insert((event.time, event.number), event.held);
    }

    /// Takes the earliest event out, if it is not after `time`.
    pub(super) fn pop_until(&mut self, time: i64) -> Option<Waiting> {
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
    pub(super) fn times(&self) -> impl Iterator<Item = i64> {
        self.events.keys().map(|(time, _)| *time)
    }

    /// Takes those out that came before event `number`, in order of time.
    pub(super) fn split_before(&mut self, number: u64) -> Vec<Waiting> {
        let before = self.events.extract_if(.., |key, _| key.1 < number);
        let before: Vec<_> = before.collect();
        before.into_iter().map(|entry| self.taken(entry)).collect()
    }

    fn taken(&mut self, ((time, number), held): ((i64, u64), Held)) -> Waiting {
        self.bytes -= held.bytes();
        Waiting { time, number, held }
    }
}
