//! What the latest batch has done to the store, for taking it back.

use super::slab::SlotId;
use super::slot::Slot;

/// One change, with what is needed to reverse it once all later ones are reversed.
pub(super) enum Change {
    /// The session of a key changed, and the key moved to the newest end.
    Updated { id: SlotId, before: Slot },
    /// A key came.
    Inserted { id: SlotId },
    /// The oldest key made room for a new one.
    Evicted { before: Slot },
}

/// Changes kept allocated between batches: 4.5 MB; an exceptional batch's room is given back.
const KEPT: usize = 65_536;

/// The changes of the latest batch, oldest first.
#[derive(Default)]
pub(super) struct Journal(Vec<Change>);

impl Journal {
    pub(super) fn push(&mut self, change: Change) {
        self.0.push(change);
    }

    pub(super) fn pop(&mut self) -> Option<Change> {
        self.0.pop()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
        self.0.shrink_to(KEPT);
    }
}
