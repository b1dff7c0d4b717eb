//! Rows of a partition's log: records in, rows out, from any place on.
//!
//! Each row has a [`Place`], from which one goes on behind it. What rows come, and in which order,
//! follows from the log alone. So two readers that begin at the same place write the same.

mod events;
mod sessions;

use serde::{Deserialize, Serialize};
use sessionize_core::parameters::Parameters;
use sessionize_formats::time::Millis;

use crate::row::TableRow;
pub use events::{EventRow, LogEvents, TEXT_FIELDS};
pub use sessions::LogSessions;

/// A place in a log, from which one goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Offset of the record to go on with.
    pub offset: u64,
    /// How many of the rows that this record makes due are written.
    pub rows: u32,
    /// Offset of the first record on which later rows depend: it begins a session that is not
    /// forgotten at `offset`. It is `offset` itself if there is none.
    pub from: u64,
    /// The latest event time in front of `from`, in ms since the epoch.
    pub time: Millis,
}

impl Place {
    /// A place that depends on nothing before it.
    pub fn beginning(offset: u64) -> Self {
        Self {
            offset,
            from: offset,
            ..Self::default()
        }
    }
}

/// What a record was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// An event with a session.
    Event,
    /// A record that could not be sessionized.
    Invalid,
    /// Anything else, with the reason.
    Foreign(String),
}

/// Makes rows of a partition's log.
pub trait LogReader: Send + 'static {
    /// What it makes.
    type Row: TableRow;

    /// Goes on from a place. The first record that it has to take is the one at `place.from`.
    fn resume(parameters: &Parameters, partition: u32, place: Place) -> Self;

    /// Takes the record at an offset, once all rows of the record before are popped.
    fn take(&mut self, offset: u64, record: &[u8]) -> Taken;

    /// The next row that is due and was not written before, with the place behind it.
    fn pop(&mut self) -> Option<(Place, Self::Row)>;

    /// The place in front of an offset, once all records before it are taken and all their rows
    /// popped.
    fn place(&self, offset: u64) -> Place;

    /// How many sessions it holds.
    fn held(&self) -> usize;
}

#[cfg(test)]
mod tests;
