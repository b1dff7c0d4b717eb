//! A scanner over one JSON record: checks it, and finds the wanted values.
//!
//! One pass, no tree and no allocation: of an event's members the sessionizer needs two or three, and it copies the rest as it stands.
//! Checking is nevertheless complete, as whoever reads the output must be able to rely on its being JSON.

mod error;
mod escape;
mod nested;
mod number;
mod scan;
mod strings;
mod unescape;
mod wanted;

pub use error::JsonError;
pub use escape::write_string;
pub(crate) use number::is_number;
pub use scan::{scan, scan_into};
pub use wanted::{MAX_WANTED, Wanted};

/// How deep objects and arrays may be nested in each other, the record itself included.
pub const MAX_DEPTH: usize = 128;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    String,
    /// A number.
    Number,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
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
    pub fn end(&self) -> usize {
        self.start + self.raw.len()
    }

    /// A string's content: borrowed from the record, or unescaped into `scratch` (which is cleared first) if it is escaped.
    ///
    /// `None` if the value is not a string, or holds half of a surrogate pair (`"\ud800"`), which no text can contain.
    pub fn text<'a>(&self, scratch: &'a mut Vec<u8>) -> Option<&'a [u8]>
    where
        'r: 'a,
    {
        let [b'"', content @ .., b'"'] = self.raw else {
            return None;
        };
        if !self.escaped {
            return Some(content);
        }
        scratch.clear();
        unescape::append(content, scratch)?;
        Some(scratch)
    }
}

/// A record that is a JSON object.
#[derive(Clone, Debug, Default)]
pub struct Object<'r> {
    /// The wanted values: the one at index i is that of the path at index i. `None` if the record has no such member.
    pub values: [Option<Value<'r>>; MAX_WANTED],
    /// Where the closing brace is, in bytes from the record's start.
    pub close: usize,
    /// Whether the object has no members.
    pub empty: bool,
}

#[cfg(test)]
mod tests;
