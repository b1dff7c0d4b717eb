//! Texts that are written anew for every record.
//!
//! In WebAssembly, copying a slice of a length that the compiler does not know is a call to the engine, and so is copying more than 16
//! bytes of a known length. Outputs are put together from some thirty texts of a few bytes, so that these calls, and the checks of a
//! growing vector, would be most of the work. So there is room for all of a record's text before it is written, and short texts are
//! copied in pieces of a size that is one instruction, with what they hold behind them: the next text is written over that.

use std::ops::Range;

use crate::bytes::label::Label;

/// Room behind a text, for what its last piece has too much.
const SPARE: usize = 64;

/// The longest text that is worth copying in pieces, in bytes: about where a call costs the same.
const LONGEST_IN_PIECES: usize = 512;

/// The largest buffer that an emptied text keeps, in bytes: that of an exceptional record is given back.
const KEPT: usize = 8 << 20;

/// A text in a buffer that is used again.
#[derive(Debug, Default)]
pub struct Text {
    buffer: Vec<u8>,
    length: usize,
}

/// Writes behind what a text has so far, in room that there is already.
#[derive(Debug)]
pub struct Writer<'t> {
    room: &'t mut [u8],
    at: usize,
    length: &'t mut usize,
}

impl Text {
    /// An empty text, without a buffer yet.
    pub const fn new() -> Text {
        Text {
            buffer: Vec::new(),
            length: 0,
        }
    }

    /// What was written.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// Whether nothing was written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The same, to be changed.
    #[inline]
    pub fn as_mut_bytes(&mut self) -> &mut [u8] {
        self.buffer.get_mut(..self.length).unwrap_or_default()
    }

    /// Empties it; its buffer is kept, unless it is exceptionally large.
    #[inline]
    pub fn clear(&mut self) {
        self.length = 0;
        if self.buffer.len() > KEPT {
            self.give_back();
        }
    }

    #[cold]
    #[inline(never)]
    fn give_back(&mut self) {
        self.buffer = Vec::new();
    }

    /// Makes room for at most so many bytes more, so that they are appended without growing again.
    #[inline]
    pub fn reserve(&mut self, most: usize) {
        self.writer(most);
    }

    /// Makes room for at most so many bytes more, and writes there.
    #[inline(always)]
    pub fn writer(&mut self, most: usize) -> Writer<'_> {
        let needed = self.length + most + SPARE;
        if self.buffer.len() < needed {
            self.grow(needed);
        }
        Writer {
            at: self.length,
            room: &mut self.buffer,
            length: &mut self.length,
        }
    }

    /// Doubles a buffer, but not beyond what is needed where that is exceptionally large. One that holds nothing is not
    /// copied, which would take both buffers at a time.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, needed: usize) {
        if self.length == 0 {
            self.buffer = Vec::new();
        }
        let doubled = (2 * self.buffer.len()).min(KEPT);
        let size = needed.max(doubled);
        // Not `resize` alone, which would double the capacity whatever is needed.
        self.buffer.reserve_exact(size - self.buffer.len());
        self.buffer.resize(size, 0);
    }

    /// Appends a text.
    #[inline(never)]
    pub fn push(&mut self, text: &[u8]) {
        let mut writer = self.writer(text.len());
        writer.text(text);
        writer.end();
    }
}

impl<'t> Writer<'t> {
    /// Writes into other room, from its start on; the length is set at the end.
    pub fn on(room: &'t mut [u8], length: &'t mut usize) -> Writer<'t> {
        Writer {
            room,
            at: 0,
            length,
        }
    }

    /// How long the text is by now.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.at
    }

    /// Ends the writing: without this, the text stays as it was.
    #[inline(always)]
    pub fn end(self) {
        debug_assert!(self.at <= self.room.len(), "more was written than told");
        *self.length = self.at;
    }

    /// Writes the first `length` of these bytes, of which there should be 1, 2, 4, 8 or 16.
    #[inline(always)]
    pub fn part<const N: usize>(&mut self, bytes: [u8; N], length: usize) {
        let room = self.room.get_mut(self.at..).unwrap_or_default();
        if let Some(room) = room.first_chunk_mut() {
            *room = bytes;
        }
        self.at += length;
    }

    /// Writes these bytes, of which there should be 1, 2, 4, 8 or 16.
    #[inline(always)]
    pub fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.part(bytes, N);
    }

    /// Takes back the last of what was written.
    #[inline(always)]
    pub fn take_back(&mut self, bytes: usize) {
        self.at -= bytes;
    }

    /// Writes a label, but for so many of its last bytes.
    #[inline(always)]
    pub fn label<const VECTORS: usize>(&mut self, label: &Label<VECTORS>, without: usize) {
        let room = self.room.get_mut(self.at..).unwrap_or_default();
        if let Some(room) = room.as_chunks_mut().0.first_chunk_mut() {
            label.copy_to(room);
        }
        self.at += label.length() - without;
    }

    /// Has the text written by a function, which gets all the room that there is, and says how much of it it has used.
    ///
    /// Handing the writer itself to what is not inlined would cost all others their registers.
    #[inline(always)]
    pub fn with(&mut self, write: impl FnOnce(&mut [u8]) -> usize) {
        self.at += write(self.room.get_mut(self.at..).unwrap_or_default());
    }

    /// Writes a part of a text; faster than [`text`](Self::text) for up to 16 bytes if the text goes on behind them.
    #[inline(always)]
    pub fn part_of(&mut self, text: &[u8], part: Range<usize>) {
        // Not `part.len()`, which brings the module a panic with its message.
        let length = part.end.saturating_sub(part.start);
        match text.get(part.start..).and_then(<[u8]>::first_chunk::<16>) {
            Some(bytes) if length <= 16 => self.part(*bytes, length),
            _ => self.text(text.get(part).unwrap_or_default()),
        }
    }

    /// Writes a text of any length.
    #[inline(always)]
    pub fn text(&mut self, text: &[u8]) {
        match *text {
            [] => {}
            [byte] => self.bytes([byte]),
            _ => self.with(|room| copy(text, room)),
        }
    }
}

