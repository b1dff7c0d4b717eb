//! Records in one piece of memory.

use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// Records, their bytes one behind the other in one buffer: no allocation for each of them.
#[derive(Default)]
pub(super) struct RecordBuffer {
    /// Of each record its key and its line.
    bytes: Vec<u8>,
    records: Vec<Held>,
    /// The first record that has not been popped.
    next: usize,
}

/// A record that is held.
struct Held {
    time: Millis,
    /// Where its bytes begin.
    start: usize,
    position: SourcePosition,
    /// Lengths in bytes. A source cuts lines that are longer.
    key: u32,
    line: u32,
}

impl RecordBuffer {
    /// Whether all records have been popped.
    pub(super) fn is_empty(&self) -> bool {
        self.next == self.records.len()
    }

    /// Empties it, and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.next = 0;
    }

    /// What it takes of memory with one record more, in bytes.
    pub(super) fn size_with(&self, record: &StreamRecord<'_>) -> usize {
        let bytes = self.bytes.len() + record.key.len() + record.line.len();
        (self.records.len() + 1) * size_of::<Held>() + bytes
    }

    pub(super) fn push(&mut self, record: &StreamRecord<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(record.key);
        self.bytes.extend_from_slice(record.line);
        self.records.push(Held {
            time: record.time,
            start,
            position: record.position,
            key: record.key.len() as u32,
            line: record.line.len() as u32,
        });
    }

    /// Sorts the records by time; those of the same time stay in the order in which they came.
    pub(super) fn sort(&mut self) {
        self.records.sort_by_key(|held| held.time);
    }

    /// Takes the first record out.
    pub(super) fn pop(&mut self) -> Option<StreamRecord<'_>> {
        let held = self.records.get(self.next)?;
        self.next += 1;
        let bytes = self.bytes.get(held.start..)?;
        let (key, rest) = bytes.split_at_checked(held.key as usize)?;
        Some(StreamRecord {
            time: held.time,
            key,
            line: rest.get(..held.line as usize)?,
            position: held.position,
        })
    }
}
