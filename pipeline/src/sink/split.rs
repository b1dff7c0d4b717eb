//! Which part of the visitors a record belongs to.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;

/// Divides records into parts: all events of a key are in the same part, as in a topic whose
/// records carry the key.
pub(super) struct Split {
    parts: usize,
    /// Number of records without a key.
    keyless: usize,
}

impl Split {
    /// At least one part.
    pub(super) fn new(parts: usize) -> Self {
        Self {
            parts: parts.max(1),
            keyless: 0,
        }
    }

    /// The part of a key, by its canonical text.
    pub(super) fn of_key(&self, text: &[u8]) -> usize {
        match self.parts {
            1 => 0,
            parts => (FixedState::default().hash_one(text) % parts as u64) as usize,
        }
    }

    /// The part of the next record without a key: they are dealt out in turn.
    pub(super) fn of_keyless(&mut self) -> usize {
        self.keyless += 1;
        self.keyless % self.parts
    }
}
