//! The way to one partition: what is to be sent, and the batch that is on its way.

use std::collections::VecDeque;

use fluvio_protocol::record::{Record, RecordData};

use super::event::Outgoing;
use crate::words::Millis;

/// Most records of a batch.
const BATCH_RECORDS: usize = 10_000;

/// The way to one partition.
#[derive(Default)]
pub(crate) struct Lane {
    queue: VecDeque<Box<Outgoing>>,
    /// Source and offset of each record of the batch that is on its way.
    in_flight: Vec<(usize, u64)>,
    /// When the latest batch counted as appended.
    appended: Millis,
}

/// A batch for a partition.
#[derive(Debug)]
pub(crate) struct OutgoingBatch {
    pub(crate) records: Vec<Record>,
    /// When it counts as appended, in ms since the epoch.
    pub(crate) appended: Millis,
    pub(crate) bytes: usize,
}

impl Lane {
    /// Adds a record behind the others.
    pub(crate) fn push(&mut self, record: Box<Outgoing>) {
        self.queue.push_back(record);
    }

    /// Whether there is something to send, and nothing on its way.
    pub(crate) fn is_ready(&self) -> bool {
        !self.queue.is_empty() && self.in_flight.is_empty()
    }

    /// Whether there is nothing to send, and nothing on its way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.queue.is_empty() && self.in_flight.is_empty()
    }

    /// The next batch, of at most so many bytes unless its only record has more. It is on its way
    /// from now on. It counts as appended at `time`, or a little later. `mark` is called with its
    /// first record.
    pub(crate) fn batch(
        &mut self,
        most: usize,
        time: Millis,
        mark: impl FnOnce(&mut Outgoing),
    ) -> OutgoingBatch {
        // No two batches count as appended at the same time: the module would take equal ones for
        // one that was sent twice.
        self.appended = time.max(self.appended + 1);
        let mut batch = OutgoingBatch {
            records: Vec::new(),
            appended: self.appended,
            bytes: 0,
        };
        let mut mark = Some(mark);
        while let Some(next) = self.queue.front() {
            let size = next.size();
            let is_full = batch.records.len() >= BATCH_RECORDS
                || batch.bytes + size > most && !batch.records.is_empty();
            if is_full {
                break;
            }
            let Some(mut event) = self.queue.pop_front() else {
                break;
            };
            if let Some(mark) = mark.take() {
                mark(&mut event);
            }
            self.in_flight.push((event.source, event.offset));
            batch.bytes += size;
            batch.records.push(record(*event, batch.appended));
        }
        batch
    }

    /// Source and offset of each record of the batch that is on its way.
    pub(crate) fn in_flight(&self) -> &[(usize, u64)] {
        &self.in_flight
    }

    /// Notes that the batch that is on its way is stored, and returns what it had.
    pub(crate) fn stored(&mut self) -> Vec<(usize, u64)> {
        std::mem::take(&mut self.in_flight)
    }
}

/// A record of a batch that counts as appended at `base`.
fn record(event: Outgoing, base: Millis) -> Record {
    let mut record = Record {
        key: Some(RecordData::from(event.key)),
        value: RecordData::from(event.value),
        ..Record::default()
    };
    if let Some(appended) = event.appended {
        record
            .preamble
            .set_timestamp_delta(appended.saturating_sub(base));
    }
    record
}
