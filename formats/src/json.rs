//! A scanner over one JSON record: checks it, and finds the wanted values.
//!
//! One pass, no tree and no allocation: of an event's members the sessionizer needs two or three, and it copies the rest as it stands.
//! Checking is nevertheless complete, as whoever reads the output must be able to rely on its being JSON.

mod error;
mod escape;
mod nested;
mod number;
mod repair;
mod scan;
mod strings;
mod unescape;
mod wanted;

pub use error::JsonError;
pub use escape::{escaped_length, write_escaped, write_string};
pub use nested::members;
pub use number::is_number;
pub use repair::write_repaired;
pub use scan::{scan, scan_into};
use wanted::Slots;
pub use wanted::{MAX_WANTED, Wanted};

/// How deep objects and arrays may be nested in each other, the record itself included.
pub const MAX_DEPTH: usize = 128;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`; first, so that an empty [`Object`] is all zeros and needs no copy of itself in the module.
    Null,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true`.
    True,
    /// `false`.
    False,
    /// An object.
    Object,
    /// An array.
    Array,
}

/// A value in a record that has been scanned.
#[derive(Clone, Copy, Debug)]
pub struct Value<'r> {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the record; a string's with its quotes.
    pub raw: &'r [u8],
    /// Where it starts, in bytes from the record's start.
    pub start: usize,
    /// Whether it is a string that holds a backslash, so that its content is not its bytes.
    pub escaped: bool,
}

impl<'r> Value<'r> {
    /// Where it ends: the offset of the first byte after it.
    #[inline]
    pub fn end(&self) -> usize {
        self.start + self.raw.len()
    }

    /// What stands between a string's quotes, escapes as they are; `None` if the value is not a string.
    #[inline]
    pub fn inner(&self) -> Option<&'r [u8]> {
        match self.raw {
            [b'"', inner @ .., b'"'] => Some(inner),
            _ => None,
        }
    }

    /// A string's content: borrowed from the record, or unescaped into `scratch` (which is cleared first) if it is escaped.
    ///
    /// `None` if the value is not a string.
    #[inline]
    pub fn text<'a>(&self, scratch: &'a mut Vec<u8>) -> Option<&'a [u8]>
    where
        'r: 'a,
    {
        let inner = self.inner()?;
        if !self.escaped {
            return Some(inner);
        }
        scratch.clear();
        unescape::append(inner, scratch)?;
        Some(scratch)
    }
}

/// What a scan has found in a record that is a JSON object.
///
/// It holds places rather than values, so that one is used for all records: to make a new one for each is to clear some hundred
/// bytes, for which WebAssembly calls the engine.
#[derive(Clone, Debug, Default)]
pub struct Object {
    found: Found,
    /// Where the closing brace is, in bytes from the record's start.
    pub close: usize,
    /// Whether the object has no members.
    pub empty: bool,
}

/// The wanted members that a record has.
#[derive(Clone, Debug, Default)]
struct Found {
    slots: Slots,
    /// By slot; of use only for those in `slots`.
    members: [Member; MAX_WANTED],
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
struct Member {
    kind: Kind,
    escaped: bool,
    start: usize,
    end: usize,
}

impl Default for Member {
    fn default() -> Self {
        Member {
            kind: Kind::Null,
            escaped: false,
            start: 0,
            end: 0,
        }
    }
}

impl Found {
    /// Takes a member for all of these slots.
    #[inline]
    fn keep(&mut self, mut slots: Slots, place: Member) {
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

#[cfg(test)]
mod tests;
