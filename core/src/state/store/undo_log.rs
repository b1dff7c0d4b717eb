//! The undo log: what the latest batch did to the store.

use super::slot::{Slot, SlotId};

/// One change, with what it takes to reverse it once all later ones are reversed.
pub(super) enum Change {
    /// The session of a key changed, and the key moved to the newest end. The links in `before`
    /// say where it was.
    Updated { id: SlotId, before: Slot },
    /// A key was added.
    Inserted { id: SlotId },
    /// The oldest key made room for a new one.
    Evicted { before: Slot },
}

/// How many changes stay allocated between batches: 4.5 MB. What an exceptional batch took beyond
/// that is released.
const KEPT: usize = 65_536;

/// The changes of the latest batch, oldest first.
#[derive(Default)]
pub(super) struct UndoLog(Vec<Change>);

impl UndoLog {
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
