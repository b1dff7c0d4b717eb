//! Reading a partition's log, up to its very end.
//!
//! Consumers are no help here: a stream ends at the high watermark, which lags behind the log's end
//! under load, and Fluvio's client skips the rest of a batch that is cut off where an answer ends.

use std::collections::BTreeSet;
use std::time::Duration;

use fluvio_future::timer::sleep;
use fluvio_protocol::record::{
    BATCH_FILE_HEADER_SIZE, BATCH_PREAMBLE_SIZE, Batch, RawRecords, Record,
};
use tracing::warn;

use crate::failure::Failure;
use crate::partition::{Offsets, Partition};

/// Bytes of an answer. Larger ones are no faster, and take the memory for each partition.
const MAX_BYTES: u32 = 1 << 20;

/// The log of a partition.
pub struct Tail<'p, P> {
    partition: &'p mut P,
    max_bytes: u32,
    /// Where segments begin.
    segments: BTreeSet<i64>,
}

/// What a partition has from an offset on.
enum Piece {
    /// Whole batches, at least one, and whether they end before the answer is full.
    Batches(Vec<Batch<RawRecords>>, bool),
    /// A batch that is damaged; the next one would begin at this offset.
    Damaged(i64),
    /// Nothing: it is the end of the log.
    End,
}

/// A record as a partition has it.
pub(crate) struct StoredRecord {
    pub(crate) offset: i64,
    /// When it was appended, in ms since the epoch, where that is known.
    pub(crate) appended: Option<i64>,
    pub(crate) record: Record,
}

/// What [`Tail::read`] came across.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Records that were read.
    pub records: u64,
    /// Records that could not be read, because the batch that they are in is damaged.
    pub damaged: u64,
    /// Bytes that the records take in the log.
    pub bytes: u64,
}

impl<'p, P: Partition> Tail<'p, P> {
    /// The log of a partition.
    pub fn new(partition: &'p mut P) -> Self {
        Self::with_answers_of(partition, MAX_BYTES)
    }

    /// Reads with answers of this many bytes.
    pub(crate) fn with_answers_of(partition: &'p mut P, max_bytes: u32) -> Self {
        Self {
            partition,
            max_bytes,
            segments: BTreeSet::new(),
        }
    }

    /// Where the log begins, and where it ends: what is committed, and all that is stored behind.
    ///
    /// # Errors
    ///
    /// When the partition does not answer.
    pub async fn bounds(&mut self) -> Result<(i64, i64), Failure> {
        let Offsets {
            start,
            high_watermark,
        } = self.partition.offsets().await?;
        let mut end = high_watermark;
        while let Piece::Batches(batches, _) = self.piece(end).await? {
            match batches.last() {
                Some(last) if last.computed_last_offset() > end => {
                    end = last.computed_last_offset()
                }
                _ => break,
            }
        }
        Ok((start, end))
    }

    /// Where the log begins and where it ends, once its end has not moved for a while: a request
    /// whose answer was lost may still be on its way.
    ///
    /// # Errors
    ///
    /// When the partition does not answer.
    pub(crate) async fn settled_bounds(&mut self, settle: Duration) -> Result<(i64, i64), Failure> {
        let mut before = self.bounds().await?;
        loop {
            sleep(settle).await;
            let bounds = self.bounds().await?;
            if bounds == before {
                return Ok(bounds);
            }
            before = bounds;
        }
    }

    /// Reads the records from one offset to another one, which are handed to `take` in order.
    ///
    /// What was evicted from the log meanwhile is left out. A batch that is damaged is, too: nobody
    /// could read it.
    ///
    /// # Errors
    ///
    /// When the partition does not answer, or its log has become shorter.
    pub async fn read(
        &mut self,
        from: i64,
        to: i64,
        mut take: impl FnMut(Record) + Send,
    ) -> Result<Read, Failure> {
        self.read_stored(from, to, |stored| take(stored.record))
            .await
    }

    /// The same, with the offsets of the records.
    pub(crate) async fn read_stored(
        &mut self,
        from: i64,
        to: i64,
        mut take: impl FnMut(StoredRecord) + Send,
    ) -> Result<Read, Failure> {
        let mut read = Read::default();
        let mut next = from;
        while next < to {
            next = self.step(next, to, &mut read, &mut take).await?;
        }
        Ok(read)
    }

