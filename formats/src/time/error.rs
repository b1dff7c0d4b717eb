//! Why a text is not an event time.

use core::fmt;

/// Why a text is not an event time. Shows the text, or its first 40 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampError {
    reason: Reason,
    excerpt: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// None of the spellings that are read.
    Syntax,
    /// The Apache common log format as far as its first slash, but not all of it.
    Clf,
    /// A spelling that is read, but of a day or time of day that doesn't exist.
    Date,
    /// A date and time of day without an offset.
    Offset,
    /// More than nine digits after the second.
    Fraction,
    /// A time that is not in `MIN..=MAX`.
    Range,
}

impl TimestampError {
    #[cold]
    pub(super) fn new(reason: Reason, text: &[u8]) -> TimestampError {
        const SHOWN: usize = 40;
        let excerpt = match text.get(..SHOWN) {
            Some(head) if text.len() > SHOWN => String::from_utf8_lossy(head).into_owned() + "…",
            _ => String::from_utf8_lossy(text).into_owned(),
        };
        TimestampError { reason, excerpt }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.excerpt)?;
        f.write_str(match self.reason {
            Reason::Syntax => "is not an RFC 3339 time or an epoch number",
            Reason::Clf => "is not a time as in `17/May/2015:10:05:03 +0000`",
            Reason::Date => "is a date or time of day that does not exist",
            Reason::Offset => "has no offset from UTC, such as `Z` or `+01:00`",
            Reason::Fraction => "has more than 9 digits after the second",
            Reason::Range => "is not between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z",
        })
    }
}

impl core::error::Error for TimestampError {}
