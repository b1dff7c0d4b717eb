//! The order in which several inputs are read.

use super::input::Source;
use super::lines::{Block, Blocks};
use crate::placer::Placer;

/// Events whose times tell when a file begins: of the first ones the middle one, as a clock may be wrong.
const FIRST_EVENTS: usize = 15;

/// Blocks in which they are looked for.
const FIRST_BLOCKS: usize = 16;

/// Sorts regular files by when they begin, and puts pipes and the standard input behind them, as these can't be looked into
/// without being read. Those of the same time stay in the order given. Files without an event come behind those with one.
pub(crate) fn by_time(mut sources: Vec<Source>, placer: &mut Placer) -> Vec<Source> {
    if sources.len() > 1 {
        sources.sort_by_cached_key(|source| match source.peek() {
            Ok(Some(reader)) => (0, begin(Blocks::new(reader), placer).unwrap_or(i64::MAX)),
            // What is wrong with it is said when its turn has come.
            Err(_) => (0, i64::MAX),
            Ok(None) => (1, 0),
        });
    }
    sources
}

/// When a file begins, in ms since the epoch; none if there is no event in its first blocks.
fn begin(mut blocks: Blocks, placer: &mut Placer) -> Option<i64> {
    let mut times = Vec::with_capacity(FIRST_EVENTS);
    for _ in 0..FIRST_BLOCKS {
        let Ok(Some(block)) = blocks.next(Block::default()) else {
            break;
        };
        let events = block.lines().filter_map(|line| placer.place(line));
        let wanted = FIRST_EVENTS - times.len();
        times.extend(events.take(wanted).map(|place| place.time));
        if times.len() == FIRST_EVENTS {
            break;
        }
    }
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied()
}
