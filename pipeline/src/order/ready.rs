//! The records whose turn has come.

use std::collections::VecDeque;

use sessionize_formats::time::Millis;

use super::Released;
use super::buffer::RecordBuffer;
use crate::record::StreamRecord;

/// Emptied buffers that are kept for their memory.
const SPARE_BUFFERS: usize = 8;

/// Records whose turn has come, first in first out, until they are popped.
///
/// A buffer of records becomes ready as a whole, without a copy of its bytes.
#[derive(Default)]
pub(super) struct Ready {
    batches: VecDeque<Batch>,
    spare: Vec<RecordBuffer>,
}

struct Batch {
    records: RecordBuffer,
    ahead_of: Option<Millis>,
}

impl Ready {
    /// An empty buffer.
    pub(super) fn buffer(&mut self) -> RecordBuffer {
        self.spare.pop().unwrap_or_default()
    }

    /// Adds all records of a buffer.
    pub(super) fn append(&mut self, records: RecordBuffer) {
        self.batches.push_back(Batch {
            records,
            ahead_of: None,
        });
    }

    /// Adds a record.
    pub(super) fn push(&mut self, record: &StreamRecord<'_>) {
        match self.batches.back_mut() {
            Some(last) if last.ahead_of.is_none() => last.records.push(record),
            _ => self.push_batch(record, None),
        }
    }

    /// Adds a record that is too far ahead of the stream's time, `ahead_of`.
    pub(super) fn push_ahead(&mut self, record: &StreamRecord<'_>, ahead_of: Millis) {
        self.push_batch(record, Some(ahead_of));
    }

    fn push_batch(&mut self, record: &StreamRecord<'_>, ahead_of: Option<Millis>) {
        let mut records = self.buffer();
        records.push(record);
        self.batches.push_back(Batch { records, ahead_of });
    }

    /// Takes the first record out.
    pub(super) fn pop(&mut self) -> Option<Released<'_>> {
        while self.batches.front()?.records.is_empty() {
            let Batch { mut records, .. } = self.batches.pop_front()?;
            if self.spare.len() < SPARE_BUFFERS {
                records.clear();
                self.spare.push(records);
            }
        }
        let batch = self.batches.front_mut()?;
        let ahead_of = batch.ahead_of;
        let record = batch.records.pop()?;
        Some(Released { record, ahead_of })
    }
}
