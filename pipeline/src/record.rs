//! What flows through the pipeline.

use std::ops::Range;

use sessionize_core::key::Key;
use sessionize_core::output::ObjectEnd;
use sessionize_formats::time::Millis;

/// An event on its way, with what was read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamRecord<'a> {
    /// Event time, in ms since the epoch.
    pub(crate) time: Millis,
    /// The visitor's key.
    pub(crate) key: Key,
    /// Canonical text of the key.
    pub(crate) key_text: &'a [u8],
    /// What the processor takes: for the engine the line as it was read, else the event as a JSON
    /// object.
    pub(crate) text: &'a [u8],
    /// The end of the text; of no meaning for the engine.
    pub(crate) end: ObjectEnd,
    /// Length of the line as it was read, in bytes.
    pub(crate) line_length: usize,
    /// Where the line came from.
    pub(crate) position: SourcePosition,
}

/// Where a line came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourcePosition {
    /// Number of the input, counted from 0 as the user named them.
    pub(crate) input: u32,
    /// Where the line begins in the input's content, in bytes. The content of a compressed file is
    /// what it decompresses to.
    pub(crate) byte: u64,
}

/// Keeps a text behind others, and says where.
pub(crate) fn keep(texts: &mut Vec<u8>, text: &[u8]) -> Range<usize> {
    let start = texts.len();
    texts.extend_from_slice(text);
    start..texts.len()
}
