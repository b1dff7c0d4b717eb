//! Requests that are written later than they happened.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::chance::Chance;
use crate::traffic::Request;

/// Holds each request back by a random time up to a bound, and lets them out in the order in which
/// they are due. A request that comes after a later one does so by the bound at most: the later one
/// is not due before it happens.
#[derive(Debug)]
pub(crate) struct Delay<S> {
    source: S,
    /// The longest delay, in µs.
    bound: i64,
    chance: Chance,
    /// The next request of the source: nothing that is still to come is due before it happened.
    upcoming: Option<Request>,
    held: BinaryHeap<Reverse<Due>>,
    count: u64,
}

/// A request with the time at which it is written; the earlier one first when two are due at once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: i64,
    number: u64,
    request: Request,
}

impl<S: Iterator<Item = Request>> Delay<S> {
    pub(crate) fn new(mut source: S, bound: i64, seed: u64) -> Self {
        Self {
            upcoming: source.next(),
            source,
            bound,
            chance: Chance::new(seed, 1),
            held: BinaryHeap::new(),
            count: 0,
        }
    }
}

impl<S: Iterator<Item = Request>> Iterator for Delay<S> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        if self.bound == 0 {
            return std::mem::replace(&mut self.upcoming, self.source.next());
        }
        while let Some(request) = self.upcoming {
            if self
                .held
                .peek()
                .is_some_and(|first| first.0.at < request.time)
            {
                break;
            }
            let delay = self.chance.up_to(self.bound);
            self.held.push(Reverse(Due {
                at: request.time.saturating_add(delay),
                number: self.count,
                request,
            }));
            self.count += 1;
            self.upcoming = self.source.next();
        }
        self.held.pop().map(|due| due.0.request)
    }
}
