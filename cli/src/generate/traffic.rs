//! Who requests what and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::Options;
use super::chance::{Chance, mix};

const MS: i64 = 1_000;
const SECOND: i64 = 1_000 * MS;
const MINUTE: i64 = 60 * SECOND;

/// Pages that a person looks at in a visit, on average.
const PAGES_PER_VISIT: u64 = 4;
/// Images and scripts that a page brings along, on average.
const ASSETS_PER_PAGE: u64 = 2;
/// Requests of a robot's visit, on average.
const REQUESTS_PER_CRAWL: u64 = 250;
/// How long a page is looked at, on average.
const READING: i64 = 25 * SECOND;
/// One page in so many is left open during a break, which ends the session under the usual gap of 30 minutes.
const BREAK_ONE_IN: u64 = 16;
const BREAK_AT_LEAST: i64 = 30 * MINUTE;
const BREAK_BEYOND: i64 = 45 * MINUTE;

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    /// When, in µs since the epoch.
    pub(super) time: i64,
    /// The visitor's rank in the population, from 1: the lower, the more active.
    pub(super) visitor: u32,
    /// Number of the visitor's browser. Several people may share an address, not a browser.
    pub(super) browser: u32,
    pub(super) robot: bool,
    /// The page that is requested, or that the asset belongs to.
    pub(super) page: u32,
    /// The page before.
    pub(super) referer: u32,
    /// 0 for the page itself, else the number of its asset.
    pub(super) asset: u32,
    /// Random bits for all that has no bearing on sessions: status, sizes, ports.
    pub(super) detail: u64,
}

/// A visit under way: its next request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    next: Request,
    /// Makes the order total.
    number: u64,
}

/// Requests in time order, as many as were asked for.
#[derive(Debug)]
pub(super) struct Traffic {
    chance: Chance,
    population: u32,
    left: u64,
    /// When the next visit begins, in µs since the epoch.
    next_visit: i64,
    /// Time between the beginnings of two visits on average, in µs.
    interval: i64,
    visits: u64,
    under_way: BinaryHeap<Reverse<Visit>>,
}

impl Traffic {
    pub(super) fn new(options: &Options) -> Self {
        let population = options.ips.max(1);
        let span = i128::from(options.span.max(0)) * i128::from(MS);
        let visits_x1024 = i128::from(options.events.max(1)) << 10;
        let interval = span * i128::from(mean_requests_x1024(population)) / visits_x1024;
        Self {
            chance: Chance::new(options.seed, 0),
            population,
            left: options.events,
            next_visit: options.start.saturating_mul(MS),
            interval: i64::try_from(interval).unwrap_or(i64::MAX),
            visits: 0,
            under_way: BinaryHeap::new(),
        }
    }

    fn begin_visit(&mut self) {
        let visitor = self.draw_visitor();
        let detail = self.chance.bits();
        // Three visits in four come by the visitor's usual browser.
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

    /// Each doubling of the rank has the same share of the visits: a harmonic (Zipf) distribution in steps, which needs
    /// no table as large as the population.
    fn draw_visitor(&mut self) -> u32 {
        let octave = self.chance.below(u64::from(octaves(self.population)));
        let (first, size) = octave_ranks(self.population, octave as u32);
        first + self.chance.below(u64::from(size)) as u32
    }

    /// Pages are as unevenly liked as visitors are active.
    fn draw_page(&mut self) -> u32 {
        let octave = self.chance.below(14);
        self.chance.below(1 << octave) as u32 + (1 << octave) - 1
    }

    /// What a visit requests next, if anything.
    fn follow(&mut self, last: &Request) -> Option<Request> {
        let detail = self.chance.bits();
        let then = |wait: i64| last.time.saturating_add(wait);
        if last.robot {
            return (!self.chance.one_in(REQUESTS_PER_CRAWL)).then(|| Request {
                time: then(200 * MS + self.chance.below(3_800 * MS as u64) as i64),
                page: self.draw_page(),
                detail,
                ..*last
            });
        }
        if !self.chance.one_in(ASSETS_PER_PAGE + 1) {
            return Some(Request {
                time: then(15 * MS + self.chance.below(300 * MS as u64) as i64),
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
            // Replaced in place: half of the work of taking it out and putting it in again.
            Some(next) => first.0.next = next,
            None => {
                PeekMut::pop(first);
            }
        }
        Some(request)
    }
}

/// Ranks 7 and 37, 101, 165 … crawl.
fn is_robot(visitor: u32) -> bool {
    visitor == 7 || visitor % 64 == 37
}

/// Number of times that the rank doubles within the population.
fn octaves(population: u32) -> u32 {
    population.ilog2() + 1
}

/// First rank and number of ranks of an octave: 1; 2 and 3; 4 to 7; and so on, the last one up to the population.
fn octave_ranks(population: u32, octave: u32) -> (u32, u32) {
    let first = 1_u32 << octave.min(31);
    (
        first,
        first.min(population.saturating_sub(first).saturating_add(1)),
    )
}

/// Mean number of requests of a visit, times 1024.
fn mean_requests_x1024(population: u32) -> u64 {
    let person = PAGES_PER_VISIT * (1 + ASSETS_PER_PAGE);
    let sum: u64 = (0..octaves(population))
        .map(|octave| {
            let (first, size) = octave_ranks(population, octave);
            let up_to = |rank: u32| (u64::from(rank) + 27) / 64 + u64::from(rank >= 7);
            let robots = up_to(first + (size - 1)) - up_to(first - 1);
            let people = u64::from(size) - robots;
            ((robots * REQUESTS_PER_CRAWL + people * person) << 10) / u64::from(size)
        })
        .sum();
    sum / u64::from(octaves(population))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octaves_cover_the_population_once() {
        for population in [1, 2, 3, 4, 7, 8, 1000, u32::MAX] {
            let sizes: u64 = (0..octaves(population))
                .map(|o| u64::from(octave_ranks(population, o).1))
                .sum();
            assert_eq!(sizes, u64::from(population));
        }
    }

    #[test]
    fn the_mean_counts_the_robots_there_are() {
        for population in [1, 6, 7, 36, 37, 101, 5000] {
            let sum: u64 = (0..octaves(population))
                .map(|o| {
                    let (first, size) = octave_ranks(population, o);
                    let requests = |rank| {
                        if is_robot(rank) {
                            REQUESTS_PER_CRAWL
                        } else {
                            12
                        }
                    };
                    ((first..first + size).map(requests).sum::<u64>() << 10) / u64::from(size)
                })
                .sum();
            let mean = sum / u64::from(octaves(population));
            assert_eq!(mean_requests_x1024(population), mean, "{population}");
        }
    }
}
