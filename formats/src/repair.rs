//! Damaged records, made readable.
//!
//! Real logs hold bytes of other encodings, escapes that are not JSON's, and what editors, spreadsheets and truncated files leave
//! around a line. None of it says anything about the visit. So what is wrong is replaced in a copy, and the copy is the event. A
//! record whose structure is broken is not repaired: it would be a guess.

mod strings;
mod wrapping;

use crate::bytes::text::Text;
use wrapping::{in_quotes, without_padding};

/// How much longer than the record its copy gets, in bytes; what would take more is not repaired. It is far beyond the damage of real
/// records, and a huge record of nothing else would take many times its size.
const MOST_GROWTH: usize = 1 << 20;

/// What a byte takes at most in a string, as `\u0000`.
const LONGEST_ESCAPE: usize = 6;

/// Whether a record may have something around it that is none of it. Cheap, as every record is asked.
#[inline]
pub fn may_be_wrapped(record: &[u8]) -> bool {
    matches!(record, [0 | 0xef | b'"', ..] | [.., 0])
}

/// Whether a record has something around it that is none of it.
#[cold]
pub fn is_wrapped(record: &[u8]) -> bool {
    let content = without_padding(record);
    content.len() < record.len() || in_quotes(content).is_some()
}

/// Writes a copy of a record with everything in it repaired that can be: what is around it is left out, and what is not UTF-8
/// becomes U+FFFD. In what is then meant to be JSON, strings get valid escapes.
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
        // A large text does not grow piece by piece.
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
