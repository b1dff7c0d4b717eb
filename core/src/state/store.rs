//! The store: the current session of every key that is remembered.
//!
//! Slots of 60 bytes lie in a slab. A hash index that grows by one bucket at a time finds them, and
//! a list links them in the order in which their keys were last active. An operation on a key
//! visits a few slots; even for the worst set of keys, how many it visits grows only with the
//! logarithm of their number. No operation moves the whole store. A `HashMap` with a separate queue
//! was rejected: it doubles by copying everything, in one pause.

mod hash;
mod index;
mod slab;
mod slot;
mod tree;
mod undo_log;

use crate::key::Key;
use crate::session::Session;
pub use hash::KeyHash;
use index::Index;
use sessionize_formats::time::Millis;
use slab::Slab;
use slot::{NONE, Slot, SlotId};
use undo_log::{Change, UndoLog};

/// The sessions of all keys, and what it takes to undo the latest batch.
pub(super) struct Store {
    slab: Slab,
    index: Index,
    /// The ends of the list of slots, which is in the order in which their keys were last active.
    oldest: SlotId,
    newest: SlotId,
    undo_log: UndoLog,
    max_keys: usize,
}

/// The most keys that are [warmed](Store::warm) at once: as many reads as a processor has under way
/// at the same time, and a few more.
pub(crate) const MOST_WARMED: usize = 32;

/// With fewer keys than this, all slots fit into the caches: some 500 KB.
const COLD: usize = 8_192;

/// A key that was looked up: its slot, if it has one, and else what an insert needs.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    hash: u32,
    slot: Option<SlotId>,
}

impl Store {
    /// An empty store, which never holds more than `max_keys` keys.
    pub(super) fn new(max_keys: usize) -> Self {
        Store {
            slab: Slab::default(),
            index: Index::default(),
            oldest: NONE,
            newest: NONE,
            undo_log: UndoLog::default(),
            max_keys,
        }
    }

    /// Seeds the hash of the index, so that whoever chooses the keys cannot predict their buckets.
    /// Does nothing once there are keys.
    pub(super) fn seed(&mut self, hash: KeyHash) {
        if self.slab.is_empty() {
            self.index.seed(hash);
        }
    }

