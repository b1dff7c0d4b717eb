//! Delays between a request and its line in the log.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::chance::Chance;
use crate::traffic::Request;

/// Delays each request by a random time up to a bound, and emits the requests in the order in which
/// they are due. None is due before it happens. So a request that follows a later one lags it by no
/// more than the bound.
#[derive(Debug)]
pub(crate) struct Delay<S> {
    source: S,
    /// The longest delay, in µs.
    bound: i64,
    chance: Chance,
    /// The next request of the source. No request after it is due before this one's time.
    upcoming: Option<Request>,
    held: BinaryHeap<Reverse<Due>>,
    count: u64,
}

/// A request and the time at which it is written. Of two that are due at once, the earlier request
/// comes first.
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
