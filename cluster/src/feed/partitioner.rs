//! On which partition Fluvio's own producer puts a record key.

use std::hash::{Hash, Hasher};

use siphasher::sip::SipHasher;

/// The partition, out of so many, on which Fluvio's own producer puts a record with this key.
pub(crate) fn partition(key: &[u8], partitions: usize) -> usize {
    let mut hasher = SipHasher::new();
    key.hash(&mut hasher);
    let place = hasher.finish() % partitions.max(1) as u64;
    usize::try_from(place).unwrap_or_default()
}
