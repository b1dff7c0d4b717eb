//! Ordering by a watermark, which clocks that are ahead don't move.

use sessionize_formats::time::Millis;

use super::aside::{Aside, Waiting};
use super::disorder::Disorder;
use super::ready::Ready;
use super::released::Released;
use super::slices::Slices;
use crate::record::StreamRecord;

/// How many events in a row, all of them ahead, make the stream's own time jump. In real logs one
/// client sends up to 97 requests in a row, and a producer's batch of 16 KB holds about 60 events.
/// To wait for too many costs nothing but the wait, as they come out in order anyway. To jump after
/// too few makes all events behind the jump late.
const JUMP: usize = 1_000;

/// The most memory, in bytes, of events that are set aside, and the same again of events that may
/// turn out to be a jump.
const MAX_BYTES: usize = 64 << 20;

/// Orders events by a watermark, which is the stream's time less `lateness`.
///
/// An event more than `max_ahead` beyond the stream's time doesn't move that time. It waits, and
/// the next events tell why it is ahead. When an event follows that is not ahead, a clock was
/// wrong: the event that waits is set aside until the stream's time has reached it or the input has
/// ended. When only events follow that are ahead, the stream itself has jumped, over a quiet night
/// or to the next file: its time moves on by the least step that they allow. The stream's start is
/// such a jump as well, since any event is ahead of a stream that has no time yet, and the very
/// first clock may be the wrong one.
///
/// Releasing an event as soon as the stream's time has come within `max_ahead` of it was rejected.
/// The event would move the time by up to `max_ahead`, which would bring the next event of the same
/// wrong clock within reach, and so on to the last one.
pub(crate) struct Watermark {
    bounds: Bounds,
    slices: Slices,
    /// Number of events so far.
    number: u64,
    /// The latest events in a row, as long as all of them are ahead.
    streak: Aside,
    /// Events that are known to come from clocks that are ahead.
    aside: Aside,
    set_aside: u64,
    no_room: u64,
    ready: Ready,
}

/// The bounds of a watermark.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// How long events are held back, in ms.
    lateness: Millis,
    /// How far beyond the stream's time an event may move it, in ms; [`Millis::MAX`] for any.
    max_ahead: Millis,
    /// Number of events in a row that make a jump, at least 1.
    jump: usize,
    /// The most memory of events that are set aside, in bytes.
    max_bytes: usize,
}

impl Watermark {
    /// Both in ms. Without `max_ahead` each event moves the stream's time.
    pub(crate) fn new(lateness: Millis, max_ahead: Option<Millis>) -> Self {
        Self::within(Bounds {
            lateness,
            max_ahead: max_ahead.unwrap_or(Millis::MAX),
            jump: JUMP,
            max_bytes: MAX_BYTES,
        })
    }

    fn within(bounds: Bounds) -> Self {
        Self {
            bounds,
            slices: Slices::new(bounds.lateness),
            number: 0,
            streak: Aside::default(),
            aside: Aside::default(),
            set_aside: 0,
            no_room: 0,
            ready: Ready::default(),
        }
    }

    /// Takes an event whose line was this.
    pub(crate) fn push(&mut self, record: &StreamRecord<'_>, line: &[u8]) {
        self.number += 1;
        if record.time.saturating_sub(self.slices.latest()) > self.bounds.max_ahead {
            return self.wait(record, line);
        }
        if !self.streak.is_empty() {
            self.set_aside_before(self.number);
        }
        self.accept(record);
    }

    /// Says that the input has nothing more for now.
    ///
    /// The stream's start is decided as soon as an event could be released, so that a stream which
    /// begins slowly comes out as it comes in. A later jump is not decided here: at a quiet hour,
    /// the only events may be those of a clock that is ahead.
    pub(crate) fn idle(&mut self) {
        if self.slices.latest() == Millis::MIN && self.agreed_span() > self.bounds.lateness {
            self.jump();
        }
    }

    /// Says that the input has ended: the turn of all events has come.
    pub(crate) fn finish(&mut self) {
        while !self.streak.is_empty() {
            self.jump();
        }
        self.let_in_until(Millis::MAX);
        self.slices.finish(&mut self.ready);
    }

    /// The next event whose turn has come; none if there is no such event for now.
    pub(crate) fn pop(&mut self) -> Option<Released<'_>> {
        self.ready.pop()
    }

    /// What the order of the input was like so far.
    pub(crate) fn disorder(&self) -> Disorder {
        Disorder {
            set_aside: self.set_aside,
            no_room: self.no_room,
            behind: self.slices.behind(),
        }
    }

    /// Keeps an event that is ahead.
    #[cold]
    fn wait(&mut self, record: &StreamRecord<'_>, line: &[u8]) {
        self.streak.push(Waiting::new(record, line, self.number));
        while self.streak.len() >= self.bounds.jump || self.streak.size() > self.bounds.max_bytes {
            self.jump();
        }
    }

    /// Moves the stream's time to the earliest event of those that are ahead, and on over the
    /// events that follow within `max_ahead` of each other.
    fn jump(&mut self) {
        let mut until = Millis::MAX;
        let mut newest = 0;
        while let Some(event) = self.streak.pop_until(until) {
            until = event.record().time.saturating_add(self.bounds.max_ahead);
            newest = newest.max(event.number);
            self.accept(&event.record());
        }
        // The events that are left are ahead of these, too. Where one of these came behind such an
        // event, the clock of that event is wrong.
        self.set_aside_before(newest);
    }

    /// The time from the earliest event of the streak to the last one that a jump would reach, in
    /// ms.
    fn agreed_span(&self) -> Millis {
        let mut times = self.streak.times();
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

    /// Sets the events of the streak aside that came before event `number`, which is not ahead.
    #[cold]
    fn set_aside_before(&mut self, number: u64) {
        for event in self.streak.split_before(number) {
            self.set_aside += 1;
            self.aside.push(event);
        }
        while self.aside.size() > self.bounds.max_bytes {
            let Some(event) = self.aside.pop_latest() else {
                break;
            };
            self.no_room += 1;
            let latest = self.slices.latest();
            self.ready.push_ahead(&event.unread(), latest);
        }
    }

    /// Accepts an event as one whose time the stream has reached.
    fn accept(&mut self, record: &StreamRecord<'_>) {
        self.let_in_until(record.time);
        self.slices.push(record, &mut self.ready);
    }

    /// Accepts the events that were set aside, up to a time that the stream has reached.
    fn let_in_until(&mut self, time: Millis) {
        while let Some(event) = self.aside.pop_until(time) {
            self.slices.push(&event.record(), &mut self.ready);
        }
    }
}

#[cfg(test)]
mod tests;
