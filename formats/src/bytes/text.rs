//! Text buffers that are used again for every record.
//!
//! In WebAssembly, copying a slice whose length the compiler does not know is a call to the engine,
//! and so is copying more than 16 bytes of a known length. An output consists of some thirty texts
//! of a few bytes, so these calls and the checks of a growing vector would be most of the work. So
//! the buffer gets room for all of a record's text in advance, and short texts are copied in pieces
//! whose size is one instruction. A piece may overshoot the end of its text: the next text is
//! written over that.

use std::ops::Range;

use super::copy::copy;
use super::label::Label;

/// Slack after a text for the overshoot of the last fixed-size copy, in bytes.
const SPARE: usize = 64;

/// The largest buffer that an emptied text keeps, in bytes. The buffer of an exceptional record is
/// freed.
const KEPT: usize = 8 << 20;

/// A text in a reusable buffer.
#[derive(Debug, Default)]
pub struct Text {
    buffer: Vec<u8>,
    length: usize,
}

/// Writes after the end of a text, into room that was made before.
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

    /// What was written so far.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// Whether nothing was written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// What was written so far, for changes in place.
    #[inline]
    pub fn as_mut_bytes(&mut self) -> &mut [u8] {
        self.buffer.get_mut(..self.length).unwrap_or_default()
    }

    /// Empties the text. It keeps its buffer, unless that is exceptionally large.
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

    /// Makes room for this many bytes more, so that appending them does not grow the buffer.
    #[inline]
    pub fn reserve(&mut self, most: usize) {
        self.writer(most);
    }

    /// Makes room for this many bytes more, and returns a writer into it.
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

    /// Doubles the buffer, or grows it just as far as needed where that is exceptionally large. An
    /// empty text's buffer is freed first rather than copied, which would take both buffers at the
    /// same time.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, needed: usize) {
        if self.length == 0 {
            self.buffer = Vec::new();
        }
        let doubled = (2 * self.buffer.len()).min(KEPT);
        let size = needed.max(doubled);
        // `resize` alone would double the capacity, however much is needed.
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
    /// Writes into other room, from its start on. [`end`](Self::end) sets the length.
    pub fn on(room: &'t mut [u8], length: &'t mut usize) -> Writer<'t> {
        Writer {
            room,
            at: 0,
            length,
        }
    }

    /// The length of the text so far, in bytes.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.at
    }

    /// Ends the writing. Without this call, the text stays as it was.
    #[inline(always)]
    pub fn end(self) {
        debug_assert!(self.at <= self.room.len(), "more was written than told");
        *self.length = self.at;
    }

    /// Writes the first `length` of these bytes. `N` should be 1, 2, 4, 8 or 16.
    #[inline(always)]
    pub fn part<const N: usize>(&mut self, bytes: [u8; N], length: usize) {
        let room = self.room.get_mut(self.at..).unwrap_or_default();
        if let Some(room) = room.first_chunk_mut() {
            *room = bytes;
        }
        self.at += length;
    }

    /// Writes these bytes. `N` should be 1, 2, 4, 8 or 16.
    #[inline(always)]
    pub fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.part(bytes, N);
    }

    /// Takes back this many bytes of what was written last.
    #[inline(always)]
    pub(crate) fn take_back(&mut self, bytes: usize) {
        self.at -= bytes;
    }

    /// Writes a label without this many of its last bytes.
    #[inline(always)]
    pub fn label<const VECTORS: usize>(&mut self, label: &Label<VECTORS>, without: usize) {
        let room = self.room.get_mut(self.at..).unwrap_or_default();
        if let Some(room) = room.as_chunks_mut().0.first_chunk_mut() {
            label.copy_to(room);
        }
        self.at += label.length() - without;
    }

    /// Lets a function write. It gets all the room that is left, and returns how many bytes it has
    /// written.
    ///
    /// To hand the writer itself to a function that is not inlined would keep its fields out of
    /// registers everywhere.
    #[inline(always)]
    pub fn with(&mut self, write: impl FnOnce(&mut [u8]) -> usize) {
        self.at += write(self.room.get_mut(self.at..).unwrap_or_default());
    }

    /// Writes a part of a text. It is faster than [`text`](Self::text) for up to 16 bytes if the
    /// text goes on after them.
    #[inline(always)]
    pub(crate) fn part_of(&mut self, text: &[u8], part: Range<usize>) {
        // `part.len()` would put a panic and its message into the module.
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

#[cfg(test)]
mod tests;
