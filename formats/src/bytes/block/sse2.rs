//! The vectors of 64-bit x86 processors.

use super::Marks;
use safe_arch::{
    bitor_m128i as or, cmp_eq_mask_i8_m128i as equal_bytes, cmp_lt_mask_i8_m128i as less_bytes,
    m128i, move_mask_i8_m128i, set_splat_i8_m128i, zeroed_m128i,
};

#[inline]
pub(super) fn marks(block: &[u8; 64]) -> Marks {
    let mut quotes = 0;
    // Ones where there is a backslash.
    let mut backslash = zeroed_m128i();
    // Ones where there is a control character or a byte beyond ASCII: as signed numbers, both are
    // less than a space.
    let mut special = zeroed_m128i();
    let (chunks, _) = block.as_chunks();
    for (i, chunk) in chunks.iter().enumerate() {
        let bytes = m128i::from(*chunk);
        quotes |= u64::from(bits(equal_bytes(bytes, splat(b'"')))) << (16 * i);
        backslash = or(backslash, equal_bytes(bytes, splat(b'\\')));
        special = or(special, less_bytes(bytes, splat(b' ')));
    }
    Marks {
        quotes,
        unusual: bits(or(backslash, special)) != 0,
    }
}

/// A bit for each byte that is this one.
#[inline]
pub(super) fn equal(chunk: &[u8; 16], byte: u8) -> u16 {
    bits(equal_bytes(m128i::from(*chunk), splat(byte)))
}

#[inline]
fn splat(byte: u8) -> m128i {
    set_splat_i8_m128i(byte.cast_signed())
}

/// The highest bit of each byte.
#[inline]
fn bits(bytes: m128i) -> u16 {
    move_mask_i8_m128i(bytes) as u16
}
