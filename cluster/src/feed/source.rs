//! Where events come from.

use std::future::Future;

use crate::failure::Failure;
use crate::words::Millis;

/// A record as it was read from a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawRecord {
    /// Its offset, or the byte at which its line begins.
    pub(crate) offset: u64,
    /// Where the source goes on behind it.
    pub(crate) next: u64,
    /// When it was appended to the source, in ms since the epoch, where that is known.
    pub(crate) appended: Option<Millis>,
    /// The record key, where it has one.
    pub(crate) key: Option<Vec<u8>>,
    /// The event or log line.
    pub(crate) value: Vec<u8>,
}

/// What was read at once.
#[derive(Debug, Default)]
pub(crate) struct Portion {
    /// The records, in order of their offsets.
    pub(crate) records: Vec<RawRecord>,
    /// Where the source goes on; the end of the latest record, or further if there is nothing in
    /// between.
    pub(crate) next: u64,
    /// What comes after it.
    pub(crate) then: Then,
    /// Records that the source has lost before they were read.
    pub(crate) lost: u64,
    /// Records that are there behind it, as far as is known.
    pub(crate) behind: u64,
    /// Why the source ends before its end.
    pub(crate) failure: Option<String>,
}

/// What comes after a portion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// There is more to read.
    #[default]
    More,
    /// Nothing for now.
    CaughtUp,
    /// Nothing any more.
    End,
}

/// Where a source begins of which nothing was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the first record that it still has.
    Beginning,
    /// Behind the last record that it has now.
    End,
}

/// Where events come from: a partition of a topic, or a file.
///
/// What it has at an offset never changes.
pub(crate) trait Source: Send {
    /// Waits until the source has a name that stands for it for ever. `None` if it ends before.
    fn name(&mut self) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Where to begin.
    fn start(&mut self, start: Start) -> impl Future<Output = Result<u64, Failure>> + Send;

    /// Reads on from an offset. If there is nothing, it waits a moment before it says so.
    fn read(&mut self, from: u64) -> impl Future<Output = Result<Portion, Failure>> + Send;

    /// The number of a family of sources, such as a log and the files that it was rotated to. Such
    /// a source matters only if some of it was delivered before, or of one of its family in front
    /// of it. `None` if it matters in any case.
    fn family(&self) -> Option<usize> {
        None
    }

    /// A source that takes this one's place, such as the new file after a rotation. It is asked for
    /// after each portion.
    fn successor(&mut self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}
