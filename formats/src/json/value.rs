use super::unescape;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
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
    pub kind: ValueKind,
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
