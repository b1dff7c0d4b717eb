//! WebAssembly's vectors.

use super::Marks;
use core::arch::wasm32::*;

#[inline]
pub(super) fn marks(block: &[u8; 64]) -> Marks {
    let mut quotes = 0;
    // Zero where there is a backslash.
    let mut backslash = u8x16_splat(0xff);
    // As signed numbers, bytes beyond ASCII are less than a space, as control characters are.
    let mut least = i8x16_splat(0x7f);
    let (chunks, _) = block.as_chunks();
    for (i, chunk) in chunks.iter().enumerate() {
        let bytes = load(chunk);
        quotes |= u64::from(u8x16_bitmask(u8x16_eq(bytes, u8x16_splat(b'"')))) << (16 * i);
        backslash = u8x16_min(backslash, v128_xor(bytes, u8x16_splat(b'\\')));
        least = i8x16_min(least, bytes);
    }
    // The subtraction saturates, so that exactly the bytes below a space have their highest bit
    // set.
    let special = i8x16_sub_sat(least, i8x16_splat(0x20));
    Marks {
        quotes,
        unusual: !u8x16_all_true(backslash) | (i8x16_bitmask(special) != 0),
    }
}

/// A bit for each byte that is this one.
#[inline]
pub(super) fn equal(chunk: &[u8; 16], byte: u8) -> u16 {
    u8x16_bitmask(u8x16_eq(load(chunk), u8x16_splat(byte)))
}

#[inline]
fn load(chunk: &[u8; 16]) -> v128 {
    let bits = u128::from_le_bytes(*chunk);
    u64x2(bits as u64, (bits >> 64) as u64)
}
