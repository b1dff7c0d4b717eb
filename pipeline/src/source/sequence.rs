//! The order in which several inputs are read.

use sessionize_formats::time::Millis;

use super::blocks::{Block, BlockReader};
use super::input::Source;

/// Number of events whose middle time is taken for the time when a file begins: a single clock may
/// be wrong.
const FIRST_EVENTS: usize = 15;

/// Number of blocks in which these events are looked for.
const FIRST_BLOCKS: usize = 16;

/// Sorts regular files by when they begin. Files of the same time stay in the order given; files
/// without an event come behind those with one. Pipes and the standard input come last, as only
/// reading them could tell when they begin. `time` reads the time of the event in a line, in ms
/// since the epoch.
pub(crate) fn by_time(
    mut sources: Vec<Source>,
    mut time: impl FnMut(&[u8]) -> Option<Millis>,
) -> Vec<Source> {
    if sources.len() > 1 {
        sources.sort_by_cached_key(|source| match source.peek() {
            Ok(Some(blocks)) => (0, begin(blocks, &mut time).unwrap_or(Millis::MAX)),
            // The error comes again when the file's turn has come.
            Err(_) => (0, Millis::MAX),
            Ok(None) => (1, 0),
        });
    }
    sources
}

/// When a file begins, in ms since the epoch; none if there is no event in its first blocks.
fn begin(
    mut blocks: BlockReader,
    time: &mut impl FnMut(&[u8]) -> Option<Millis>,
) -> Option<Millis> {
    let mut times = Vec::with_capacity(FIRST_EVENTS);
    for _ in 0..FIRST_BLOCKS {
        let Ok(Some(block)) = blocks.next(Block::default()) else {
            break;
        };
        let found = block.lines().filter_map(|(_, line)| time(line));
        times.extend(found.take(FIRST_EVENTS - times.len()));
        if times.len() == FIRST_EVENTS {
            break;
        }
    }
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied()
}
