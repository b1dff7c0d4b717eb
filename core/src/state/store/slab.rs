//! Slots in chunks, so that growing moves none of them.

use super::slot::{NONE, Slot, SlotId};

/// Slots in a chunk: 60 KiB, nearly one page of a module's memory.
const CHUNK: usize = 1024;

pub(super) struct Slab {
    chunks: Vec<Vec<Slot>>,
    /// How many slots were handed out so far, free ones included.
    used: usize,
    /// The first free slot; the others are chained after it.
    free: SlotId,
    len: usize,
    /// How often a slot was visited.
    #[cfg(test)]
    pub(super) visits: std::cell::Cell<usize>,
}

impl Default for Slab {
    fn default() -> Self {
        Slab {
            chunks: Vec::new(),
            used: 0,
            free: NONE,
            len: 0,
            #[cfg(test)]
            visits: std::cell::Cell::default(),
        }
    }
}

impl Slab {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn get(&self, id: SlotId) -> Option<&Slot> {
        #[cfg(test)]
        self.visits.update(|visits| visits + 1);
        let id = id as usize;
        self.chunks.get(id / CHUNK)?.get(id % CHUNK)
    }

    pub(super) fn get_mut(&mut self, id: SlotId) -> Option<&mut Slot> {
        #[cfg(test)]
        self.visits.update(|visits| visits + 1);
        let id = id as usize;
        self.chunks.get_mut(id / CHUNK)?.get_mut(id % CHUNK)
    }

    /// Puts a slot into the place that was freed last, or after all others if none is free.
    pub(super) fn insert(&mut self, slot: Slot) -> SlotId {
        self.len += 1;
        let id = self.free;
        if let Some(place) = self.get_mut(id) {
            let next = place.chain();
            *place = slot;
            self.free = next;
            return id;
        }
        let id = self.used;
        if id.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(slot);
        }
        self.used += 1;
        // `max_keys` keeps the number of slots far below the largest id.
        id as SlotId
    }

    /// Frees a slot that is no longer in any list.
    pub(super) fn remove(&mut self, id: SlotId) {
        let free = self.free;
        if let Some(slot) = self.get_mut(id) {
            *slot.chain_mut() = free;
            self.free = id;
            self.len -= 1;
        }
    }
}
