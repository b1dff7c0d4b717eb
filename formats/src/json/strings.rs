//! Where strings end.

use crate::bytes::block::{self, Marks};

use super::error::Reason;
use super::unescape;

/// How many blocks of 64 bytes are examined at once: enough for most events. More would cost every
/// event, as they are cleared for each.
const BLOCKS: usize = 8;

/// Finds the ends of a record's strings, many bytes at a time and ahead of the scanner.
///
/// The number of quotes before a quote decides whether it opens or closes a string. In a record
/// that is not JSON, strings may thus be found at the wrong places; but then the scanner finds
/// something invalid between two of them.
pub(super) struct Strings<'r> {
    record: &'r [u8],
    /// The closing quotes in each of eight blocks in a row. Block n of the record is at n modulo 8.
    closing: [u64; BLOCKS],
    /// Where these blocks end, in bytes from the record's start.
    limit: usize,
    /// All ones if these blocks end within a string, else zero.
    in_string: u64,
    /// Whether a backslash escapes the first byte after these blocks.
    escaped: bool,
    /// The place of the second half of the latest surrogate pair.
    second_half: usize,
    /// Whether there were backslashes, or bytes beyond ASCII.
    pub(super) backslash: bool,
    pub(super) beyond_ascii: bool,
    /// What is wrong within a string.
    pub(super) broken: Option<Reason>,
}

/// The closing quotes not yet consumed. This is no part of `Strings`, and is passed by value, so
/// that the compiler keeps it in registers.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    /// Where the current block starts.
    base: usize,
    /// The closing quotes in it, a bit for each.
    closing: u64,
}

impl Default for Cursor {
    /// One block before the first.
    fn default() -> Cursor {
        Cursor {
            base: 0usize.wrapping_sub(64),
            closing: 0,
        }
    }
}

impl<'r> Strings<'r> {
    #[inline]
    pub(super) fn new(record: &'r [u8]) -> Strings<'r> {
        Strings {
            record,
            closing: [0; BLOCKS],
            limit: 0,
            in_string: 0,
            escaped: false,
            second_half: 0,
            backslash: false,
            beyond_ascii: false,
            broken: None,
        }
    }

    /// The end of the next string not yet consumed; `None` if there is no closing quote.
    #[inline(always)]
    pub(super) fn end(&mut self, cursor: &mut Cursor) -> Option<usize> {
        while cursor.closing == 0 {
            cursor.base = cursor.base.wrapping_add(64);
            if cursor.base >= self.limit && !self.look(cursor.base) {
                return None;
            }
            cursor.closing = *self.closing.get(cursor.base / 64 % BLOCKS)?;
        }
        let end = cursor.base + cursor.closing.trailing_zeros() as usize + 1;
        cursor.closing &= cursor.closing - 1;
        Some(end)
    }

    /// Examines the next blocks. False if there are none.
    #[inline(never)]
    fn look(&mut self, base: usize) -> bool {
        let rest = self.record.get(base..).unwrap_or_default();
        let (blocks, tail) = rest.as_chunks();
        let mut limit = base;
        for (at, block) in blocks.iter().take(BLOCKS).enumerate() {
            self.mark(at, limit, block, 0);
            limit += 64;
        }
        if blocks.len() < BLOCKS && !tail.is_empty() {
            let mut padded = block::PADDING;
            let (block, without) = block::last(self.record, tail, &mut padded);
            self.mark(blocks.len(), limit, block, without);
            limit += 64;
        }
        self.limit = limit;
        !rest.is_empty()
    }

    /// Examines 64 bytes except the first `without`; the others start at `base` in the record.
    #[inline(always)]
    fn mark(&mut self, at: usize, base: usize, block: &[u8; 64], without: usize) {
        let Marks { quotes, unusual } = block::marks(block);
        let mut quotes = quotes >> without;
        let mut controls = 0;
        if unusual || self.escaped {
            (quotes, controls) = self.mark_unusual(base, block, without, quotes);
        }
        // Each bit now says whether there is an odd number of quotes up to it, which means that it
        // is in a string.
        let mut inside = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        inside ^= self.in_string;
        self.in_string = (inside.cast_signed() >> 63).cast_unsigned();
        if controls & inside != 0 {
            let at = base + (controls & inside).trailing_zeros() as usize;
            self.broken = self.broken.or(Some(Reason::Control(at)));
        }
        if let Some(closing) = self.closing.get_mut(at) {
            *closing = quotes & !inside;
        }
    }

    /// The quotes that no backslash escapes, and the control characters.
    #[cold]
    #[inline(never)]
    fn mark_unusual(
        &mut self,
        base: usize,
        block: &[u8; 64],
        without: usize,
        quotes: u64,
    ) -> (u64, u64) {
        let unusual = block::unusual(block);
        self.beyond_ascii |= unusual.beyond_ascii;
        self.backslash |= unusual.backslashes != 0;
        let mut escaped = u64::from(self.escaped);
        self.escaped = false;
        let mut backslashes = unusual.backslashes >> without & !escaped;
        while backslashes != 0 {
            let bit = backslashes & backslashes.wrapping_neg();
            let at = base + bit.trailing_zeros() as usize;
            let after = self.record.get(at + 1..).unwrap_or_default();
            // A backslash outside of a string is just as wrong, so it does not matter where this
            // one is.
            match unescape::length(after) {
                Some(unescape::PAIR) => self.second_half = at + unescape::HALF,
                None if at != self.second_half => {
                    self.broken = self.broken.or(Some(Reason::Escape(at)));
                }
                _ => {}
            }
            escaped |= bit << 1;
            self.escaped = bit << 1 == 0;
            backslashes &= !(bit | bit << 1);
        }
        (quotes & !escaped, unusual.controls >> without)
    }
}
