//! The records whose turn has come.

use std::collections::VecDeque;

use sessionize_formats::time::Millis;

use super::buffer::RecordBuffer;
use super::released::Released;
use crate::record::StreamRecord;

/// Emptied buffers that are kept for their memory.
const SPARE_BUFFERS: usize = 8;

/// Records whose turn has come, first in first out, until they are popped.
///
/// A buffer of records becomes ready as a whole, without a copy of its bytes.
#[derive(Default)]
pub(super) struct Ready {
    portions: VecDeque<Portion>,
    spare: Vec<RecordBuffer>,
}

/// Records that became ready together.
struct Portion {
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
        self.portions.push_back(Portion {
            records,
            ahead_of: None,
        });
    }

    /// Adds a record.
    pub(super) fn push(&mut self, record: &StreamRecord<'_>) {
        match self.portions.back_mut() {
            Some(last) if last.ahead_of.is_none() => last.records.push(record),
            _ => self.push_portion(record, None),
        }
    }

    /// Adds a record that is too far ahead of the stream's time, `ahead_of`.
    pub(super) fn push_ahead(&mut self, record: &StreamRecord<'_>, ahead_of: Millis) {
        self.push_portion(record, Some(ahead_of));
    }

    fn push_portion(&mut self, record: &StreamRecord<'_>, ahead_of: Option<Millis>) {
        let mut records = self.buffer();
        records.push(record);
        self.portions.push_back(Portion { records, ahead_of });
    }

    /// Takes the first record out.
    pub(super) fn pop(&mut self) -> Option<Released<'_>> {
        while self.portions.front()?.records.is_empty() {
            let Portion { mut records, .. } = self.portions.pop_front()?;
            if self.spare.len() < SPARE_BUFFERS {
                records.clear();
                self.spare.push(records);
            }
        }
        let portion = self.portions.front_mut()?;
        let ahead_of = portion.ahead_of;
        let record = portion.records.pop()?;
        Some(Released { record, ahead_of })
    }
}
