//! Events that wait outside the stream's time.

use std::collections::BTreeMap;

use sessionize_core::key::Key;
use sessionize_core::output::ObjectEnd;
use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// What an event costs beyond its bytes, in memory: its place in the tree and the allocator's own.
const EVENT_OVERHEAD: usize = 160;

/// Events in order of time, those of the same time in the order in which they came.
///
/// A tree, where a heap would do for taking the earliest: where there is no room, the latest event
/// has to go.
#[derive(Default)]
pub(super) struct Aside {
    events: BTreeMap<(Millis, u64), Kept>,
    /// What they take of memory, in bytes.
    size: usize,
}

/// An event that waits.
pub(super) struct Waiting {
    time: Millis,
    /// How many events of the stream came before it.
    pub(super) number: u64,
    kept: Kept,
}

/// What is kept of an event beside its time.
struct Kept {
    key: Key,
    end: ObjectEnd,
    position: SourcePosition,
    /// The text of its key, its own text, and the line where that is another text.
    bytes: Box<[u8]>,
    /// Lengths in bytes.
    key_length: usize,
    text_length: usize,
    line_length: usize,
}

impl Waiting {
    /// An event whose line was this, the `number`th of the stream.
    pub(super) fn new(record: &StreamRecord<'_>, line: &[u8], number: u64) -> Self {
        // The line is mostly the very text.
        let line_of_its_own = match std::ptr::eq(record.text, line) {
            true => &[],
            false => line,
        };
        Self {
            time: record.time,
            number,
            kept: Kept {
                key: record.key,
                end: record.end,
                position: record.position,
                bytes: [record.key_text, record.text, line_of_its_own]
                    .concat()
                    .into(),
                key_length: record.key_text.len(),
                text_length: record.text.len(),
                line_length: line.len(),
            },
        }
    }

    pub(super) fn record(&self) -> StreamRecord<'_> {
        let Kept {
            key,
            end,
            position,
            line_length,
            ..
        } = self.kept;
        let (key_text, text, _) = self.texts();
        StreamRecord {
            time: self.time,
            key,
            key_text,
            text,
            end,
            line_length,
            position,
        }
    }

    /// The event with its line for a text, as one that is refused.
    pub(super) fn unread(&self) -> StreamRecord<'_> {
        let (_, text, line) = self.texts();
        StreamRecord {
            text: if line.is_empty() { text } else { line },
            ..self.record()
        }
    }

    fn texts(&self) -> (&[u8], &[u8], &[u8]) {
        let kept = &self.kept;
        let parts = kept.bytes.split_at_checked(kept.key_length);
        let (key_text, rest) = parts.unwrap_or_default();
        let parts = rest.split_at_checked(kept.text_length);
        let (text, line) = parts.unwrap_or_default();
        (key_text, text, line)
    }
}

impl Kept {
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
        self.size += event.kept.size();
        self.events.insert((event.time, event.number), event.kept);
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

    fn taken(&mut self, ((time, number), kept): ((Millis, u64), Kept)) -> Waiting {
        self.size -= kept.size();
        Waiting { time, number, kept }
    }
}