    /// Where segments of the log begin, as far as what was read shows it: an answer ends with a
    /// segment. The end of the log may be among them.
    pub(crate) fn segments(&self) -> &BTreeSet<i64> {
        &self.segments
    }

    /// Reads on from one offset in the direction of another one, as far as one answer goes. Returns
    /// where to go on.
    pub(crate) async fn step(
        &mut self,
        from: i64,
        to: i64,
        read: &mut Read,
        take: &mut (impl FnMut(StoredRecord) + Send),
    ) -> Result<i64, Failure> {
        let (batches, is_short) = match self.piece(from).await {
            Ok(Piece::Batches(batches, is_short)) => (batches, is_short),
            Ok(Piece::Damaged(behind)) => {
                warn!(from, to = behind, "a damaged batch is left out");
                read.damaged += (behind - from) as u64;
                return Ok(behind);
            }
            Err(Failure::Evicted { start }) if start > from => return Ok(start),
            Ok(Piece::End) => return Err(Failure::Gone(from, to)),
            Err(failure) => return Err(failure),
        };
        if is_short && let Some(last) = batches.last() {
            self.segments.insert(last.computed_last_offset());
        }
        let mut next = from;
        for batch in batches {
            if batch.base_offset > next {
                return Err(Failure::Gone(next, batch.base_offset));
            }
            let behind = batch.computed_last_offset();
            let wanted = (next.min(behind), to.min(behind));
            let share = (wanted.1 - wanted.0) as f64 / (behind - batch.base_offset).max(1) as f64;
            read.bytes += (f64::from(size(&batch)) * share) as u64;
            let taken = take_records(&batch, wanted, take);
            read.records += taken;
            read.damaged += (wanted.1 - wanted.0) as u64 - taken;
            next = next.max(behind);
            if next >= to {
                break;
            }
        }
        if next == from {
            return Err(Failure::Gone(from, to));
        }
        Ok(next)
    }

    /// The whole batches from an offset on. A batch that is larger than an answer is asked for
    /// again, with an answer that has room for it.
    async fn piece(&mut self, offset: i64) -> Result<Piece, Failure> {
        let mut max_bytes = self.max_bytes;
        loop {
            let mut batches = self.partition.fetch(offset, max_bytes).await?;
            let cut = batches.pop_if(|batch| !batch.validate_decoding());
            let (true, Some(cut)) = (batches.is_empty(), &cut) else {
                return Ok(if batches.is_empty() {
                    Piece::End
                } else {
                    // With less room than that, the next batch may not even be cut off.
                    let least = BATCH_FILE_HEADER_SIZE as u64;
                    let sizes = batches.iter().map(|batch| u64::from(size(batch)));
                    let is_short =
                        cut.is_none() && sizes.sum::<u64>() + least <= u64::from(max_bytes);
                    Piece::Batches(batches, is_short)
                });
            };
            let size = size(cut);
            if size <= max_bytes {
                let behind = cut.computed_last_offset().max(offset + 1);
                return Ok(Piece::Damaged(behind));
            }
            max_bytes = size;
        }
    }
}

/// Bytes of a whole batch in the log.
fn size(batch: &Batch<RawRecords>) -> u32 {
    BATCH_PREAMBLE_SIZE as u32 + batch.batch_len().unsigned_abs()
}

/// Hands over the records of a batch between two offsets, and returns how many it has of them.
fn take_records(
    batch: &Batch<RawRecords>,
    (from, to): (i64, i64),
    take: &mut impl FnMut(StoredRecord),
) -> u64 {
    let records = batch.memory_records().unwrap_or_else(|error| {
        let offset = batch.base_offset;
        warn!(offset, %error, "a batch that can't be decompressed is left out");
        Vec::new()
    });
    let wanted = (batch.base_offset..)
        .zip(records)
        .skip_while(|&(offset, _)| offset < from)
        .take_while(|&(offset, _)| offset < to);
    let mut count = 0;
    let base = batch.header.first_timestamp;
    for (offset, record) in wanted {
        let appended = (base > 0).then(|| base + record.timestamp_delta());
        take(StoredRecord {
            offset,
            appended,
            record,
        });
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests;
