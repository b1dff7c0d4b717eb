//! Texts that are written anew for every record.
//!
//! In WebAssembly, copying a slice of a length that the compiler does not know is a call to the engine, and so is copying more than 16
//! bytes of a known length. Outputs are put together from some thirty texts of a few bytes, so that these calls, and the checks of a
//! growing vector, would be most of the work. So there is room for all of a record's text before it is written, and short texts are
//! copied in pieces of a size that is one instruction, with what they hold behind them: the next text is written over that.

use std::ops::Range;

use super::copy::copy;
use super::label::Label;

/// Room behind a text, for what its last piece has too much.
const SPARE: usize = 64;

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
    pub(crate) fn take_back(&mut self, bytes: usize) {
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
    pub(crate) fn part_of(&mut self, text: &[u8], part: Range<usize>) {
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

#[cfg(test)]
mod tests;
