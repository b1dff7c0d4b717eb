//! From a key to its slot: a hash table that grows by one bucket at a time (linear hashing, Litwin 1980).
//!
//! A table that doubles pauses for as long as it takes to move every key, and needs both tables at that moment. Here each
//! new key splits one bucket in two, so that growing is spread over the inserts that cause it.

use super::slab::{NONE, Slab, SlotId};
use crate::key::Key;

/// Bucket heads in a segment: 16 KiB.
const SEGMENT: usize = 4096;

pub(super) struct Index {
    /// The first slot of every bucket; the others are chained behind it.
    segments: Vec<Vec<SlotId>>,
    buckets: u32,
    /// One less than the largest power of two that is not above `buckets`.
    mask: u32,
    seed: u128,
}

impl Default for Index {
    fn default() -> Self {
        Index {
            segments: vec![vec![NONE; SEGMENT]],
            buckets: SEGMENT as u32,
            mask: SEGMENT as u32 - 1,
            seed: 0,
        }
    }
}

impl Index {
    pub(super) fn seed(&mut self, seed: u128) {
        self.seed = seed;
    }

    /// A keyed hash: who does not know the seed cannot choose keys that meet in one bucket.
    ///
    /// Two rounds of Murmur3's finaliser rather than SipHash, which costs four times as much for 16 bytes and would only
    /// protect further against somebody who sees the order of the buckets; nobody does.
    pub(super) fn hash(&self, key: &Key) -> u32 {
        let bits = key.bits() ^ self.seed;
        mix(mix(bits as u64) ^ (bits >> 64) as u64) as u32
    }

    pub(super) fn find(&self, slab: &Slab, hash: u32, key: &Key) -> Option<SlotId> {
        let mut id = self.head(self.bucket(hash));
        while let Some(slot) = slab.get(id) {
            if slot.key() == *key {
                return Some(id);
            }
            id = slot.chain();
        }
        None
    }

    pub(super) fn insert(&mut self, slab: &mut Slab, hash: u32, id: SlotId) {
        self.push(slab, self.bucket(hash), id);
        if slab.len() > self.buckets as usize {
            self.split(slab);
        }
    }

    pub(super) fn remove(&mut self, slab: &mut Slab, hash: u32, id: SlotId) {
        let after = slab.get(id).map_or(NONE, |slot| slot.chain());
        let bucket = self.bucket(hash);
        let mut at = self.head(bucket);
        if at == id {
            self.set_head(bucket, after);
            return;
        }
        while let Some(slot) = slab.get_mut(at) {
            if slot.chain() == id {
                *slot.chain_mut() = after;
                return;
            }
            at = slot.chain();
        }
    }

    /// Splits the next bucket in line into itself and a new last one.
    fn split(&mut self, slab: &mut Slab) {
        let new = self.buckets;
        if (new as usize).is_multiple_of(SEGMENT) {
            self.segments.push(vec![NONE; SEGMENT]);
        }
        let old = new & self.mask;
        self.buckets += 1;
        if self.buckets == (self.mask + 1) * 2 {
            self.mask = self.mask * 2 + 1;
        }
        let mut id = self.head(old);
        self.set_head(old, NONE);
        while let Some(slot) = slab.get(id) {
            let next = slot.chain();
            let bucket = self.bucket(self.hash(&slot.key()));
            self.push(slab, bucket, id);
            id = next;
        }
    }

    fn push(&mut self, slab: &mut Slab, bucket: u32, id: SlotId) {
        let head = self.head(bucket);
        if let Some(slot) = slab.get_mut(id) {
            *slot.chain_mut() = head;
        }
        self.set_head(bucket, id);
    }

    fn bucket(&self, hash: u32) -> u32 {
        let wide = hash & (self.mask * 2 + 1);
        if wide < self.buckets {
            wide
        } else {
            hash & self.mask
        }
    }

    fn head(&self, bucket: u32) -> SlotId {
        let bucket = bucket as usize;
        self.segments
            .get(bucket / SEGMENT)
            .and_then(|segment| segment.get(bucket % SEGMENT))
            .copied()
            .unwrap_or(NONE)
    }

    fn set_head(&mut self, bucket: u32, id: SlotId) {
        let bucket = bucket as usize;
        if let Some(head) = self
            .segments
            .get_mut(bucket / SEGMENT)
            .and_then(|segment| segment.get_mut(bucket % SEGMENT))
        {
            *head = id;
        }
    }
}

fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}
