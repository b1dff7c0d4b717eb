//! What flows through the pipeline.

use sessionize_formats::time::Millis;

/// A line that holds an event, with what the pipeline knows of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamRecord<'a> {
    /// Event time, in ms since the epoch.
    pub(crate) time: Millis,
    /// Canonical text of the visitor's key; empty where the sink did not ask for keys.
    pub(crate) key: &'a [u8],
    /// The line as it was read, without its end.
    pub(crate) line: &'a [u8],
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
