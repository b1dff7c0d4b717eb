//! Orderings: records come in as they are read, and go out in order of time.
//!
//! An ordering owns no thread and reads no clock. The caller pushes records in, says when the input
//! is idle and when it has ended, and pops the records out whose turn has come:
//!
//! ```text
//! push, push, …, idle, push, …, finish
//!    └ pop until there is none, after each of them
//! ```
//!
//! [`Watermark`] is pure: it does no I/O, and the same calls give the same records.
//! [`ExternalSort`] has the same calls, but holds the whole input, on disk where it does not fit
//! into memory; so its calls may return I/O errors. A caller that must not do I/O takes a
//! [`Watermark`] by itself.

mod aside;
mod buffer;
mod external_sort;
mod ready;
mod slices;
mod spill;
mod watermark;

use sessionize_formats::time::Millis;

use crate::error::Error;
use crate::record::StreamRecord;
use external_sort::ExternalSort;
use slices::Behind;
use watermark::Watermark;

/// How events are put in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// Hold events back by `lateness`, and release them in order of time.
    Watermark,
    /// Sort the whole input first, on disk where it does not fit into memory.
    Full,
    /// Leave them as they come.
    None,
}

/// A record whose turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Released<'a> {
    pub(crate) record: StreamRecord<'a>,
    /// The stream's time, in ms since the epoch, if the record is too far ahead of it and there is
    /// no room for it to wait. None for a record in its turn.
    pub(crate) ahead_of: Option<Millis>,
}

/// What the order of the input was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disorder {
    /// Events that were set aside, as they were ahead of the stream's time by more than
    /// `max_ahead`.
    pub(crate) set_aside: u64,
    /// Those of them for which there was no room.
    pub(crate) no_room: u64,
    /// Events that came after their turn.
    pub(crate) behind: Behind,
}

/// An ordering.
pub(crate) enum Order {
    Watermark(Box<Watermark>),
    Full(Box<ExternalSort>),
}

impl Order {
    /// An ordering by watermark. `lateness` and `max_ahead` are in ms.
    pub(crate) fn watermark(lateness: Millis, max_ahead: Option<Millis>) -> Self {
        Self::Watermark(Box::new(Watermark::new(lateness, max_ahead)))
    }

    /// An ordering by sorting the whole input, with at most `memory` bytes of memory.
    pub(crate) fn full(memory: u64) -> Self {
        Self::Full(Box::new(ExternalSort::new(memory, std::env::temp_dir())))
    }

    /// Takes a record.
    ///
    /// # Errors
    ///
    /// When a temporary file can't be written.
    pub(crate) fn push(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        match self {
            Self::Watermark(watermark) => {
                watermark.push(record);
                Ok(())
            }
            Self::Full(sort) => sort.push(record),
        }
    }

    /// Says that the input has nothing more for now.
    pub(crate) fn idle(&mut self) {
        if let Self::Watermark(watermark) = self {
            watermark.idle();
        }
    }

    /// Says that the input has ended: the turn of all records has come.
    ///
    /// # Errors
    ///
    /// When a temporary file can't be written or read.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        match self {
            Self::Watermark(watermark) => {
                watermark.finish();
                Ok(())
            }
            Self::Full(sort) => sort.finish(),
        }
    }

    /// The next record whose turn has come; none if there is no such record for now.
    ///
    /// # Errors
    ///
    /// When a temporary file can't be read.
    pub(crate) fn pop(&mut self) -> Result<Option<Released<'_>>, Error> {
        match self {
            Self::Watermark(watermark) => Ok(watermark.pop()),
            Self::Full(sort) => sort.pop(),
        }
    }

    /// What the order of the input was like so far, as far as it was looked at.
    pub(crate) fn disorder(&self) -> Disorder {
        match self {
            Self::Watermark(watermark) => watermark.disorder(),
            Self::Full(_) => Disorder::default(),
        }
    }
}

#[cfg(test)]
mod testing;
