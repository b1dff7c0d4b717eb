//! Repairs damaged records.
//!
//! Real logs hold bytes of other encodings, escapes that JSON does not have, and what editors,
//! spreadsheets and truncated files leave around a line. None of it says anything about the visit.
//! So the damage is replaced in a copy, and the copy is the event. A record whose structure is
//! broken is not repaired, because that would be a guess.

mod strings;
mod wrapping;

use crate::bytes::text::Text;
use wrapping::{in_quotes, without_padding};

/// How much longer than the record its copy may be, in bytes. Real records need far less. Without a
/// bound, the copy of a huge record of damage alone would take many times its size.
const MOST_GROWTH: usize = 1 << 20;

/// The most bytes that one byte becomes in a string: `\u0000`.
const LONGEST_ESCAPE: usize = 6;

/// Whether a record may have something around it that is no part of it. A cheap test, as it is made
/// for every record.
#[inline]
pub fn may_be_wrapped(record: &[u8]) -> bool {
    matches!(record, [0 | 0xef | b'"', ..] | [.., 0])
}

/// Whether a record has something around it that is no part of it.
#[cold]
pub fn is_wrapped(record: &[u8]) -> bool {
    let content = without_padding(record);
    content.len() < record.len() || in_quotes(content).is_some()
}

/// Writes a repaired copy of a record: without what is around it, and with U+FFFD for bytes that
/// are not UTF-8. If `is_json` says that the result is meant to be JSON, its strings are repaired
/// too.
#[cold]
pub fn repair(record: &[u8], is_json: impl FnOnce(&[u8]) -> bool, copy: &mut Text) {
    let content = without_padding(record);
    let unwrapped = in_quotes(content);
    let content = unwrapped.as_deref().unwrap_or(content);
    let text = String::from_utf8_lossy(content);
    let most = record.len() + MOST_GROWTH;
    copy.clear();
    if text.len() <= most {
        if !is_json(text.as_bytes()) {
            return copy.push(text.as_bytes());
        }
        // A large text should not grow piece by piece.
        copy.reserve(most.min(LONGEST_ESCAPE * text.len()));
        if strings::write_repaired(text.as_bytes(), most, copy) {
            return;
        }
        copy.clear();
    }
    copy.push(content);
}

#[cfg(test)]
mod tests;
