//! Who requests what, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use rand_distr::Zipf;

use crate::LogOptions;
use crate::chance::{Chance, mix};

const MS: i64 = 1_000;
const SECOND: i64 = 1_000 * MS;
const MINUTE: i64 = 60 * SECOND;

/// Mean number of pages in a person's visit.
const PAGES_PER_VISIT: u32 = 4;
/// Mean number of images and scripts on a page.
const ASSETS_PER_PAGE: u32 = 2;
/// Mean number of requests in a robot's visit.
const REQUESTS_PER_CRAWL: u32 = 250;
/// Number of pages on the site.
const PAGES: u32 = 16_383;
/// Mean time that a person spends on a page.
const READING: i64 = 25 * SECOND;
/// One page in this many is left open during a break. With the usual gap of 30 minutes, the break
/// ends the session.
const BREAK_ONE_IN: u32 = 16;
const BREAK_AT_LEAST: i64 = 30 * MINUTE;
const BREAK_BEYOND: i64 = 45 * MINUTE;

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// Time of the request, in µs since the epoch.
    pub(crate) time: i64,
    /// The visitor's rank in the population, from 1 for the most active.
    pub(crate) visitor: u32,
    /// Identifies the visitor's browser. Several people may share an address, but not a browser.
    pub(crate) browser: u32,
    pub(crate) robot: bool,
    /// The requested page, or the page of the requested asset.
    pub(crate) page: u32,
    /// The previous page.
    pub(crate) referer: u32,
    /// 0 for the page itself, otherwise the number of an asset of the page.
    pub(crate) asset: u32,
    /// Random bits for what does not matter to sessions: status, sizes, ports.
    pub(crate) detail: u64,
}

/// An active visit, with its next request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    next: Request,
    /// Makes the order total.
    number: u64,
}

/// Requests in order of time, as many as the options ask for.
#[derive(Debug)]
pub(crate) struct Traffic {
    chance: Chance,
    /// Draws the rank of a visitor: the second is half as active as the first, the third a third.
    visitors: Zipf<f64>,
    /// Draws a page. Pages are as unevenly popular as visitors are active.
    pages: Zipf<f64>,
    left: u64,
    /// When the next visit begins, in µs since the epoch.
    next_visit: i64,
    /// Mean time between the beginnings of two visits, in µs.
    interval: i64,
    visits: u64,
    under_way: BinaryHeap<Reverse<Visit>>,
}

impl Traffic {
    pub(crate) fn new(options: &LogOptions) -> Self {
        let population = options.ips.max(1);
        let span = options.span.max(0) as f64 * MS as f64;
        let visits = options.events.max(1) as f64 / mean_requests(population);
        Self {
            chance: Chance::new(options.seed, 0),
            visitors: harmonic(population),
            pages: harmonic(PAGES),
            left: options.events,
            next_visit: options.start.saturating_mul(MS),
            interval: (span / visits) as i64,
            visits: 0,
            under_way: BinaryHeap::new(),
        }
    }

    fn begin_visit(&mut self) {
        let visitor = self.chance.sample(&self.visitors) as u32;
        let detail = self.chance.bits();
        // Three visits in four use the visitor's usual browser.
        let other = if detail & 3 == 0 {
            detail >> 2 & 0xff
        } else {
            0
        };
        let request = Request {
            time: self.next_visit,
            visitor,
            browser: mix(u64::from(visitor) << 8 | other) as u32,
            robot: is_robot(visitor),
            page: 0,
            referer: 0,
            asset: 0,
            detail,
        };
        let page = self.draw_page();
        self.under_way.push(Reverse(Visit {
            next: Request { page, ..request },
            number: self.visits,
        }));
        self.visits += 1;
        self.next_visit = self
            .next_visit
            .saturating_add(self.chance.wait(self.interval));
    }

    fn draw_page(&mut self) -> u32 {
        self.chance.sample(&self.pages) as u32 - 1
    }

