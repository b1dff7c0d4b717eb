//! What is asked of a partition.

use std::future::Future;

use fluvio_protocol::record::{Batch, RawRecords, Record};

use crate::failure::Failure;

/// A partition of a topic, as its leader serves it.
///
/// Requests are sent once: whether one that failed took effect is not known, and to repeat it is
/// for the caller to decide. So every method needs the partition to itself.
pub trait Partition: Send {
    /// Where the log begins, and its high watermark.
    fn offsets(&mut self) -> impl Future<Output = Result<Offsets, Failure>> + Send;

    /// The stored batches from the one on that holds the offset, up to a number of bytes, committed
    /// or not. The answer ends with a segment of the log. Its last batch may be cut off. At the end
    /// of the log it is empty.
    fn fetch(
        &mut self,
        offset: i64,
        max_bytes: u32,
    ) -> impl Future<Output = Result<Vec<Batch<RawRecords>>, Failure>> + Send;

    /// Whether the leader has not hung up.
    fn is_there(&self) -> bool;

    /// Has a batch stored by the leader, and returns the offset of its first record.
    fn produce(
        &mut self,
        records: Vec<Record>,
    ) -> impl Future<Output = Result<i64, Failure>> + Send {
        self.produce_at(records, None)
    }

    /// The same for a batch that counts as appended at this time, in ms since the epoch; now if
    /// there is none.
    fn produce_at(
        &mut self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> impl Future<Output = Result<i64, Failure>> + Send;
}

/// The offsets that a leader tells of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// The first record.
    pub start: i64,
    /// What is committed ends here. The log itself may go on.
    pub high_watermark: i64,
}

/// Who knows the leaders of a topic's partitions.
pub trait Leaders: Send + Sync + 'static {
    /// A partition, as its leader serves it.
    type Partition: Partition;

    /// Connects to the leader of a partition.
    fn connect(
        &self,
        partition: u32,
    ) -> impl Future<Output = Result<Self::Partition, Failure>> + Send;
}
