//! A value of a record, and the content of a string.

use super::unescape;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `null`. It comes first, so that an empty [`Object`](super::Object) is all zeros, which the
    /// module's file need not hold.
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

/// A value in a scanned record.
#[derive(Clone, Copy, Debug)]
pub struct Value<'r> {
    /// The kind of the value.
    pub kind: ValueKind,
    /// Its bytes in the record, with the quotes if it is a string.
    pub raw: &'r [u8],
    /// Its start, in bytes from the record's start.
    pub start: usize,
    /// Whether it is a string with escapes, so that its content differs from its bytes.
    pub escaped: bool,
}

impl<'r> Value<'r> {
    /// Its end: the offset of the first byte after it.
    #[inline]
    pub fn end(&self) -> usize {
        self.start + self.raw.len()
    }

    /// What stands between a string's quotes, escapes unresolved; `None` if the value is not a
    /// string.
    #[inline]
    pub fn inner(&self) -> Option<&'r [u8]> {
        match self.raw {
            [b'"', inner @ .., b'"'] => Some(inner),
            _ => None,
        }
    }

    /// The content of a string: borrowed from the record if it has no escapes, else written into
    /// `scratch`, which is cleared first.
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
