//! Sinks: where records go in the order in which they are released.
//!
//! * [`native`] and [`engine`]: records to the processors, [collected](collector) in batches by the
//!   visitor's key ([`split`]).
//! * [`writer`]: what the processors put out, joined into one output.
//! * [`destination`]: files and the standard output.

mod collector;
mod destination;
mod engine;
mod native;
mod split;
mod writer;

use sessionize_formats::time::Millis;

use crate::error::Error;
use crate::reading::NoEvent;
use crate::record::StreamRecord;
use crate::tally::Summary;

pub(crate) use destination::OpenDestination;
pub use destination::{Destination, Output};
pub(crate) use engine::EngineSink;
pub(crate) use native::{NativeSink, OutputPool};

/// Processors with their output.
pub(crate) enum Sink {
    Native(Box<NativeSink>),
    Engine(Box<EngineSink>),
}

impl Sink {
    /// Takes an event in its turn.
    ///
    /// # Errors
    ///
    /// When a processor or the writer has failed; [`Self::finish`] says why.
    pub(crate) fn take(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        match self {
            Self::Native(sink) => sink.take(record),
            Self::Engine(sink) => sink.take(record),
        }
    }

    /// Takes a line that holds no event, or whose event nobody has looked for. Any processor can
    /// say what is wrong with it. `line_length` is that of the line as it was read, in bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn take_no_event(
        &mut self,
        other: NoEvent<'_>,
        line_length: usize,
    ) -> Result<(), Error> {
        match (self, other) {
            (Self::Native(sink), other) => sink.take_no_event(other, line_length),
            (Self::Engine(sink), NoEvent::Line(line)) => sink.take_line(line),
            // The engine takes all lines as they are.
            (Self::Engine(_), NoEvent::Wrapped(_) | NoEvent::Dropped) => Ok(()),
        }
    }

    /// Takes an event that is too far ahead of the stream's time, in ms since the epoch, and can't
    /// wait any longer. Its text is the line. It goes in a batch of its own, with the stream's time
    /// for an append time: the processor knows what to do with an event that is too far ahead of
    /// its append time.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn take_ahead(
        &mut self,
        record: &StreamRecord<'_>,
        stream_time: Millis,
    ) -> Result<(), Error> {
        match self {
            Self::Native(sink) => sink.take_ahead(record, stream_time),
            Self::Engine(sink) => sink.take_ahead(record, stream_time),
        }
    }

    /// Has all records so far processed, in full batches or not.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::Native(sink) => sink.flush(),
            Self::Engine(sink) => sink.flush(),
        }
    }

    /// Has all records processed that are left and their outputs written, and gives the sum of what
    /// was counted.
    ///
    /// # Errors
    ///
    /// When a processor or the writer has failed.
    pub(crate) fn finish(self) -> Result<Summary, Error> {
        match self {
            Self::Native(sink) => sink.finish(),
            Self::Engine(sink) => sink.finish(),
        }
    }
}
