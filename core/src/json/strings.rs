//! Where strings end.

use crate::block::{self, Marks};

use super::error::Reason;
use super::unescape;

/// How many bytes are looked at in one go: enough for most events.
const STRETCH: usize = 512;

/// Room for the strings of a stretch, of which each has two quotes; and for what is written behind them.
const ROOM: usize = STRETCH / 2 + AT_ONCE;

/// How many ends are written at once, be there fewer or not.
const AT_ONCE: usize = 4;

/// Where the strings of a stretch end, from its start on; 0 behind the last. Kept from record to record for its room.
#[derive(Clone, Debug)]
pub(super) struct Ends([u16; ROOM]);

impl Default for Ends {
    fn default() -> Self {
        Ends([0; ROOM])
    }
}

/// Finds the ends of a record's strings, many bytes at a time and ahead of who asks for them.
///
/// Whether a quote opens or closes a string is told by counting the quotes before it. So the strings of a record that
/// is not JSON may be found at the wrong places; but then it has something else than it should between two strings.
pub(super) struct Strings<'r> {
    record: &'r [u8],
    ends: &'r mut Ends,
    /// Where the stretch begins that has been looked at, and where the next one does.
    base: usize,
    limit: usize,
    /// All ones if that is within a string.
    in_string: u64,
    /// Whether a backslash escapes the byte there.
    escaped: bool,
    /// Whether there were backslashes, or bytes beyond ASCII.
    pub(super) backslash: bool,
    pub(super) beyond_ascii: bool,
    /// What is wrong within a string.
    pub(super) broken: Option<Reason>,
}

/// How many of the ends have been come to. Apart from them, and passed by value, so that it is kept in a register.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor(usize);

impl<'r> Strings<'r> {
    #[inline]
    pub(super) fn new(record: &'r [u8], ends: &'r mut Ends) -> Strings<'r> {
        let mut strings = Strings {
            record,
            ends,
            base: 0,
            limit: 0,
            in_string: 0,
            escaped: false,
            backslash: false,
            beyond_ascii: false,
            broken: None,
        };
        strings.look();
        strings
    }

    /// The end of the next string that has not been come to; `None` if it has none.
    #[inline(always)]
    pub(super) fn end(&mut self, cursor: &mut Cursor) -> Option<usize> {
        let mut end = self.ends.0.get(cursor.0).copied().unwrap_or(0);
        cursor.0 += 1;
        if end == 0 {
            end = self.first_of_the_next()?;
            cursor.0 = 1;
        }
        Some(self.base + usize::from(end))
    }

    /// The first end in the next stretch that has any.
    #[cold]
    #[inline(never)]
    fn first_of_the_next(&mut self) -> Option<u16> {
        while self.limit < self.record.len() {
            self.look();
            if let Some(&end @ 1..) = self.ends.0.first() {
                return Some(end);
            }
        }
        None
    }

    /// Looks at the next stretch.
    #[inline(never)]
    fn look(&mut self) {
        self.base = self.limit;
        let rest = self.record.get(self.base..).unwrap_or_default();
        let (blocks, tail) = rest.as_chunks();
        let mut count = 0;
        for block in blocks.iter().take(STRETCH / 64) {
            count = self.mark(count, block, 0);
        }
        if self.limit - self.base < STRETCH && !tail.is_empty() {
            let mut padded = [b' '; 64];
            let (block, without) = match self.record.last_chunk() {
                // Some of the last 64 bytes have been looked at before.
                Some(block) => (block, 64 - tail.len()),
                None => {
                    // What comes after a short record is as good as whitespace.
                    for (to, from) in padded.iter_mut().zip(tail) {
                        *to = *from;
                    }
                    (&padded, 0)
                }
            };
            count = self.mark(count, block, without);
        }
        if let Some(last) = self.ends.0.get_mut(count) {
            *last = 0;
        }
    }

    /// Looks at 64 bytes, but for the first few of them. Takes and gives the number of ends found so far.
    #[inline(always)]
    fn mark(&mut self, count: usize, block: &[u8; 64], without: usize) -> usize {
        let base = self.limit;
        self.limit += 64;
        let Marks { quotes, unusual } = block::marks(block);
        let mut quotes = quotes >> without;
        let mut controls = 0;
        if unusual || self.escaped {
            (quotes, controls) = self.mark_unusual(base, block, without, quotes);
        }
        // Bit i is now whether an odd number of quotes is at or before it, that is, whether it is in a string.
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
        self.keep(count, base - self.base, quotes & !inside)
    }

    /// Keeps where the closing quotes of a block are. Several at a time: how many there are can't be foreseen, and
    /// a branch that is is costs as much as all of these.
    #[inline(always)]
    fn keep(&mut self, mut count: usize, start: usize, mut closing: u64) -> usize {
        let total = count + closing.count_ones() as usize;
        loop {
            let room = self.ends.0.get_mut(count..).unwrap_or_default();
            if let Some(room) = room.first_chunk_mut::<AT_ONCE>() {
                for end in room {
                    *end = start as u16 + closing.trailing_zeros() as u16 + 1;
                    closing &= closing.wrapping_sub(1);
                }
            }
            count += AT_ONCE;
            if closing == 0 {
                return total;
            }
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
            // Outside of a string a backslash is just as wrong, so it need not be known where this one is.
            if !unescape::is_escape(after) {
                self.broken = self.broken.or(Some(Reason::Escape(at)));
            }
            escaped |= bit << 1;
            self.escaped = bit << 1 == 0;
            backslashes &= !(bit | bit << 1);
        }
        (quotes & !escaped, unusual.controls >> without)
    }
}