/// Copies a text to the start of a longer room, and gives its length.
///
/// Pieces overlap where the text is no multiple of them, which saves looking for smaller ones that fit.
#[inline(never)]
fn copy(text: &[u8], room: &mut [u8]) -> usize {
    let Some((room, _)) = room.split_at_mut_checked(text.len()) else {
        return 0;
    };
    match text.len() {
        0 => {}
        1 => copy_ends::<1>(text, room),
        2..4 => copy_ends::<2>(text, room),
        4..8 => copy_ends::<4>(text, room),
        8..16 => copy_ends::<8>(text, room),
        16..32 => copy_ends::<16>(text, room),
        32..64 => copy_wide_ends(text, room),
        64..LONGEST_IN_PIECES => {
            let (blocks, _) = text.as_chunks::<64>();
            let (rooms, _) = room.as_chunks_mut::<64>();
            for (block, room) in blocks.iter().zip(rooms) {
                copy_wide_ends(block, room);
            }
            if let (Some(block), Some(room)) =
                (text.last_chunk::<64>(), room.last_chunk_mut::<64>())
            {
                copy_wide_ends(block, room);
            }
        }
        _ => room.copy_from_slice(text),
    }
    text.len()
}

/// Copies the first and the last `N` bytes, which should be 1, 2, 4, 8 or 16.
#[inline(always)]
fn copy_ends<const N: usize>(text: &[u8], room: &mut [u8]) {
    if let (Some(bytes), Some(room)) = (text.first_chunk::<N>(), room.first_chunk_mut()) {
        *room = *bytes;
    }
    if let (Some(bytes), Some(room)) = (text.last_chunk::<N>(), room.last_chunk_mut()) {
        *room = *bytes;
    }
}

/// Copies the first and the last 32 bytes of a text that has as many.
#[inline(always)]
fn copy_wide_ends(text: &[u8], room: &mut [u8]) {
    if let (Some((first, _)), Some((room, _))) =
        (text.split_at_checked(32), room.split_at_mut_checked(32))
    {
        copy_ends::<16>(first, room);
    }
    let before = text.len().saturating_sub(32);
    if let (Some(last), Some(room)) = (text.get(before..), room.get_mut(before..)) {
        copy_ends::<16>(last, room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn texts_of_every_length() {
        let long: Vec<u8> = (0..1_500).map(|i| (i % 251) as u8).collect();
        let mut text = Text::new();
        for length in (0..=700).chain([1_400]) {
            text.clear();
            text.push(b"before");
            text.push(&long[..length]);
            text.push(b"behind");
            assert_eq!(
                text.as_bytes(),
                [b"before", &long[..length], b"behind"].concat()
            );
        }
    }

    #[test]
    fn what_a_piece_has_too_much_is_written_over() {
        let mut text = Text::new();
        let mut writer = text.writer(8);
        writer.part(*b"12345678", 3);
        writer.label(&Label::<1>::new(&[b"la", b"bel:"]), 1);
        writer.bytes(*b"x");
        assert_eq!(writer.at(), 9);
        writer.end();
        assert_eq!(text.as_bytes(), b"123labelx");
    }

    #[test]
    fn parts_of_every_length() {
        let long: Vec<u8> = (0..=255).collect();
        for start in (0..256).step_by(7) {
            for end in start..=256 {
                let mut text = Text::new();
                let mut writer = text.writer(end - start);
                writer.part_of(&long, start..end);
                writer.end();
                assert_eq!(text.as_bytes(), &long[start..end]);
            }
        }
    }

    #[test]
    fn what_is_not_ended_is_not_written() {
        let mut text = Text::new();
        text.push(b"abc");
        text.writer(3).text(b"def");
        assert_eq!(text.as_bytes(), b"abc");
    }
}
