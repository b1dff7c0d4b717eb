//! Records in one piece of memory.

use sessionize_core::key::Key;
use sessionize_core::output::ObjectEnd;
use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// Records, their bytes one behind the other in one buffer: no allocation for each of them.
#[derive(Default)]
pub(super) struct RecordBuffer {
    /// Of each record the text of its key, and its own text.
    bytes: Vec<u8>,
    records: Vec<Entry>,
    /// The first record that has not been popped.
    next: usize,
}

/// What is held of a record beside its bytes.
struct Entry {
    time: Millis,
    key: Key,
    end: ObjectEnd,
    position: SourcePosition,
    line_length: usize,
    /// Where its bytes begin.
    start: usize,
    /// Lengths in bytes. A source cuts lines that are longer.
    key_length: u32,
    text_length: u32,
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

    /// Whether it takes at most `memory` bytes with one record more, what its vectors have free
    /// included.
    pub(super) fn has_room(&self, record: &StreamRecord<'_>, memory: usize) -> bool {
        // A vector that grows doubles.
        let grown = |capacity: usize, length: usize| match length > capacity {
            true => length.max(2 * capacity),
            false => capacity,
        };
        let added = record.key_text.len() + record.text.len();
        let bytes = grown(self.bytes.capacity(), self.bytes.len() + added);
        let records = grown(self.records.capacity(), self.records.len() + 1);
        bytes + records * size_of::<Entry>() <= memory
    }

    /// The earliest and the latest time; none if there is no record.
    pub(super) fn span(&self) -> Option<(Millis, Millis)> {
        let times = || self.records.iter().map(|entry| entry.time);
        times().min().zip(times().max())
    }

    /// How many records there are, and the length of their texts in bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.records.len(), self.bytes.len())
    }

    pub(super) fn push(&mut self, record: &StreamRecord<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(record.key_text);
        self.bytes.extend_from_slice(record.text);
        self.records.push(Entry {
            time: record.time,
            key: record.key,
            end: record.end,
            position: record.position,
            line_length: record.line_length,
            start,
            key_length: record.key_text.len() as u32,
            text_length: record.text.len() as u32,
        });
    }

    /// Sorts the records by time; those of the same time stay in the order in which they came.
    pub(super) fn sort(&mut self) {
        self.records.sort_by_key(|entry| entry.time);
    }

    /// Does the same, and takes no further memory for it. It pays for many records that are out of
    /// order.
    pub(super) fn sort_in_place(&mut self) {
        // Records begin where they do in the order in which they came.
        self.records
            .sort_unstable_by_key(|entry| (entry.time, entry.start));
    }

    /// Takes the first record out.
    pub(super) fn pop(&mut self) -> Option<StreamRecord<'_>> {
        let entry = self.records.get(self.next)?;
        self.next += 1;
        let bytes = self.bytes.get(entry.start..)?;
        let (key_text, rest) = bytes.split_at_checked(entry.key_length as usize)?;
        Some(StreamRecord {
            time: entry.time,
            key: entry.key,
            key_text,
            text: rest.get(..entry.text_length as usize)?,
            end: entry.end,
            line_length: entry.line_length,
            position: entry.position,
        })
    }
}
