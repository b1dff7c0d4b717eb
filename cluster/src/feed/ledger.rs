//! Which records of a source are delivered.

use std::collections::{BTreeSet, VecDeque};

/// Which of the records that were read of a source are delivered.
///
/// A record is delivered once it is stored, or once it is known that it will never come out. The
/// lowest record that is not is where a feeder begins that knows no more than this.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// The records from the lowest one on that is not delivered, in order of their offsets.
    entries: VecDeque<Entry>,
    /// Where the source is read next.
    next: u64,
    /// From here on nothing was sent.
    unsent: u64,
    /// Records above `next` that are delivered.
    known: BTreeSet<u64>,
    /// Bytes of the entries.
    size: usize,
}

#[derive(Debug)]
struct Entry {
    offset: u64,
    size: u32,
    is_delivered: bool,
}

impl Ledger {
    /// Nothing was read yet. All before `low` is delivered, and so are these records, of which
    /// those below `low` are passed over.
    pub(crate) fn new(low: u64, delivered: impl IntoIterator<Item = u64>) -> Self {
        let known: BTreeSet<u64> = delivered.into_iter().filter(|&o| o >= low).collect();
        Self {
            entries: VecDeque::new(),
            next: low,
            unsent: known.last().map_or(low, |last| last + 1),
            known,
            size: 0,
        }
    }

    /// The lowest offset that is not delivered.
    pub(crate) fn low(&self) -> u64 {
        self.entries.front().map_or(self.next, |entry| entry.offset)
    }

    /// Where the source is read next.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The offset from which on nothing was sent.
    pub(crate) fn unsent(&self) -> u64 {
        self.unsent
    }

    /// Bytes of the records from the lowest one on that is not delivered.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Notes that a record was read, behind which the source goes on at `next`. Returns whether it
    /// has to be delivered. A record that was read before has not.
    pub(crate) fn read(&mut self, offset: u64, next: u64, size: usize) -> bool {
        if offset < self.next {
            return false;
        }
        self.next = next;
        let is_delivered = self.known.remove(&offset);
        if is_delivered && self.entries.is_empty() {
            return false;
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        self.size += size as usize;
        self.entries.push_back(Entry {
            offset,
            size,
            is_delivered,
        });
        !is_delivered
    }

    /// Passes over what the source does not have, up to an offset. Returns how many records of it
    /// are delivered.
    pub(crate) fn skip(&mut self, next: u64) -> u64 {
        self.next = self.next.max(next);
        let behind = self.known.split_off(&self.next);
        std::mem::replace(&mut self.known, behind).len() as u64
    }

    /// Notes that a record is sent.
    pub(crate) fn send(&mut self, offset: u64) {
        self.unsent = self.unsent.max(offset.saturating_add(1));
    }

    /// Notes that a record is delivered.
    pub(crate) fn deliver(&mut self, offset: u64) {
        let place = self.entries.binary_search_by_key(&offset, |e| e.offset);
        if let Some(entry) = place.ok().and_then(|place| self.entries.get_mut(place)) {
            entry.is_delivered = true;
        }
        while let Some(entry) = self.entries.front()
            && entry.is_delivered
        {
            self.size -= entry.size as usize;
            self.entries.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_record_that_is_not_delivered_is_known() {
        let mut ledger = Ledger::new(10, [9, 12, 13]);
        assert_eq!((ledger.low(), ledger.next(), ledger.unsent()), (10, 10, 14));
        let read: Vec<bool> = (10..16).map(|o| ledger.read(o, o + 1, 100)).collect();
        assert_eq!(read, [true, true, false, false, true, true]);
        assert_eq!((ledger.low(), ledger.size()), (10, 600));
        ledger.deliver(11);
        assert_eq!((ledger.low(), ledger.size()), (10, 600));
        ledger.deliver(10);
        assert_eq!((ledger.low(), ledger.size()), (14, 200));
        ledger.deliver(15);
        ledger.deliver(14);
        assert_eq!((ledger.low(), ledger.size()), (16, 0));
    }

    #[test]
    fn what_is_delivered_at_the_beginning_is_passed_over() {
        let mut ledger = Ledger::new(0, [0, 1]);
        assert!(!ledger.read(0, 1, 1));
        assert!(!ledger.read(1, 2, 1));
        assert_eq!((ledger.low(), ledger.size()), (2, 0));
    }

    #[test]
    fn a_record_that_was_read_before_is_not_delivered_again() {
        let mut ledger = Ledger::new(0, []);
        assert!(ledger.read(5, 9, 1));
        assert!(!ledger.read(5, 9, 1));
        assert_eq!(ledger.skip(20), 0);
        assert_eq!((ledger.low(), ledger.next()), (5, 20));
        ledger.deliver(5);
        assert_eq!(ledger.low(), 20);
    }

    #[test]
    fn what_is_passed_over_may_be_delivered() {
        let mut ledger = Ledger::new(0, [1, 3, 9]);
        assert_eq!(ledger.skip(5), 2);
        assert!(!ledger.read(9, 10, 1));
    }

    #[test]
    fn a_checkpoint_is_behind_all_that_was_sent() {
        let mut ledger = Ledger::new(0, []);
        ledger.read(7, 8, 1);
        assert_eq!(ledger.unsent(), 0);
        ledger.send(7);
        ledger.send(3);
        assert_eq!(ledger.unsent(), 8);
    }
}
