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
mod disorder;
mod encoding;
mod external_sort;
mod merge;
mod ready;
mod released;
mod slices;
mod spill;
mod watermark;

use sessionize_formats::time::Millis;

use crate::error::Error;
use crate::record::StreamRecord;
pub(crate) use disorder::Disorder;
use external_sort::ExternalSort;
use released::Released;
use watermark::Watermark;

/// How events are put in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Hold events back by `lateness`, and release them in order of time.
    Watermark,
    /// Sort the whole input first, on disk where it does not fit into memory.
    Full,
    /// Leave them as they come.
    None,
}

/// An ordering at work.
pub(crate) enum Orderer {
    Watermark(Box<Watermark>),
    Full(Box<ExternalSort>),
}

impl Orderer {
    /// An ordering by watermark. `lateness` and `max_ahead` are in ms.
    pub(crate) fn watermark(lateness: Millis, max_ahead: Option<Millis>) -> Self {
        Self::Watermark(Box::new(Watermark::new(lateness, max_ahead)))
    }

    /// An ordering by sorting the whole input, with at most `memory` bytes of memory.
    pub(crate) fn full(memory: u64) -> Self {
        Self::Full(Box::new(ExternalSort::new(memory, std::env::temp_dir())))
    }

    /// Takes a record whose line was this.
    ///
    /// # Errors
    ///
    /// When a temporary file can't be written.
    pub(crate) fn push(&mut self, record: &StreamRecord<'_>, line: &[u8]) -> Result<(), Error> {
        match self {
            Self::Watermark(watermark) => {
                watermark.push(record, line);
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
