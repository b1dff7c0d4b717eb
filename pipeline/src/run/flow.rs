//! The way of a line between source and sink.

use sessionize_core::parameters::Parameters;

use super::RunOptions;
use crate::error::Error;
use crate::order::{Disorder, Order, Orderer};
use crate::reading::LineContent;
use crate::sink::Sink;
use crate::tally::Summary;

/// The way of a line between source and sink: put in order, and handed over.
pub(super) struct Flow {
    /// None where lines stay in the order in which they come.
    orderer: Option<Orderer>,
    sink: Sink,
    /// Number of lines so far.
    pub(super) records: u64,
}

impl Flow {
    /// The way that the options ask for.
    pub(super) fn new(options: &RunOptions, parameters: &Parameters, sink: Sink) -> Self {
        let orderer = match options.order {
            Order::Watermark => {
                let Parameters {
                    lateness,
                    max_ahead,
                    ..
                } = *parameters;
                Some(Orderer::watermark(lateness, max_ahead))
            }
            Order::Full => Some(Orderer::full(options.sort_memory)),
            Order::None => None,
        };
        Self {
            orderer,
            sink,
            records: 0,
        }
    }

    /// Takes a line, and what was found in it.
    pub(super) fn take(&mut self, line: &[u8], found: LineContent<'_>) -> Result<(), Error> {
        self.records += 1;
        match (found, &mut self.orderer) {
            // There is no time to order it by.
            (LineContent::NoEvent(other), _) => self.sink.take_no_event(other, line.len()),
            (LineContent::Event(record), None) => self.sink.take(&record),
            (LineContent::Event(record), Some(orderer)) => {
                orderer.push(&record, line)?;
                release(orderer, &mut self.sink)
            }
        }
    }

    /// Has all events processed whose turn has come, as there is nothing more to read for now.
    pub(super) fn idle(&mut self) -> Result<(), Error> {
        if let Some(orderer) = &mut self.orderer {
            orderer.idle();
            release(orderer, &mut self.sink)?;
        }
        self.sink.flush()
    }

    /// Has all events processed that are left.
    pub(super) fn finish(mut self) -> Result<Summary, Error> {
        let released = match &mut self.orderer {
            None => Ok(Disorder::default()),
            Some(orderer) => orderer
                .finish()
                .and_then(|()| release(orderer, &mut self.sink))
                .map(|()| orderer.disorder()),
        };
        let mut summary = self.sink.finish()?;
        summary.disorder = released?;
        summary.records = self.records;
        Ok(summary)
    }
}

/// Hands the events over whose turn has come.
fn release(orderer: &mut Orderer, sink: &mut Sink) -> Result<(), Error> {
    while let Some(released) = orderer.pop()? {
        match released.ahead_of {
            None => sink.take(&released.record)?,
            Some(stream_time) => sink.take_ahead(&released.record, stream_time)?,
        }
    }
    Ok(())
}
