//! The hot loops: many bytes at a time, down to a word of bits.
//!
//! The position of a bit tells the end of a string, so that there is about one branch per string
//! rather than several per byte. That matters most in the engine, which charges fuel for every
//! branch.
//!
//! They use the vectors of WebAssembly and of 64-bit x86 processors, and ordinary registers
//! elsewhere. WebAssembly's vectors need no `unsafe`, as long as they take values rather than
//! pointers, and LLVM merges the two halves of a vector into one load. Those of x86 come from
//! `safe_arch`, since no processor without them runs such a program.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as lanes;

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use sse2 as lanes;

// The tests hold one against the other.
#[cfg(any(test, not(any(target_arch = "wasm32", target_arch = "x86_64"))))]
mod words;
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
use words as lanes;

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

/// Stands after a text of less than 64 bytes, and means as much as whitespace does.
pub const PADDING: [u8; 64] = [b' '; 64];

/// The block in which to examine the tail of a text, which is shorter than a block; and how many
/// bytes of the block come before the tail. The block is the last 64 bytes of the text, or all of a
/// shorter text with the padding after it.
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

#[cfg(test)]
mod tests;
