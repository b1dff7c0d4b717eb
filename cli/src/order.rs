//! The order in which events reach the module.

mod full;
mod watermark;

use std::path::PathBuf;

use crate::error::Error;

pub(crate) use full::Full;
pub(crate) use watermark::Watermark;

/// How events are put in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Ordering {
    /// Hold events back by `lateness` and let them go in order of time
    Watermark,
    /// Sort the whole input first, on disk where it does not fit into memory
    Full,
    /// Leave them as they come
    None,
}

/// Where an event belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Event time, in ms since the epoch.
    pub(crate) time: i64,
    /// The partition of its key.
    pub(crate) partition: usize,
}

/// Takes lines in the order in which the module is to see them.
pub(crate) trait Sink {
    /// Takes a line.
    fn take(&mut self, partition: usize, line: &[u8]) -> Result<(), Error>;
}

/// Events on their way from the order of the input to that of the module.
pub(crate) enum Order {
    /// Let through as they come.
    None,
    /// Held back by a bounded time.
    Watermark(Watermark),
    /// Held back until the input has ended.
    Full(Box<Full>),
}

impl Order {
    /// `lateness` is in ms; `memory`, in bytes, and `directory` are for sorting.
    pub(crate) fn new(
        ordering: Ordering,
        lateness: i64,
        memory: u64,
        directory: Option<PathBuf>,
    ) -> Self {
        match ordering {
            Ordering::None => Self::None,
            Ordering::Watermark => Self::Watermark(Watermark::new(lateness)),
            Ordering::Full => Self::Full(Box::new(Full::new(memory, directory))),
        }
    }

    /// Takes an event; those whose turn has come go on to `sink`.
    pub(crate) fn push(
        &mut self,
        place: Place,
        line: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        match self {
            Self::None => sink.take(place.partition, line),
            Self::Watermark(watermark) => watermark.push(place, line, sink),
            Self::Full(full) => full.push(place, line),
        }
    }

    /// Lets all events go that are still held.
    pub(crate) fn finish(self, sink: &mut impl Sink) -> Result<(), Error> {
        match self {
            Self::None => Ok(()),
            Self::Watermark(mut watermark) => watermark.finish(sink),
            Self::Full(full) => full.finish(sink),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Collects what it takes.
    #[derive(Default)]
    pub(crate) struct Collected(pub(crate) Vec<(usize, Vec<u8>)>);

    impl Sink for Collected {
        fn take(&mut self, partition: usize, line: &[u8]) -> Result<(), Error> {
            self.0.push((partition, line.to_vec()));
            Ok(())
        }
    }
}
