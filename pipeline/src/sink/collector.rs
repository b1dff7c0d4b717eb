//! Records of each partition, collected until they fill a batch.

use std::ops::Range;

use super::split::Split;
use crate::processed::Batch;

/// A batch is processed when its lines have grown to so many bytes, however few they are: as much
/// as a broker hands over at once.
const MAX_BATCH_SIZE: usize = 1 << 20;

/// Collects the records of each partition in a batch.
pub(super) struct Collector<B> {
    batches: Vec<B>,
    split: Split,
    /// The most records of a batch.
    batch_size: usize,
}

impl<B: Batch> Collector<B> {
    /// For at least one partition.
    pub(super) fn new(partitions: usize, batch_size: usize) -> Self {
        Self {
            batches: (0..partitions.max(1)).map(|_| B::default()).collect(),
            split: Split::new(partitions),
            batch_size,
        }
    }

    /// The partition of a key, by its canonical text.
    pub(super) fn of_key(&self, text: &[u8]) -> usize {
        self.split.of_key(text)
    }

    /// The partition of the next record without a key.
    pub(super) fn of_keyless(&mut self) -> usize {
        self.split.of_keyless()
    }

    /// The numbers of all partitions.
    pub(super) fn partitions(&self) -> Range<usize> {
        0..self.batches.len()
    }

    /// Adds a record to the batch of a partition. Returns whether the batch is full.
    pub(super) fn push(&mut self, partition: usize, push: impl FnOnce(&mut B)) -> bool {
        self.batches.get_mut(partition).is_some_and(|batch| {
            push(batch);
            batch.len() >= self.batch_size || batch.size() >= MAX_BATCH_SIZE
        })
    }

    /// Takes what was collected for a partition, if anything was.
    pub(super) fn take(&mut self, partition: usize) -> Option<B> {
        let batch = self.batches.get_mut(partition)?;
        (!batch.is_empty()).then(|| std::mem::take(batch))
    }

    /// Collects in these buffers next; what they hold is done with.
    pub(super) fn reuse(&mut self, partition: usize, mut buffers: B) {
        buffers.clear();
        if let Some(batch) = self.batches.get_mut(partition) {
            *batch = buffers;
        }
    }
}
