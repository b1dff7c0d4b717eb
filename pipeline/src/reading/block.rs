//! What was read of a block of lines.

use std::ops::Range;

use sessionize_core::key::Key;
use sessionize_core::output::ObjectEnd;
use sessionize_formats::time::Millis;

use super::{LineReader, NoEvent, ReadLine};
use crate::record::{SourcePosition, StreamRecord, keep};
use crate::source::{Block, BlockLine};

/// A block of lines, and what was read of them. Its buffers are used again.
#[derive(Default)]
pub(crate) struct ReadBlock {
    block: Block,
    lines: Vec<Line>,
    /// Texts of keys, and what the processor takes of a line where that is not the line itself.
    written: Vec<u8>,
}

/// A line, and what was read of it.
struct Line {
    position: SourcePosition,
    /// Where it is in the block.
    range: Range<usize>,
    content: Content,
}

enum Content {
    Event {
        time: Millis,
        key: Key,
        /// In what was written.
        key_text: Range<usize>,
        /// In what was written; none if it is the line.
        text: Option<Range<usize>>,
        end: ObjectEnd,
    },
    Line,
    /// In what was written.
    Wrapped(Range<usize>),
    Dropped,
}

/// What was found in a line.
pub(crate) enum LineContent<'a> {
    /// An event.
    Event(StreamRecord<'a>),
    /// No event.
    NoEvent(NoEvent<'a>),
}

impl ReadBlock {
    /// Reads all lines of a block; without a reader they stay as they are. Gives back the block
    /// before.
    pub(crate) fn read(&mut self, block: Block, reader: Option<&mut LineReader>) -> Block {
        self.lines.clear();
        self.written.clear();
        let mut reader = reader;
        for BlockLine {
            start,
            position,
            text: line,
        } in block.lines()
        {
            let content = match &mut reader {
                None => Content::Line,
                Some(reader) => match reader.read(line) {
                    ReadLine::Event(event, text, end) => Content::Event {
                        time: event.time,
                        key: event.visitor.key,
                        key_text: keep(&mut self.written, event.visitor.key_text),
                        text: (!std::ptr::eq(text, line)).then(|| keep(&mut self.written, text)),
                        end,
                    },
                    ReadLine::NoEvent(NoEvent::Line(_)) => Content::Line,
                    ReadLine::NoEvent(NoEvent::Wrapped(text)) => {
                        Content::Wrapped(keep(&mut self.written, text))
                    }
                    ReadLine::NoEvent(NoEvent::Dropped) => Content::Dropped,
                },
            };
            self.lines.push(Line {
                position,
                range: start..start + line.len(),
                content,
            });
        }
        std::mem::replace(&mut self.block, block)
    }

    /// Each line, and what was found in it.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&[u8], LineContent<'_>)> {
        self.lines.iter().map(|read| {
            let line = self.block.get(&read.range);
            let found = match &read.content {
                Content::Event {
                    time,
                    key,
                    key_text,
                    text,
                    end,
                } => LineContent::Event(StreamRecord {
                    time: *time,
                    key: *key,
                    key_text: self.written(key_text),
                    text: text.as_ref().map_or(line, |text| self.written(text)),
                    end: *end,
                    line_length: line.len(),
                    position: read.position,
                }),
                Content::Line => LineContent::NoEvent(NoEvent::Line(line)),
                Content::Wrapped(text) => {
                    LineContent::NoEvent(NoEvent::Wrapped(self.written(text)))
                }
                Content::Dropped => LineContent::NoEvent(NoEvent::Dropped),
            };
            (line, found)
        })
    }

    fn written(&self, range: &Range<usize>) -> &[u8] {
        self.written.get(range.clone()).unwrap_or_default()
    }
}
