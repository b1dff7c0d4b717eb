//! Events held back until their turn.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::words::Millis;

/// Events in order of time, those of the same time in the order in which they came.
///
/// A heap, where `sessionize run` has slices of time: what a feeder holds back is bounded by its
/// window, and each event costs several times as much on its way to a broker.
pub(crate) struct Hold<T> {
    events: BinaryHeap<Reverse<Held<T>>>,
    number: u64,
}

struct Held<T> {
    time: Millis,
    number: u64,
    event: T,
}

impl<T> Hold<T> {
    pub(crate) fn new() -> Self {
        Self {
            events: BinaryHeap::new(),
            number: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Holds an event back.
    pub(crate) fn push(&mut self, time: Millis, event: T) {
        self.number += 1;
        let number = self.number;
        self.events.push(Reverse(Held {
            time,
            number,
            event,
        }));
    }

    /// The earliest event, if its time is before this one.
    pub(crate) fn pop_before(&mut self, time: Millis) -> Option<(Millis, T)> {
        if self.events.peek()?.0.time >= time {
            return None;
        }
        self.pop()
    }

    /// The earliest event.
    pub(crate) fn pop(&mut self) -> Option<(Millis, T)> {
        let Reverse(held) = self.events.pop()?;
        Some((held.time, held.event))
    }
}

impl<T> Held<T> {
    fn place(&self) -> (Millis, u64) {
        (self.time, self.number)
    }
}

impl<T> PartialEq for Held<T> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl<T> Eq for Held<T> {}

impl<T> PartialOrd for Held<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Held<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_in_order_of_time_and_then_as_they_came() {
        let mut hold = Hold::new();
        for (time, event) in [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd')] {
            hold.push(time, event);
        }
        let mut out = Vec::new();
        while let Some((_, event)) = hold.pop_before(3) {
            out.push(event);
        }
        assert_eq!(out, ['b', 'd']);
        assert_eq!(hold.len(), 2);
        assert_eq!(hold.pop(), Some((3, 'a')));
        assert_eq!(hold.pop(), Some((3, 'c')));
        assert_eq!(hold.pop(), None);
    }
}
