//! Events held back by a bounded out-of-orderness watermark.

use std::collections::VecDeque;

use sessionize_formats::time::Millis;

use super::buffer::RecordBuffer;
use super::disorder::Behind;
use super::ready::Ready;
use crate::record::StreamRecord;

/// Number of slices that the time held back is divided into.
const SLICES: i64 = 64;

/// Holds events back until the stream's time has passed them by `lateness`, and releases them in
/// order of time, events of the same time in the order in which they came. An event that comes
/// after its turn is released at once: the session rule flags it.
///
/// Events are collected in slices of time, and a slice is sorted when its turn has come. A heap
/// does the same one event at a time, and costs several times as much once it holds more than the
/// cache: every event that is taken out walks its whole height. The price of slices is that an
/// event may be held back longer, by up to a slice, which is `lateness / 64`.
pub(super) struct Slices {
    lateness: Millis,
    /// Length of a slice in ms.
    width: Millis,
    /// Where the first slice begins. All before has been released.
    begin: Millis,
    /// The stream's time: the largest event time so far; [`Millis::MIN`] before the first event.
    latest: Millis,
    slices: VecDeque<RecordBuffer>,
    behind: Behind,
}

impl Slices {
    /// `lateness` in ms; with 0, events are released as they come.
    pub(super) fn new(lateness: Millis) -> Self {
        Self {
            lateness,
            width: (lateness / SLICES).max(1),
            begin: Millis::MIN,
            latest: Millis::MIN,
            slices: VecDeque::new(),
            behind: Behind::default(),
        }
    }

    /// The stream's time, in ms since the epoch; [`Millis::MIN`] before the first event.
    pub(super) fn latest(&self) -> Millis {
        self.latest
    }

    /// The events that came after their turn.
    pub(super) fn behind(&self) -> Behind {
        self.behind
    }

    /// Takes an event, which moves the stream's time. Events whose turn has come go to `ready`.
    pub(super) fn push(&mut self, record: &StreamRecord<'_>, ready: &mut Ready) {
        let time = record.time;
        if time > self.latest {
            self.latest = time;
            self.advance(ready);
        }
        if self.lateness == 0 || time < self.begin {
            if time < self.latest {
                self.behind.events += 1;
                self.behind.most = self.behind.most.max(self.latest - time);
            }
            return ready.push(record);
        }
        let index = usize::try_from((time - self.begin) / self.width).unwrap_or(usize::MAX);
        while self.slices.len() <= index {
            self.slices.push_back(ready.buffer());
        }
        if let Some(slice) = self.slices.get_mut(index) {
            slice.push(record);
        }
    }

    /// Releases the slices that the watermark has passed.
    fn advance(&mut self, ready: &mut Ready) {
        let watermark = self.latest.saturating_sub(self.lateness);
        while !self.slices.is_empty() && self.begin + self.width <= watermark {
            self.release(ready);
        }
        if self.slices.is_empty() {
            // Aligned to the slices' width, so that which events share a slice does not depend on
            // the first event.
            let aligned = watermark.div_euclid(self.width).saturating_mul(self.width);
            self.begin = self.begin.max(aligned);
        }
    }

    /// Releases the first slice.
    fn release(&mut self, ready: &mut Ready) {
        if let Some(mut slice) = self.slices.pop_front() {
            self.begin += self.width;
            slice.sort();
            ready.append(slice);
        }
    }

    /// Releases all events.
    pub(super) fn finish(&mut self, ready: &mut Ready) {
        while !self.slices.is_empty() {
            self.release(ready);
        }
    }
}

#[cfg(test)]
mod tests;
