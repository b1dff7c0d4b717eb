//! Which partition of the visitors a record belongs to.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;

/// Divides records into partitions: all events of a key are in the same one, as in a topic whose
/// records carry the key.
pub(super) struct Split {
    partitions: usize,
    /// Number of records without a key.
    keyless: usize,
}

impl Split {
    /// At least one partition.
    pub(super) fn new(partitions: usize) -> Self {
        Self {
            partitions: partitions.max(1),
            keyless: 0,
        }
    }

    /// The partition of a key, by its canonical text.
    pub(super) fn of_key(&self, text: &[u8]) -> usize {
        match self.partitions {
            1 => 0,
            partitions => (FixedState::default().hash_one(text) % partitions as u64) as usize,
        }
    }

    /// The partition of the next record without a key: they are dealt out in turn.
    pub(super) fn of_keyless(&mut self) -> usize {
        self.keyless += 1;
        self.keyless % self.partitions
    }
}
