//! The grammar of numbers.

/// Whether the text is exactly one JSON number, so that it may stand in a record as it is.
pub fn is_number(text: &[u8]) -> bool {
    end(text, 0) == Ok(text.len())
}

/// The end of the number that starts with a digit or a minus sign at this place; or the place where a digit is missing.
#[inline]
pub(super) fn end(text: &[u8], at: usize) -> Result<usize, usize> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let start = at + usize::from(byte(at) == b'-');
    // A leading zero ends the whole part, so that what is wrong with `01` is the 1.
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

/// Where the digits end that start here, of which there must be one.
#[inline]
fn digits(text: &[u8], start: usize) -> Result<usize, usize> {
    let mut end = start;
    // Eight at a time, as most numbers have no more.
    while let Some((chunk, _)) = text.get(end..).and_then(<[u8]>::split_first_chunk) {
        // 0..=9 for digits; one addition then carries into the highest bit of all others.
        let values = u64::from_le_bytes(*chunk) ^ 0x3030_3030_3030_3030;
        let others = ((values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | values;
        let others = others & 0x8080_8080_8080_8080;
        if others != 0 {
            end += others.trailing_zeros() as usize / 8;
            return if end > start { Ok(end) } else { Err(start) };
        }
        end += chunk.len();
    }
    while text.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    if end > start { Ok(end) } else { Err(start) }
}
