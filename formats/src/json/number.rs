//! The grammar of numbers.

use core::ops::Range;

use crate::bytes::word::word;

/// Whether this part of a text is exactly one JSON number, so that it may stand in a record as it
/// is.
///
/// It takes a part of a text rather than a text, so that it may read bytes around the part; that is
/// faster.
#[inline]
pub fn is_number(text: &[u8], part: Range<usize>) -> bool {
    let bytes = word(text, part.start);
    let digits = others(bytes).trailing_zeros() as usize / 8;
    // Most numbers are a few digits and nothing else.
    (digits == part.len() && digits > 0 && (bytes as u8 != b'0' || digits == 1))
        || end(text, part.start) == Ok(part.end)
}

/// The length of a number of up to seven digits with a comma or a closing brace after it, and
/// without a sign, a fraction or an exponent, as most numbers are. Zero if these eight bytes start
/// with anything else.
#[inline]
pub(super) fn short(bytes: u64) -> usize {
    let length = others(bytes).trailing_zeros() / 8;
    // If all eight are digits, the shift is by zero and the byte is a digit.
    let after = (bytes >> (8 * length % 64)) as u8;
    let leading_zero = bytes as u8 == b'0' && length > 1;
    if matches!(after, b',' | b'}') & !leading_zero {
        length as usize
    } else {
        0
    }
}

/// Sets the highest bit of each of the eight bytes that is no digit.
#[inline]
fn others(chunk: u64) -> u64 {
    // 0..=9 for digits; one addition then carries into the highest bit of all others.
    let values = chunk ^ 0x3030_3030_3030_3030;
    let others = ((values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | values;
    others & 0x8080_8080_8080_8080
}

/// The end of the number that starts with a digit or a minus sign at this place; or the place where
/// a digit is missing.
pub(super) fn end(text: &[u8], at: usize) -> Result<usize, usize> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let start = at + usize::from(byte(at) == b'-');
    // A leading zero ends the whole part, so that the 1 is the error in `01`.
    let mut end = match byte(start) {
        b'0' => start + 1,
        _ => digits(text, start)?,
    };
    if byte(end) == b'.' {
        end = digits(text, end + 1)?;
    }
    if let b'e' | b'E' = byte(end) {
        let signed = matches!(byte(end + 1), b'+' | b'-');
        end = digits(text, end + 1 + usize::from(signed))?;
    }
    Ok(end)
}

/// The end of the digits that start here. There must be one at least.
#[inline]
fn digits(text: &[u8], start: usize) -> Result<usize, usize> {
    let mut end = start;
    loop {
        // Eight at a time, as most numbers have no more.
        let length = others(word(text, end)).trailing_zeros() / 8;
        end += length as usize;
        if length < 8 {
            return if end > start { Ok(end) } else { Err(start) };
        }
    }
}
