//! The content of an input in blocks of whole lines.

use std::ops::Range;

use super::reader::Reader;
use super::stored::READ_SIZE;
use crate::error::Error;
use crate::record::SourcePosition;

/// Size of a block, in bytes, unless a line is longer: two reads.
const BLOCK_SIZE: usize = 2 * READ_SIZE;

/// The longest line, in bytes. A longer line is cut into several: nothing is lost, and memory stays
/// bounded. The bound is far beyond the largest record that a broker takes.
const MAX_LINE: usize = 32 << 20;

/// How much of an input must be without a line feed before carriage returns alone are taken for
/// line ends, in bytes.
const LOOKED_AT: usize = 64 << 10;

/// Whole lines: a piece of an input, or pieces of several behind one another. The buffer is used
/// again, so the lines end before the vector does.
#[derive(Debug, Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    end: usize,
    pieces: Vec<Piece>,
}

/// Lines of one input that stand in a block.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where they begin in the block.
    start: usize,
    /// Where they begin in the input.
    position: SourcePosition,
}

impl Piece {
    /// Where in the input something is that is here in the block.
    fn position(&self, at: usize) -> SourcePosition {
        let SourcePosition { input, byte } = self.position;
        SourcePosition {
            input,
            byte: byte + at.saturating_sub(self.start) as u64,
        }
    }
}

/// A line in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockLine<'b> {
    /// Where it begins in the block.
    pub(crate) start: usize,
    /// Where it begins in its input.
    pub(crate) position: SourcePosition,
    /// The line without its end.
    pub(crate) text: &'b [u8],
}

impl Block {
    /// Whether it has no lines, not even blank ones.
    pub(super) fn is_empty(&self) -> bool {
        self.end == 0
    }

    /// Whether it has as many bytes as a block should have.
    pub(super) fn is_full(&self) -> bool {
        self.end >= BLOCK_SIZE / 2
    }

    /// Where the lines end in the block.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Where the last input goes on behind the lines, in bytes.
    pub(super) fn behind(&self) -> u64 {
        self.pieces
            .last()
            .map_or(0, |piece| piece.position(self.end).byte)
    }

    /// What is in this range of the block.
    pub(crate) fn get(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// The lines but for blank ones.
    pub(crate) fn lines(&self) -> impl Iterator<Item = BlockLine<'_>> {
        let bytes = self.bytes.get(..self.end).unwrap_or_default();
        let mut ends = memchr::memchr_iter(b'\n', bytes);
        let mut start = Some(0);
        let mut pieces = self.pieces.iter().copied().peekable();
        let mut piece = None;
        std::iter::from_fn(move || {
            let from = start?;
            let end = ends.next();
            start = end.map(|end| end + 1);
            piece = pieces.next_if(|next| next.start <= from).or(piece);
            let line = bytes.get(from..end.unwrap_or(bytes.len()))?;
            Some(BlockLine {
                start: from,
                position: piece?.position(from),
                text: line.strip_suffix(b"\r").unwrap_or(line),
            })
        })
        .filter(|line| !line.text.trim_ascii_start().is_empty())
    }

    /// Removes all lines.
    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.pieces.clear();
    }

    /// Appends lines that stand here in a block of one input.
    pub(super) fn append(&mut self, block: &Block, place: Range<usize>) {
        let lines = block.get(&place);
        let position = block
            .pieces
            .first()
            .map(|piece| piece.position(place.start));
        let position = position.unwrap_or_default();
        self.pieces.push(Piece {
            start: self.end,
            position,
        });
        self.bytes.truncate(self.end);
        self.bytes.extend_from_slice(lines);
        // The last line of an input may have no end.
        if !lines.ends_with(b"\n") {
            self.bytes.push(b'\n');
        }
        self.end = self.bytes.len();
    }
}