    /// The next request of a visit, if there is one.
    fn follow(&mut self, last: &Request) -> Option<Request> {
        let detail = self.chance.bits();
        let then = |wait: i64| last.time.saturating_add(wait);
        if last.robot {
            return (!self.chance.one_in(REQUESTS_PER_CRAWL)).then(|| Request {
                time: then(200 * MS + self.chance.up_to(3_800 * MS)),
                page: self.draw_page(),
                detail,
                ..*last
            });
        }
        if !self.chance.one_in(ASSETS_PER_PAGE + 1) {
            return Some(Request {
                time: then(15 * MS + self.chance.up_to(300 * MS)),
                asset: last.asset + 1,
                detail,
                ..*last
            });
        }
        if self.chance.one_in(PAGES_PER_VISIT) {
            return None;
        }
        let wait = if self.chance.one_in(BREAK_ONE_IN) {
            BREAK_AT_LEAST + self.chance.wait(BREAK_BEYOND)
        } else {
            SECOND + self.chance.wait(READING)
        };
        Some(Request {
            time: then(wait),
            page: self.draw_page(),
            referer: last.page,
            asset: 0,
            detail,
            ..*last
        })
    }
}

impl Iterator for Traffic {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        self.left = self.left.checked_sub(1)?;
        while self
            .under_way
            .peek()
            .is_none_or(|first| self.next_visit <= first.0.next.time)
        {
            self.begin_visit();
        }
        let request = self.under_way.peek()?.0.next;
        let following = self.follow(&request);
        let mut first = self.under_way.peek_mut()?;
        match following {
            // Replacing it in place is half the work of removing it and adding it again.
            Some(next) => first.0.next = next,
            None => {
                PeekMut::pop(first);
            }
        }
        Some(request)
    }
}

/// Whether a visitor is a robot: ranks 7, 37, 101, 165 and so on are.
fn is_robot(visitor: u32) -> bool {
    visitor == 7 || visitor % 64 == 37
}

/// Draws ranks from 1 to `ranks`, each with a probability proportional to its reciprocal.
fn harmonic(ranks: u32) -> Zipf<f64> {
    // It only refuses fewer than one rank, or a negative exponent.
    Zipf::new(f64::from(ranks.max(1)), 1.0).unwrap_or_else(|_| unreachable!())
}

/// The mean number of requests of a visit.
///
/// It adds up the visitors' shares. Ranks beyond the first million are added a thousand at a time:
/// their shares are so small that the result differs by less than a millionth.
fn mean_requests(population: u32) -> f64 {
    const ONE_BY_ONE: u32 = 1 << 20;
    const AT_ONCE: u32 = 64 * 16;
    let person = f64::from(PAGES_PER_VISIT * (1 + ASSETS_PER_PAGE));
    let robot = f64::from(REQUESTS_PER_CRAWL);
    let (mut requests, mut shares) = (0.0, 0.0);
    for rank in 1..=population.min(ONE_BY_ONE) {
        let share = 1.0 / f64::from(rank);
        requests += share * if is_robot(rank) { robot } else { person };
        shares += share;
    }
    let mixed = (robot + 63.0 * person) / 64.0;
    for first in (ONE_BY_ONE + 1..=population).step_by(AT_ONCE as usize) {
        let ranks = f64::from((population - first + 1).min(AT_ONCE));
        let share = ranks / (f64::from(first) + ranks / 2.0);
        requests += share * mixed;
        shares += share;
    }
    requests / shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_counts_the_robots_there_are() {
        // Of two visitors, the second comes half as often as the first; both are people.
        assert_eq!(mean_requests(2), 12.0);
        // Ranks 7, 37 and 101 are robots.
        let shares: f64 = (1..=101).map(|rank| 1.0 / f64::from(rank)).sum();
        let robots = 1.0 / 7.0 + 1.0 / 37.0 + 1.0 / 101.0;
        let mean = 12.0 + robots / shares * (250.0 - 12.0);
        assert!((mean_requests(101) - mean).abs() < 1e-9);
    }

    #[test]
    fn a_large_population_is_summed_in_steps() {
        let population = 3 << 20;
        let (mut requests, mut shares) = (0.0, 0.0);
        for rank in 1..=population {
            let share = 1.0 / f64::from(rank);
            requests += share * if is_robot(rank) { 250.0 } else { 12.0 };
            shares += share;
        }
        let exact: f64 = requests / shares;
        assert!((mean_requests(population) / exact - 1.0).abs() < 1e-6);
    }
}
