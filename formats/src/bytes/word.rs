//! Eight bytes at a time.

/// The eight bytes at a place, with zeros after the text's end.
#[inline(always)]
pub(crate) fn word(text: &[u8], from: usize) -> u64 {
    match text.get(from..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => word_at_the_end(text, from),
    }
}

/// A function of its own: otherwise every place of the hot path that reads a word would have a
/// copy.
#[cold]
#[inline(never)]
fn word_at_the_end(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    match text.last_chunk() {
        // The bytes before the place are shifted out, in two steps, as there may be eight of them.
        Some(bytes) => u64::from_le_bytes(*bytes) >> (8 * (7 - rest.len() as u32 % 8)) >> 8,
        None => rest
            .iter()
            .rfold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}
