//! Why a record is not one JSON object.

use core::fmt;

use super::nesting::MAX_DEPTH;
use super::value::ValueKind;

/// Why a record is not one JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError(Reason);

/// Positions are in bytes from the record's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Expected(Expected, usize),
    /// A string without a closing quote; where it starts.
    Unterminated(usize),
    /// A backslash without a valid escape.
    Escape(usize),
    /// A control character in a string.
    Control(usize),
    NotUtf8(usize),
    TooDeep,
    NotAnObject(ValueKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Object,
    Name,
    Colon,
    Value,
    Digit,
    CommaOrBrace,
    CommaOrBracket,
    End,
}

impl JsonError {
    /// Whether the error is within a string, so that the record can be repaired.
    pub fn is_within_strings(&self) -> bool {
        matches!(
            self.0,
            Reason::Escape(_) | Reason::Control(_) | Reason::NotUtf8(_)
        )
    }
}

impl From<Reason> for JsonError {
    fn from(reason: Reason) -> JsonError {
        JsonError(reason)
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, at) = match self.0 {
            Reason::Expected(what, at) => {
                f.write_str("not JSON: expected ")?;
                let what = match what {
                    Expected::Object => "`{`",
                    Expected::Name => "a member name",
                    Expected::Colon => "`:`",
                    Expected::Value => "a value",
                    Expected::Digit => "a digit",
                    Expected::CommaOrBrace => "`,` or `}`",
                    Expected::CommaOrBracket => "`,` or `]`",
                    Expected::End => "nothing more",
                };
                (what, at)
            }
            Reason::Unterminated(at) => ("not JSON: a string without an end", at),
            Reason::Escape(at) => ("not JSON: an invalid escape", at),
            Reason::Control(at) => ("not JSON: a control character in a string", at),
            Reason::NotUtf8(at) => ("not UTF-8", at),
            Reason::TooDeep => return write!(f, "nested deeper than {MAX_DEPTH}"),
            Reason::NotAnObject(kind) => {
                let kind = match kind {
                    ValueKind::String => "a string",
                    ValueKind::Number => "a number",
                    ValueKind::True | ValueKind::False => "a boolean",
                    ValueKind::Null => "null",
                    ValueKind::Object => "an object",
                    ValueKind::Array => "an array",
                };
                return write!(f, "not a JSON object: {kind}");
            }
        };
        write!(f, "{what} at byte {at}")
    }
}

impl core::error::Error for JsonError {}
