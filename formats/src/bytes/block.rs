//! The hot loops: many bytes at a time, down to a word of bits.
//!
//! The position of a bit tells the end of a string, so that there is about one branch per string
//! rather than several per byte. That matters most in the engine, which charges fuel for every
//! branch.
//!
//! They use WebAssembly's vectors, and ordinary registers on other targets, whose vectors need
//! `unsafe`. WebAssembly's do not, as long as they take values rather than pointers, and LLVM
//! merges the two halves of a vector into one load.

/// What 64 bytes hold. Bit i stands for byte i.
#[derive(Clone, Copy)]
pub struct Marks {
    /// The double quotes.
    pub quotes: u64,
    /// Whether there is anything that [`Unusual`] tells about.
    pub unusual: bool,
}

/// The rarer things that 64 bytes may hold.
pub struct Unusual {
    /// The backslashes.
    pub backslashes: u64,
    /// Control characters: below 0x20.
    pub controls: u64,
    /// Whether there is a byte of a character beyond ASCII.
    pub beyond_ascii: bool,
}

/// Finds the rarer things. This is not in the hot path, so it uses plain loops.
pub fn unusual(block: &[u8; 64]) -> Unusual {
    let bits = |is: fn(u8) -> bool| {
        let bits = block.iter().enumerate();
        bits.fold(0, |bits, (i, &byte)| bits | u64::from(is(byte)) << i)
    };
    Unusual {
        backslashes: bits(|byte| byte == b'\\'),
        controls: bits(|byte| byte < 0x20),
        beyond_ascii: !block.is_ascii(),
    }
}

/// Stands behind a text of less than 64 bytes, and means as much as whitespace does.
pub const PADDING: [u8; 64] = [b' '; 64];

/// The block in which to examine the tail of a text, which is shorter than a block; and how many
/// bytes of the block come before the tail. The block is the last 64 bytes of the text, or all of a
/// shorter text with the padding behind it.
#[inline(always)]
pub fn last<'a>(text: &'a [u8], tail: &[u8], padded: &'a mut [u8; 64]) -> (&'a [u8; 64], usize) {
    match text.last_chunk() {
        // Some of the last 64 bytes were examined before.
        Some(block) => (block, 64 - tail.len()),
        None => {
            for (to, from) in padded.iter_mut().zip(tail) {
                *to = *from;
            }
            (padded, 0)
        }
    }
}

/// What 64 bytes hold.
#[inline]
pub fn marks(block: &[u8; 64]) -> Marks {
    lanes::marks(block)
}

/// Where a byte first occurs.
#[inline]
pub fn find(text: &[u8], byte: u8) -> Option<usize> {
    let mut at = 0;
    let mut rest = text;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let found = lanes::equal(chunk, byte);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += chunk.len();
        rest = after;
    }
    match text.last_chunk::<16>() {
        // The last 16 bytes, some of which were examined before.
        Some(last) => {
            let found = lanes::equal(last, byte);
            let end = text.len() - last.len();
            (found != 0).then(|| end + found.trailing_zeros() as usize)
        }
        None => text.iter().position(|&other| other == byte),
    }
}

/// Finds a byte as [`find`] does, for the rare ways, which share one copy of the code.
#[cold]
#[inline(never)]
pub fn find_apart(text: &[u8], byte: u8) -> Option<usize> {
    find(text, byte)
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
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
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
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
}

#[cfg(test)]
mod tests;
