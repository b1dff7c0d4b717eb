//! The order in which several inputs are read.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sessionize_formats::time::Millis;

use super::blocks::{Block, BlockReader};
use super::input::Source;
use super::merge::Merge;
use crate::error::Error;

/// Number of events among which the earliest one tells when a file begins: they may be in disorder.
const FIRST_EVENTS: usize = 15;

/// Number of blocks in which these events are looked for.
const FIRST_BLOCKS: usize = 16;

/// Inputs in the order in which they are read.
pub(crate) enum Sequence {
    /// One after the other.
    InTurn(Vec<Source>),
    /// Regular files first, merged by time; then the others, one after the other.
    Merged(Box<Merge>, Vec<Source>),
}

/// Reads the time of a line.
pub(super) type LineTime = Box<dyn FnMut(&[u8]) -> Option<Millis> + Send>;

/// A file, and when it begins.
pub(super) struct DatedFile {
    /// In ms since the epoch; [`Millis::MAX`] if there is no event in its first blocks.
    pub(super) begin: Millis,
    pub(super) source: Source,
}

impl Sequence {
    /// Merges regular files by the times of their lines, which `time` reads in ms since the epoch;
    /// none of a line without an event. Pipes and the standard input come behind
    /// them, as they may pause at any time.
    pub(crate) fn by_time(
        sources: Vec<Source>,
        time: impl FnMut(&[u8]) -> Option<Millis> + Send + 'static,
    ) -> Self {
        if sources.len() < 2 {
            return Self::InTurn(sources);
        }
        let mut time: LineTime = Box::new(time);
        let mut files = Vec::new();
        let mut others = Vec::new();
        for source in sources {
            let begin = match source.peek() {
                Ok(None) => {
                    others.push(source);
                    continue;
                }
                Ok(Some(blocks)) => begin(blocks, &mut time),
                // The error comes again when the file's turn has come.
                Err(_) => None,
            };
            files.push(DatedFile {
                begin: begin.unwrap_or(Millis::MAX),
                source,
            });
        }
        files.sort_by_key(|file| file.begin);
        Self::Merged(Box::new(Merge::new(files, time)), others)
    }

    /// Reads all inputs, and hands their blocks over until `take` refuses one. After an input that
    /// fails, the next ones are still read. `spare` gives blocks that are no longer needed; the
    /// number of bytes read, as stored, is added to `progress`.
    pub(super) fn read(
        self,
        progress: &Arc<AtomicU64>,
        mut spare: impl FnMut() -> Block,
        mut take: impl FnMut(Result<Block, Error>) -> bool,
    ) {
        let in_turn = match self {
            Self::InTurn(sources) => sources,
            Self::Merged(mut merge, others) => {
                while let Some(block) = merge.next(progress, spare()) {
                    if !take(block) {
                        return;
                    }
                }
                others
            }
        };
        for source in in_turn {
            if !read(source, progress, &mut spare, &mut take) {
                return;
            }
        }
    }
}

/// Reads one input, and says whether the next one is wanted.
fn read(
    source: Source,
    progress: &Arc<AtomicU64>,
    spare: &mut impl FnMut() -> Block,
    take: &mut impl FnMut(Result<Block, Error>) -> bool,
) -> bool {
    let mut blocks = match source.open(progress.clone()) {
        Ok(blocks) => blocks,
        Err(error) => return take(Err(error)),
    };
    loop {
        match blocks.next(spare()) {
            Ok(Some(block)) => {
                if !take(Ok(block)) {
                    return false;
                }
            }
            Ok(None) => return true,
            Err(error) => return take(Err(error)),
        }
    }
}

/// When a file begins, in ms since the epoch; none if there is no event in its first blocks.
fn begin(mut blocks: BlockReader, time: &mut LineTime) -> Option<Millis> {
    let mut times = Vec::with_capacity(FIRST_EVENTS);
    for _ in 0..FIRST_BLOCKS {
        let Ok(Some(block)) = blocks.next(Block::default()) else {
            break;
        };
        let found = block.lines().filter_map(|line| time(line.text));
        times.extend(found.take(FIRST_EVENTS - times.len()));
        if times.len() == FIRST_EVENTS {
            break;
        }
    }
    times.into_iter().min()
}
