//! Events held back by a bounded out-of-orderness watermark.

use std::collections::VecDeque;

use super::{Place, Sink};
use crate::error::Error;

/// Number of slices that the time held back is divided into.
const SLICES: i64 = 64;

/// Emptied slices that are kept for their buffers.
const SPARE_SLICES: usize = 8;

/// Holds events back until the stream's time has passed them by `lateness`, and lets them go in order of time, events of
/// the same time in the order in which they came. One that comes after its turn goes through at once: the module flags it.
///
/// Events are collected in slices of time, and a slice is sorted when its turn has come. A heap does the same one event at a time
/// and costs several times as much once it holds more than the cache: every event taken out walks its whole height. The price is that an
/// event may be held back longer, by up to a slice, which is `lateness / 64`.
pub(super) struct Slices {
    lateness: i64,
    /// Length of a slice in ms.
    width: i64,
    /// The first slice held begins here; all before has gone.
    begin: i64,
    /// The stream's time: the largest event time taken; [`i64::MIN`] before the first event.
    latest: i64,
    slices: VecDeque<Slice>,
    spare: Vec<Slice>,
    behind: Behind,
}

/// Events that came after their turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    /// How many.
    pub(crate) events: u64,
    /// The farthest that one of them was behind the stream's time, in ms.
    pub(crate) most: i64,
}

/// Events of a slice of time.
#[derive(Default)]
struct Slice {
    /// The lines one after the other.
    bytes: Vec<u8>,
    /// In the order in which they came.
    events: Vec<Held>,
}

#[derive(Clone, Copy)]
struct Held {
    place: Place,
    start: usize,
    end: usize,
}

impl Slices {
    /// `lateness` in ms; with 0, events go through as they come.
    pub(super) fn new(lateness: i64) -> Self {
        Self {
            lateness,
            width: (lateness / SLICES).max(1),
            begin: i64::MIN,
            latest: i64::MIN,
            slices: VecDeque::new(),
            spare: Vec::new(),
            behind: Behind::default(),
        }
    }

    /// The stream's time, in ms since the epoch; [`i64::MIN`] before the first event.
    pub(super) fn latest(&self) -> i64 {
        self.latest
    }

    /// The events that came after their turn.
    pub(super) fn behind(&self) -> Behind {
        self.behind
    }

    /// Takes an event, which moves the stream's time.
    pub(super) fn push(
        &mut self,
        place: Place,
        line: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        if place.time > self.latest {
            self.latest = place.time;
            self.advance(sink)?;
        }
        if self.lateness == 0 || place.time < self.begin {
            if place.time < self.latest {
                self.behind.events += 1;
                self.behind.most = self.behind.most.max(self.latest - place.time);
            }
            return sink.take(place.partition, line);
        }
        let index = usize::try_from((place.time - self.begin) / self.width).unwrap_or(usize::MAX);
        while self.slices.len() <= index {
            self.slices.push_back(self.spare.pop().unwrap_or_default());
        }
        if let Some(slice) = self.slices.get_mut(index) {
            slice.push(place, line);
        }
        Ok(())
    }

    /// Lets go what event time has passed by `lateness`.
    fn advance(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        let watermark = self.latest.saturating_sub(self.lateness);
        while !self.slices.is_empty() && self.begin + self.width <= watermark {
            self.release(sink)?;
        }
        if self.slices.is_empty() {
            // Aligned to the slices' width, so that what is held back together does not depend on the first event.
            let aligned = watermark.div_euclid(self.width).saturating_mul(self.width);
            self.begin = self.begin.max(aligned);
        }
        Ok(())
    }

    /// Lets the first slice go.
    fn release(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        if let Some(mut slice) = self.slices.pop_front() {
            self.begin += self.width;
            slice.release(sink)?;
            if self.spare.len() < SPARE_SLICES {
                self.spare.push(slice);
            }
        }
        Ok(())
    }

    /// Lets all go that is still held.
    pub(super) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        while !self.slices.is_empty() {
            self.release(sink)?;
        }
        Ok(())
    }
}

impl Slice {
    fn push(&mut self, place: Place, line: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(line);
        self.events.push(Held {
            place,
            start,
            end: self.bytes.len(),
        });
    }

    fn release(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        self.events.sort_by_key(|event| event.place.time);
        for event in &self.events {
            let line = self.bytes.get(event.start..event.end).unwrap_or_default();
            sink.take(event.place.partition, line)?;
        }
        self.bytes.clear();
        self.events.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
