//! The stream's time, kept from clocks that are ahead.

use super::aside::{Aside, Held, Waiting};
use super::slices::Slices;
use super::{Disorder, Place, Sink};
use crate::error::Error;

/// How many events in a row, all of them ahead, make the stream's own time jump. In real logs one client sends up to 97
/// requests in a row, and a producer's batch of 16 KB holds about 60 events. To wait for too many costs nothing but the
/// wait, as they come out in order anyway; to jump after too few makes all events late that come behind.
const JUMP: usize = 1_000;

/// The most memory, in bytes, of what is set aside, and the same again of what may turn out to be a jump.
const MAX_BYTES: usize = 64 << 20;

/// Orders events by a watermark, which is the stream's time less `lateness`.
///
/// An event more than `max_ahead` beyond the stream's time doesn't move it. It waits, and what comes next tells what it was.
/// When an event follows that is not ahead, a clock was wrong: the event is set aside until the stream's time has reached
/// it or the input has ended. When only events follow that are ahead, the stream itself has jumped, over a quiet night or
/// to the next file: its time moves on by the least step that they allow. The stream's start is such a jump as well,
/// since any event is ahead of a stream that has no time yet, and the very first clock may be the one that is wrong.
///
/// To let events go once the stream's time has come within `max_ahead` of them lost: such an event would move the
/// time by up to `max_ahead`, and with it come within reach of the next one of the same clock, and so on to the last.
pub(crate) struct Watermark {
    bounds: Bounds,
    slices: Slices,
    /// Number of events so far.
    number: u64,
    /// The latest events in a row, as long as all of them are ahead.
    run: Aside,
    /// Events of which it is known that their clocks are ahead.
    aside: Aside,
    set_aside: u64,
    no_room: u64,
}

/// What a watermark goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How long events are held back, in ms.
    pub(super) lateness: i64,
    /// How far beyond the stream's time an event may move it, in ms; `i64::MAX` for any.
    pub(super) max_ahead: i64,
    /// Number of events in a row that make a jump, at least 1.
    pub(super) jump: usize,
    /// The most memory of what is set aside, in bytes.
    pub(super) max_bytes: usize,
}

impl Watermark {
    /// Both in ms; without `max_ahead` each event moves the stream's time.
    pub(crate) fn new(lateness: i64, max_ahead: Option<i64>) -> Self {
        Self::within(Bounds {
            lateness,
            max_ahead: max_ahead.unwrap_or(i64::MAX),
            jump: JUMP,
            max_bytes: MAX_BYTES,
        })
    }

    pub(super) fn within(bounds: Bounds) -> Self {
        Self {
            bounds,
            slices: Slices::new(bounds.lateness),
            number: 0,
            run: Aside::default(),
            aside: Aside::default(),
            set_aside: 0,
            no_room: 0,
        }
    }

    /// Takes an event; those whose turn has come go on to `sink`.
    pub(crate) fn push(
        &mut self,
        place: Place,
        line: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        self.number += 1;
        if place.time.saturating_sub(self.slices.latest()) > self.bounds.max_ahead {
            return self.wait(place, line, sink);
        }
        if !self.run.is_empty() {
            self.set_aside_before(self.number, sink)?;
        }
        self.accept(place, line, sink)
    }

    /// The input has nothing more for now. So that a stream which begins slowly comes out as it comes in, its start is
    /// decided as soon as something would be let go. A jump is not: at a quiet hour, the clock that is ahead may be the only one heard.
    pub(crate) fn idle(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        if self.slices.latest() == i64::MIN && self.agreed_span() > self.bounds.lateness {
            self.jump(sink)?;
        }
        Ok(())
    }

    /// Lets all events go that are still held.
    pub(crate) fn finish(mut self, sink: &mut impl Sink) -> Result<Disorder, Error> {
        while !self.run.is_empty() {
            self.jump(sink)?;
        }
        self.let_in_until(i64::MAX, sink)?;
        self.slices.finish(sink)?;
        Ok(Disorder {
            set_aside: self.set_aside,
            no_room: self.no_room,
            behind: self.slices.behind(),
        })
    }

    /// Keeps an event that is ahead.
    #[cold]
    fn wait(&mut self, place: Place, line: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        self.run.push(Waiting {
            time: place.time,
            number: self.number,
            held: Held {
                partition: place.partition,
                line: line.into(),
            },
        });
        while self.run.len() >= self.bounds.jump || self.run.bytes() > self.bounds.max_bytes {
            self.jump(sink)?;
        }
        Ok(())
    }

    /// Moves the stream's time to the earliest event of those that are ahead, and on over those that follow within
    /// `max_ahead` of each other.
    fn jump(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        let mut until = i64::MAX;
        let mut newest = 0;
        while let Some(event) = self.run.pop_until(until) {
            until = event.time.saturating_add(self.bounds.max_ahead);
            newest = newest.max(event.number);
            self.accept(event.place(), &event.held.line, sink)?;
        }
        // What is left is ahead of these, too: where one of these came behind it, its clock is wrong.
        self.set_aside_before(newest, sink)
    }

    /// The time from the earliest event of the run to the last one that a jump would reach, in ms.
    fn agreed_span(&self) -> i64 {
        let mut times = self.run.times();
        let Some(first) = times.next() else { return 0 };
        let mut last = first;
        for time in times {
            if time - last > self.bounds.max_ahead {
                break;
            }
            last = time;
        }
        last - first
    }

    /// Sets those of the run aside that came before event `number`, which is not ahead.
    #[cold]
    fn set_aside_before(&mut self, number: u64, sink: &mut impl Sink) -> Result<(), Error> {
        for event in self.run.split_before(number) {
            self.set_aside += 1;
            self.aside.push(event);
        }
        while self.aside.bytes() > self.bounds.max_bytes {
            let Some(event) = self.aside.pop_latest() else {
                break;
            };
            self.no_room += 1;
            sink.take_ahead(event.held.partition, &event.held.line, self.slices.latest())?;
        }
        Ok(())
    }

    /// Takes an event for one whose time the stream has reached.
    fn accept(&mut self, place: Place, line: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        self.let_in_until(place.time, sink)?;
        self.slices.push(place, line, sink)
    }

    /// Lets those in that were set aside, up to a time that the stream has reached.
    fn let_in_until(&mut self, time: i64, sink: &mut impl Sink) -> Result<(), Error> {
        while let Some(event) = self.aside.pop_until(time) {
            self.slices.push(event.place(), &event.held.line, sink)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
