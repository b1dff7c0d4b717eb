//! Ordinary registers, where there are no vectors without `unsafe`.

use super::Marks;

const LOW: u64 = splat(0x7f);

#[inline]
pub(super) fn marks(block: &[u8; 64]) -> Marks {
    let mut quotes = 0;
    let mut usual = !0;
    let (words, _) = block.as_chunks();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        quotes |= gather(!not_zero(word ^ splat(b'"'))) << (8 * i);
        // The carry from adding 0x60 says that one of the two bits below the highest is set,
        // which means that the byte is no control character.
        usual &= not_zero(word ^ splat(b'\\')) & ((word & LOW) + splat(0x60)) & !word;
    }
    Marks {
        quotes,
        unusual: usual & !LOW != !LOW,
    }
}

/// A bit for each byte that is this one.
#[inline]
pub(super) fn equal(chunk: &[u8; 16], byte: u8) -> u16 {
    let bits = u128::from_le_bytes(*chunk);
    let equal = |half: u64| gather(!not_zero(half ^ splat(byte))) as u16;
    equal(bits as u64) | equal((bits >> 64) as u64) << 8
}

const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the highest bit of each byte that is not zero. This is exact, because no byte carries
/// into the next.
#[inline]
fn not_zero(word: u64) -> u64 {
    ((word & LOW) + LOW) | word
}

/// The highest bits of the eight bytes, in one byte and in their order.
#[inline]
fn gather(word: u64) -> u64 {
    ((word & !LOW) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
