use super::value::{Value, ValueKind};
use super::wanted::{MAX_WANTED, Slots};

/// What a scan has found in a record that is a JSON object.
///
/// It holds places rather than values, so that one is used for all records: to make a new one for each is to clear some hundred
/// bytes, for which WebAssembly calls the engine.
#[derive(Clone, Debug, Default)]
pub struct Object {
    pub(super) found: Found,
    /// Where the closing brace is, in bytes from the record's start.
    pub close: usize,
    /// Whether the object has no members.
    pub empty: bool,
}

/// The wanted members that a record has.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) slots: Slots,
    /// By slot; of use only for those in `slots`.
    members: [Member; MAX_WANTED],
}

/// Where a value is.
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
    /// Takes a member for all of these slots.
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
    /// The wanted value of this slot, which is that of the path with the same index; `None` if the record has no such member.
    ///
    /// `record` is what was scanned.
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
