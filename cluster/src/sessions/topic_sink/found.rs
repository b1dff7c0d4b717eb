//! What a tail tells.

use std::collections::BTreeMap;

use sessionize_answers::log::Place;

use crate::sessions::stamp::Stamp;

/// What a tail tells, the latest record first.
#[derive(Default)]
pub(super) struct Found {
    pub(super) places: BTreeMap<u32, Place>,
    /// Whether the first row of a batch was found: it lists all partitions that have rows.
    is_listed: bool,
    /// Records without a stamp, and such as can't be read.
    pub(super) foreign: u64,
    pub(super) damaged: u64,
}

impl Found {
    /// Takes the stamp of the next record.
    pub(super) fn take(&mut self, stamp: Stamp) {
        self.places.entry(stamp.partition).or_insert(stamp.place);
        if let Some(others) = stamp.others {
            self.is_listed = true;
            for (partition, place) in others {
                self.places.entry(partition).or_insert(place);
            }
        }
    }

    /// Whether it tells where to go on in these partitions.
    pub(super) fn is_enough(&self, partitions: &[u32]) -> bool {
        let is_known = |partition| self.places.contains_key(partition);
        self.is_listed || !partitions.is_empty() && partitions.iter().all(is_known)
    }
}