/// Cuts an input into blocks.
pub(crate) struct BlockReader {
    reader: Reader,
    /// Where the next block begins.
    position: SourcePosition,
    /// The beginning of a line whose end has not been read yet.
    rest: Vec<u8>,
    ends: LineEnds,
    ended: bool,
}

/// What ends the lines of an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    /// Not known before something has been read.
    Unknown,
    /// A line feed, with or without a carriage return in front of it.
    LineFeed,
    /// A carriage return alone, as old Macs and serial consoles write it.
    CarriageReturn,
}

impl LineEnds {
    /// Decides by the beginning of an input: carriage returns end lines where there is no line
    /// feed. The last byte does not count, as a line feed may follow it.
    fn of(beginning: &[u8], is_all: bool) -> Self {
        let before_last = beginning.split_last().map_or(beginning, |(_, rest)| rest);
        if memchr::memchr(b'\n', beginning).is_some() {
            Self::LineFeed
        } else if beginning.len() < LOOKED_AT && !is_all {
            Self::Unknown
        } else if memchr::memchr(b'\r', before_last).is_some() {
            Self::CarriageReturn
        } else {
            Self::LineFeed
        }
    }
}

impl BlockReader {
    /// Cuts the content of the input of this number.
    pub(crate) fn new(reader: Reader, input: u32) -> Self {
        Self {
            reader,
            position: SourcePosition { input, byte: 0 },
            rest: Vec::new(),
            ends: LineEnds::Unknown,
            ended: false,
        }
    }

    /// The next block, in the buffer of one that is no longer needed; none at the end of the input.
    ///
    /// # Errors
    ///
    /// When the input can't be read any further. The lines before the error are in the blocks
    /// before; a line that the error cuts in two is not passed on.
    pub(crate) fn next(&mut self, mut block: Block) -> Result<Option<Block>, Error> {
        if self.ended {
            return Ok(None);
        }
        block.clear();
        fit(&mut block.bytes, self.rest.len());
        if let Some(head) = block.bytes.get_mut(..self.rest.len()) {
            head.copy_from_slice(&self.rest);
        }
        let mut filled = self.rest.len();
        self.rest.clear();
        block.pieces.push(Piece {
            start: 0,
            position: self.position,
        });
        loop {
            fit(&mut block.bytes, filled);
            let count = self
                .reader
                .read(block.bytes.get_mut(filled..).unwrap_or_default())?;
            let mut from = filled;
            if self.ends == LineEnds::Unknown {
                let beginning = block.bytes.get(..filled + count).unwrap_or_default();
                self.ends = LineEnds::of(beginning, count == 0);
                from = 0;
            }
            let read = block
                .bytes
                .get_mut(from..filled + count)
                .unwrap_or_default();
            if self.ends == LineEnds::CarriageReturn {
                for byte in read.iter_mut().filter(|byte| **byte == b'\r') {
                    *byte = b'\n';
                }
            }
            let line_end = memchr::memrchr(b'\n', read);
            if let Some(line_end) = line_end {
                block.end = from + line_end + 1;
            }
            filled += count;
            if count == 0 {
                self.ended = true;
                block.end = filled;
                self.position.byte += block.end as u64;
                return Ok((filled > 0).then_some(block));
            }
            if block.end == 0 && filled >= MAX_LINE {
                block.end = filled;
            }
            if block.end > 0 {
                let rest = block.bytes.get(block.end..filled).unwrap_or_default();
                self.rest.extend_from_slice(rest);
                self.position.byte += block.end as u64;
                return Ok(Some(block));
            }
        }
    }
}

/// Makes room for a read behind the first `filled` bytes. A buffer that is used again has its size
/// already, so that nothing is zeroed twice.
fn fit(bytes: &mut Vec<u8>, filled: usize) {
    if bytes.len() < filled + BLOCK_SIZE / 2 {
        let size = (filled * 2).clamp(BLOCK_SIZE, MAX_LINE.max(filled + BLOCK_SIZE));
        bytes.resize(size, 0);
    }
}

#[cfg(test)]
mod tests;
