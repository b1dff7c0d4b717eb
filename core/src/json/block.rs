//! The hot loop: 64 bytes at a time, down to a word of bits.
//!
//! A string's end is found by the position of a bit instead of by looking at its bytes, so that there is about one branch per string
//! rather than several per byte. That matters most in the engine, which charges fuel for every branch.

/// What 64 bytes hold. Bit i stands for byte i.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub quotes: u64,
    /// Whether any of the three below may be so; they need not be looked at otherwise.
    pub unusual: bool,
}

/// The rarer things that 64 bytes may hold.
pub(super) struct Unusual {
    pub backslashes: u64,
    /// Whether there is a control character (below 0x20).
    pub control: bool,
    /// Whether there is a byte of a character beyond ASCII.
    pub beyond_ascii: bool,
}

/// Not in the hot path, so plain loops will do (and LLVM makes vectors of them).
pub(super) fn unusual(block: &[u8; 64]) -> Unusual {
    let mut backslashes = 0;
    for (i, &byte) in block.iter().enumerate() {
        backslashes |= u64::from(byte == b'\\') << i;
    }
    Unusual {
        backslashes,
        control: block.iter().fold(0xff, |least, &byte| byte.min(least)) < 0x20,
        beyond_ascii: !block.is_ascii(),
    }
}

/// With WebAssembly's vectors. Taking values they are safe functions, and LLVM fuses the two halves of a load into one.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(super) fn marks(block: &[u8; 64]) -> Marks {
    use core::arch::wasm32::*;

    let mut quotes = 0;
    let mut backslash = u8x16_splat(0);
    let mut least = i8x16_splat(0x7f);
    let (lanes, _) = block.as_chunks::<16>();
    for (i, lanes) in lanes.iter().enumerate() {
        let bits = u128::from_le_bytes(*lanes);
        let bytes = u64x2(bits as u64, (bits >> 64) as u64);
        let found = u8x16_bitmask(u8x16_eq(bytes, u8x16_splat(b'"')));
        quotes |= u64::from(found) << (16 * i);
        backslash = v128_or(backslash, u8x16_eq(bytes, u8x16_splat(b'\\')));
        // As signed numbers, bytes beyond ASCII are less than a space, just as control characters are.
        least = i8x16_min(least, bytes);
    }
    let unusual = v128_or(backslash, i8x16_lt(least, i8x16_splat(0x20)));
    Marks {
        quotes,
        unusual: v128_any_true(unusual),
    }
}

/// Eight bytes at a time, in ordinary registers: vectors of this kind are behind `unsafe` on other targets.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(super) fn marks(block: &[u8; 64]) -> Marks {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let splat = |byte: u8| u64::from_le_bytes([byte; 8]);
    // The highest bit of each byte that is not zero; exact, as no byte carries into the next.
    let not_zero = |word: u64| ((word & LOW) + LOW) | word;

    let mut quotes = 0;
    let mut usual = !0;
    let (words, _) = block.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = !not_zero(word ^ splat(b'"')) & !LOW;
        // Gathers the highest bits of the bytes in one byte, in their order.
        let found = (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        quotes |= found << (8 * i);
        // The carry of 0x60 says that one of the upper two bits below the highest is set, that is, that it is no control character.
        usual &= not_zero(word ^ splat(b'\\')) & ((word & LOW) + splat(0x60)) & !word;
    }
    Marks {
        quotes,
        unusual: usual & !LOW != !LOW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn marks_every_byte_at_every_place() {
        for byte in 0..=255 {
            for at in 0..64 {
                let mut block = [b'x'; 64];
                block[at] = byte;
                block[(at + 7) % 64] = b'"';
                let Marks {
                    quotes,
                    unusual: any,
                } = marks(&block);
                let quote = u64::from(byte == b'"') << at;
                assert_eq!(quotes, quote | 1 << ((at + 7) % 64), "{byte} at {at}");
                assert_eq!(
                    any,
                    !(0x20..0x80).contains(&byte) || byte == b'\\',
                    "{byte} at {at}"
                );
                let rare = unusual(&block);
                assert_eq!(
                    rare.backslashes,
                    u64::from(byte == b'\\') << at,
                    "{byte} at {at}"
                );
                assert_eq!(rare.control, byte < 0x20, "{byte} at {at}");
                assert_eq!(rare.beyond_ascii, byte >= 0x80, "{byte} at {at}");
            }
        }
    }
}
