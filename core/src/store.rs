//! The state: the current session of every key that is remembered.
//!
//! Slots of 60 bytes in a slab, found through a hash index that grows by one bucket at a time, and linked in the order
//! in which their keys were last heard of. An operation on a key visits a few slots, and for the worst set of keys a number
//! that grows with the logarithm of theirs; none moves the whole store. A `HashMap` with a separate queue lost because it
//! doubles by copying everything, in one pause.

mod hash;
mod index;
mod journal;
mod slab;
mod slot;
mod tree;

use crate::key::Key;
use crate::session::Session;
pub use hash::KeyHash;
use index::Index;
use journal::{Change, Journal};
use slab::{NONE, Slab, SlotId};

/// The sessions of all keys, with the means to take the latest batch back.
pub struct Store {
    slab: Slab,
    index: Index,
    /// The ends of the list of slots in order of their latest event's arrival.
    oldest: SlotId,
    newest: SlotId,
    journal: Journal,
    max_keys: usize,
}

/// Where a key is, or where it would go.
#[derive(Clone, Copy)]
pub struct Place {
    hash: u32,
    slot: Option<SlotId>,
}

impl Store {
    /// An empty store that never holds more than `max_keys` keys.
    pub fn new(max_keys: usize) -> Self {
        Store {
            slab: Slab::default(),
            index: Index::default(),
            oldest: NONE,
            newest: NONE,
            journal: Journal::default(),
            max_keys,
        }
    }

    /// Makes the order of the index unpredictable to whoever chooses the keys; does nothing once there are keys.
    pub fn seed(&mut self, hash: KeyHash) {
        if self.slab.is_empty() {
            self.index.seed(hash);
        }
    }

    /// How many keys it holds.
    pub fn len(&self) -> usize {
        self.slab.len()
    }

    /// Whether it holds no key.
    pub fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }

    /// Looks a key up.
    pub fn find(&self, key: &Key) -> Place {
        let hash = self.index.hash(key);
        Place {
            hash,
            slot: self.index.find(&self.slab, hash, key),
        }
    }

    /// The session of the key that was found at `place`.
    pub fn session(&self, place: Place) -> Option<Session> {
        Some(self.slab.get(place.slot?)?.session())
    }

    /// Sets the session of the key that was looked up at `place`, and makes it the one heard of last.
    ///
    /// A new key beyond `max_keys` takes the place of the one that has been idle longest.
    pub fn put(&mut self, place: Place, key: Key, session: &Session) {
        match place.slot {
            Some(id) => {
                if let Some(slot) = self.slab.get_mut(id) {
                    self.journal.push(Change::Updated { id, before: *slot });
                    slot.set_session(session);
                }
                if self.newest != id {
                    self.unlink(id);
                    self.link_before(id, NONE);
                }
            }
            None => {
                if self.len() >= self.max_keys {
                    self.forget_oldest();
                }
                let id = self.insert(place.hash, key, session, NONE);
                self.journal.push(Change::Inserted { id });
            }
        }
    }

    /// Drops at most `most` keys from the idle end whose sessions `expired` says are over.
    pub fn retire(&mut self, most: usize, expired: impl Fn(&Session) -> bool) {
        for _ in 0..most {
            match self.slab.get(self.oldest) {
                Some(slot) if expired(&slot.session()) => self.remove(self.oldest),
                _ => return,
            }
        }
    }

    /// From here on is the latest batch: what came before can no longer be taken back.
    pub fn begin_batch(&mut self) {
        self.journal.clear();
    }

    /// Takes back all that the latest batch has done.
    pub fn undo_batch(&mut self) {
        while let Some(change) = self.journal.pop() {
            match change {
                Change::Updated { id, before } => {
                    self.unlink(id);
                    if let Some(slot) = self.slab.get_mut(id) {
                        *slot = slot.with_session_of(&before);
                    }
                    self.link_before(id, before.newer());
                }
                Change::Inserted { id } => self.remove(id),
                Change::Evicted { before } => {
                    let key = before.key();
                    let hash = self.index.hash(&key);
                    self.insert(hash, key, &before.session(), self.oldest);
                }
            }
        }
    }

    /// Every key with its session, the one idle longest first.
    pub fn iter(&self) -> impl Iterator<Item = (Key, Session)> + '_ {
        let mut next = self.oldest;
        std::iter::from_fn(move || {
            let slot = self.slab.get(next)?;
            next = slot.newer();
            Some((slot.key(), slot.session()))
        })
    }

    fn insert(&mut self, hash: u32, key: Key, session: &Session, newer: SlotId) -> SlotId {
        let id = self.slab.insert(slot::Slot::new(key, session));
        self.index.insert(&mut self.slab, hash, id);
        self.link_before(id, newer);
        id
    }

    fn remove(&mut self, id: SlotId) {
        self.unlink(id);
        let Some(key) = self.slab.get(id).map(slot::Slot::key) else {
            return;
        };
        self.index.remove(&mut self.slab, &key, id);
        self.slab.remove(id);
    }

    fn forget_oldest(&mut self) {
        if let Some(slot) = self.slab.get(self.oldest) {
            self.journal.push(Change::Evicted { before: *slot });
            self.remove(self.oldest);
        }
    }

    /// Links a slot that is in no list just before `newer`, or as the newest where that is `NONE`.
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
