//! Where the wanted values of a record are.

use super::value::{Value, ValueKind};
use super::wanted::{MAX_WANTED, Slots};

/// What a scan finds in a record that is a JSON object.
///
/// It holds places rather than values, so that one object serves all records. A new one for each
/// record would have to be cleared, and clearing some hundred bytes is a call to the engine.
#[derive(Clone, Debug, Default)]
pub struct Object {
    pub(super) found: Found,
    /// The place of the closing brace, in bytes from the record's start.
    pub close: usize,
    /// Whether the object has no members.
    pub empty: bool,
}

/// The wanted members that the record has.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) slots: Slots,
    /// By slot; only those in `slots` are meaningful.
    members: [Member; MAX_WANTED],
}

/// The place of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) kind: ValueKind,
    pub(super) escaped: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Default for Member {
    fn default() -> Self {
        Member {
            kind: ValueKind::Null,
            escaped: false,
            start: 0,
            end: 0,
        }
    }
}

impl Found {
    /// Keeps the place for all of these slots.
    #[inline]
    pub(super) fn keep(&mut self, mut slots: Slots, place: Member) {
        self.slots |= slots;
        while slots != 0 {
            if let Some(member) = self.members.get_mut(slots.trailing_zeros() as usize) {
                *member = place;
            }
            slots &= slots - 1;
        }
    }
}

impl Object {
    /// The value of the wanted path with this index; `None` if the record has no such member.
    ///
    /// `record` must be the record that was scanned.
    #[inline]
    pub fn value<'r>(&self, slot: usize, record: &'r [u8]) -> Option<Value<'r>> {
        let member = self.found.members.get(slot)?;
        if self.found.slots >> slot & 1 == 0 {
            return None;
        }
        Some(Value {
            kind: member.kind,
            raw: record.get(member.start..member.end)?,
            start: member.start,
            escaped: member.escaped,
        })
    }

    /// Whether the record has any of the first `count` wanted members.
    #[inline]
    pub fn has_any_of(&self, count: usize) -> bool {
        let all = 1u32.checked_shl(count as u32).unwrap_or(0).wrapping_sub(1);
        self.found.slots & all != 0
    }
}
