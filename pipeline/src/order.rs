//! The order in which events reach the module.

mod aside;
mod slices;
mod sort;
mod spill;
mod watermark;

use std::path::PathBuf;

use crate::error::Error;

pub(crate) use slices::Behind;
pub(crate) use sort::Full;
pub(crate) use watermark::Watermark;

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

    /// Takes a line whose event is too far beyond the stream's time, in ms, and can't wait any longer.
    fn take_ahead(&mut self, partition: usize, line: &[u8], stream_time: i64) -> Result<(), Error>;
}

/// What the order of the input was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disorder {
    /// Events that were set aside, as they were ahead of those around them by more than `max_ahead`.
    pub(crate) set_aside: u64,
    /// Those of them for which there was no room.
    pub(crate) no_room: u64,
    /// Events that came after their turn.
    pub(crate) behind: Behind,
}

/// Events on their way from the order of the input to that of the module.
pub(crate) enum Order {
    /// Let through as they come.
    None,
    /// Held back by a bounded time.
    Watermark(Box<Watermark>),
    /// Held back until the input has ended.
    Full(Box<Full>),
}

impl Order {
    /// `lateness` and `max_ahead` are in ms; `memory`, in bytes, and `directory` are for sorting.
    pub(crate) fn new(
        ordering: Ordering,
        lateness: i64,
        max_ahead: Option<i64>,
        memory: u64,
        directory: Option<PathBuf>,
    ) -> Self {
        match ordering {
            Ordering::None => Self::None,
            Ordering::Watermark => Self::Watermark(Box::new(Watermark::new(lateness, max_ahead))),
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

    /// Tells that the input has nothing more for now.
    pub(crate) fn idle(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        match self {
            Self::Watermark(watermark) => watermark.idle(sink),
            Self::None | Self::Full(_) => Ok(()),
        }
    }

    /// Lets all events go that are still held.
    pub(crate) fn finish(self, sink: &mut impl Sink) -> Result<Disorder, Error> {
        match self {
            Self::None => Ok(Disorder::default()),
            Self::Watermark(watermark) => watermark.finish(sink),
            Self::Full(full) => full.finish(sink).map(|()| Disorder::default()),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Collects what it takes, and apart from it what is ahead, with the stream's time.
    #[derive(Default)]
    pub(crate) struct Collected(
        pub(crate) Vec<(usize, Vec<u8>)>,
        pub(crate) Vec<(Vec<u8>, i64)>,
    );

    impl Sink for Collected {
        fn take(&mut self, partition: usize, line: &[u8]) -> Result<(), Error> {
            self.0.push((partition, line.to_vec()));
            Ok(())
        }

        fn take_ahead(&mut self, _: usize, line: &[u8], stream_time: i64) -> Result<(), Error> {
            self.1.push((line.to_vec(), stream_time));
            Ok(())
        }
    }
}