    /// Whether it holds no key.
    pub(super) fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }

    /// Looks a key up.
    pub(super) fn find(&self, key: &Key) -> Entry {
        let hash = self.index.hash(key);
        Entry {
            hash,
            slot: self.index.find(&self.slab, hash, key),
        }
    }

    /// Reads what [`find`](Self::find) and [`put`](Self::put) will read for these keys, so that it
    /// is in the processor's caches by then.
    ///
    /// Each step is taken for all keys before the next one, as a step has to wait for the memory
    /// that the step before reads. So the processor waits for all keys at once, and not for one
    /// after the other. It pays once the sessions are more than the caches hold.
    pub(super) fn warm(&self, keys: &[Key]) {
        if self.slab.len() < COLD {
            return;
        }
        // Whatever is read goes into this number, so that the compiler can't leave a read out.
        let mut read = 0;
        // The heads of the buckets,
        let mut found = [NONE; MOST_WARMED];
        for (id, key) in found.iter_mut().zip(keys) {
            *id = self.index.first(key);
        }
        // the first slot of each bucket,
        for &id in &found {
            read ^= self.slab.get(id).map_or(NONE, Slot::chain);
        }
        // the second one where the first is another key's,
        for (id, key) in found.iter_mut().zip(keys) {
            if let Some(slot) = self.slab.get(*id).filter(|slot| slot.key() != *key) {
                *id = slot.chain();
            }
        }
        // and the slot's neighbours in the list, which `put` links to each other.
        for &id in &found {
            if let Some(slot) = self.slab.get(id) {
                let neighbours = [slot.older(), slot.newer()].map(|id| self.slab.get(id));
                for slot in neighbours.into_iter().flatten() {
                    read ^= slot.chain();
                }
            }
        }
        std::hint::black_box(read);
    }

    /// The session of the key that was looked up; `None` if the store does not hold the key.
    pub(super) fn session(&self, entry: Entry) -> Option<Session> {
        Some(self.slab.get(entry.slot?)?.session())
    }

    /// Sets the session of the key that was looked up, and makes it the key active last.
    ///
    /// A new key beyond `max_keys` evicts the one that has been idle longest.
    pub(super) fn put(&mut self, entry: Entry, key: Key, session: &Session) {
        match entry.slot {
            Some(id) => {
                if let Some(slot) = self.slab.get_mut(id) {
                    self.undo_log.push(Change::Updated { id, before: *slot });
                    slot.set_session(session);
                }
                if self.newest != id {
                    self.unlink(id);
                    self.link_before(id, NONE);
                }
            }
            None => {
                if self.slab.len() >= self.max_keys {
                    self.evict_oldest();
                }
                let id = self.insert(entry.hash, key, session, NONE);
                self.undo_log.push(Change::Inserted { id });
            }
        }
    }

    /// Evicts at most `most` keys from the idle end, until the latest event of one is not before
    /// the `horizon`. This cannot be undone, so it must not happen within a batch.
    pub(super) fn expire(&mut self, most: usize, horizon: Millis) {
        for _ in 0..most {
            match self.slab.get(self.oldest) {
                Some(slot) if slot.last() < horizon => self.remove(self.oldest),
                _ => return,
            }
        }
    }

    /// Begins a batch: what came before can no longer be undone.
    pub(super) fn begin_batch(&mut self) {
        self.undo_log.clear();
    }

    /// Undoes all that the latest batch did.
    pub(super) fn undo_batch(&mut self) {
        while let Some(change) = self.undo_log.pop() {
            match change {
                Change::Updated { id, before } => {
                    self.unlink(id);
                    if let Some(slot) = self.slab.get_mut(id) {
                        *slot = slot.restored(&before);
                    }
                    // All later changes are undone, so its neighbour of then is in the list again.
                    self.link_before(id, before.newer());
                }
                Change::Inserted { id } => self.remove(id),
                Change::Evicted { before } => {
                    // The slot may be another key's by now, so the key gets a new one.
                    let key = before.key();
                    let hash = self.index.hash(&key);
                    self.insert(hash, key, &before.session(), self.oldest);
                }
            }
        }
    }

    /// Every key with its session, the one idle longest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, Session)> + '_ {
        let mut next = self.oldest;
        std::iter::from_fn(move || {
            let slot = self.slab.get(next)?;
            next = slot.newer();
            Some((slot.key(), slot.session()))
        })
    }

    fn insert(&mut self, hash: u32, key: Key, session: &Session, newer: SlotId) -> SlotId {
        let id = self.slab.insert(Slot::new(key, session));
        self.index.insert(&mut self.slab, hash, id);
        self.link_before(id, newer);
        id
    }

    fn remove(&mut self, id: SlotId) {
        self.unlink(id);
        let Some(key) = self.slab.get(id).map(Slot::key) else {
            return;
        };
        self.index.remove(&mut self.slab, &key, id);
        self.slab.remove(id);
    }

    fn evict_oldest(&mut self) {
        if let Some(slot) = self.slab.get(self.oldest) {
            self.undo_log.push(Change::Evicted { before: *slot });
            self.remove(self.oldest);
        }
    }

    /// Links a slot that is in no list just before `newer`, or as the newest one if that is `NONE`.
    fn link_before(&mut self, id: SlotId, newer: SlotId) {
        let older = match self.slab.get_mut(newer) {
            Some(slot) => std::mem::replace(slot.older_mut(), id),
            None => std::mem::replace(&mut self.newest, id),
        };
        match self.slab.get_mut(older) {
            Some(slot) => *slot.newer_mut() = id,
            None => self.oldest = id,
        }
        if let Some(slot) = self.slab.get_mut(id) {
            *slot.older_mut() = older;
            *slot.newer_mut() = newer;
        }
    }

    fn unlink(&mut self, id: SlotId) {
        let Some((older, newer)) = self.slab.get(id).map(|slot| (slot.older(), slot.newer()))
        else {
            return;
        };
        match self.slab.get_mut(older) {
            Some(slot) => *slot.newer_mut() = newer,
            None => self.oldest = newer,
        }
        match self.slab.get_mut(newer) {
            Some(slot) => *slot.older_mut() = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
mod tests;
