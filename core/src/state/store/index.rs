//! Finds the slot of a key: a hash table that grows by one bucket at a time (linear hashing, Litwin
//! 1980), and a tree for the keys that find their bucket full.
//!
//! A table that doubles pauses for as long as it takes to move every key, and both tables exist at
//! that moment. Here every second new key splits one bucket in two, so that the work of growing is
//! spread over the inserts that cause it.
//!
//! The hash is keyed, but its seed may become known. Keys that are chosen to meet in one bucket
//! then cost no more than a full bucket and a descent of the tree.

use super::hash::KeyHash;
use super::slab::Slab;
use super::slot::{NONE, SlotId};
use super::tree::Tree;
use crate::key::Key;

/// Bucket heads in a segment: 16 KiB.
const SEGMENT: usize = 4096;

/// Keys for each bucket: each takes 2 bytes of the bucket's head. With three, a lookup would visit
/// a sixth more slots.
const KEYS_PER_BUCKET: usize = 2;

/// The most keys of a bucket. A bucket that was not split yet holds four on average. Of ten million
/// keys, about three find their bucket full by chance.
pub(super) const FULL: usize = 16;

pub(super) struct Index {
    /// The first slot of every bucket; the bucket's other slots are chained after it.
    segments: Vec<Vec<SlotId>>,
    /// The keys whose bucket was full when they were added.
    overflow: Tree,
    buckets: u32,
    /// One less than the largest power of two that is not above `buckets`.
    mask: u32,
    hash: KeyHash,
}

impl Default for Index {
    fn default() -> Self {
        Index {
            segments: vec![vec![NONE; SEGMENT]],
            overflow: Tree::default(),
            buckets: SEGMENT as u32,
            mask: SEGMENT as u32 - 1,
            hash: KeyHash::default(),
        }
    }
}

impl Index {
    pub(super) fn seed(&mut self, hash: KeyHash) {
        self.hash = hash;
    }

    pub(super) fn hash(&self, key: &Key) -> u32 {
        self.hash.of(key)
    }

    /// The first slot of the key's bucket, where a search begins.
    pub(super) fn first(&self, key: &Key) -> SlotId {
        self.head(self.bucket(self.hash(key)))
    }

    pub(super) fn find(&self, slab: &Slab, hash: u32, key: &Key) -> Option<SlotId> {
        let mut id = self.head(self.bucket(hash));
        while let Some(slot) = slab.get(id) {
            if slot.key() == *key {
                return Some(id);
            }
            id = slot.chain();
        }
        if self.overflow.is_empty() {
            return None;
        }
        self.overflow.find(slab, key)
    }

    pub(super) fn insert(&mut self, slab: &mut Slab, hash: u32, id: SlotId) {
        let bucket = self.bucket(hash);
        if self.is_full(slab, bucket) {
            self.overflow.insert(slab, id);
        } else {
            self.push(slab, bucket, id);
        }
        if slab.len() > KEYS_PER_BUCKET * self.buckets as usize {
            self.split(slab);
        }
    }

    /// Takes a slot out of its bucket, or out of the tree if it is in no bucket.
    pub(super) fn remove(&mut self, slab: &mut Slab, key: &Key, id: SlotId) {
        let after = slab.get(id).map_or(NONE, |slot| slot.chain());
        let bucket = self.bucket(self.hash(key));
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
        self.overflow.remove(slab, key);
    }

    #[cfg(test)]
    pub(super) fn buckets(&self) -> u32 {
        self.buckets
    }

    #[cfg(test)]
    pub(super) fn overflow(&self) -> &Tree {
        &self.overflow
    }

    fn is_full(&self, slab: &Slab, bucket: u32) -> bool {
        let mut id = self.head(bucket);
        let mut keys = 0;
        while let Some(slot) = slab.get(id) {
            keys += 1;
            id = slot.chain();
        }
        keys >= FULL
    }

    /// Splits the next bucket in line in two: itself and a new last one.
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

    /// The bucket of a hash: as many of its low bits as number all buckets, or one bit fewer if
    /// that bucket is yet to be split off.
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
