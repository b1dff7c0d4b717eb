//! A file whose lines are merged.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sessionize_formats::time::Millis;

use super::Turn;
use super::due::{TimedLine, set_due};
use crate::error::Error;
use crate::source::blocks::{Block, BlockReader};
use crate::source::input::Source;
use crate::source::sequence::LineTime;

/// Lines at the end of a block whose times tell whether it comes before another file.
const LAST_LINES: usize = 15;

/// A file whose lines are merged: its current block and the one behind, to look ahead.
pub(super) struct Head {
    /// Number of the input.
    number: u32,
    blocks: BlockReader,
    current: TimedBlock,
    behind: TimedBlock,
    /// What was wrong when the file could not be read any further.
    failed: Option<Error>,
    /// The line whose turn is next, in the current block.
    line: usize,
    /// Whether it is known when the turns of the current block's lines have come.
    has_turns: bool,
    /// When the turn of the line before has come.
    due: Millis,
}

/// A block and, once they are needed, its lines with their times.
#[derive(Default)]
struct TimedBlock {
    block: Block,
    lines: Option<Vec<TimedLine>>,
}

impl Head {
    /// Opens a file; none if there is nothing in it.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    pub(super) fn open(source: Source, progress: &Arc<AtomicU64>) -> Result<Option<Self>, Error> {
        let mut head = Self {
            number: source.number(),
            blocks: source.open(progress.clone())?,
            current: TimedBlock::default(),
            behind: TimedBlock::default(),
            failed: None,
            line: 0,
            has_turns: false,
            due: Millis::MIN,
        };
        head.read(Block::default());
        Ok(head.advance(Block::default())?.then_some(head))
    }

    /// The turn of the next line.
    pub(super) fn turn(&mut self, time: &mut LineTime) -> Turn {
        self.find_turns(time);
        let line = self.lines().get(self.line);
        (line.map_or(self.due, |line| line.due), self.number)
    }

    /// Whether nothing of the current block is taken yet, and all of it comes before a time.
    pub(super) fn comes_before(&self, bound: Option<Millis>, time: &mut LineTime) -> bool {
        let Some(bound) = bound else {
            return self.line == 0;
        };
        let is_before = |last: Millis| last < bound;
        self.line == 0
            && match &self.current.lines {
                Some(lines) => {
                    let times = lines.iter().rev().filter_map(|line| line.time);
                    times.take(LAST_LINES).all(is_before)
                }
                None => {
                    let lines: Vec<_> = self.current.block.lines().collect();
                    let lines = lines.iter().rev();
                    let times = lines.filter_map(|line| time(line.text));
                    times.take(LAST_LINES).all(is_before)
                }
            }
    }

    /// Takes the current block as a whole, and says whether there is another one.
    pub(super) fn take_block(&mut self, spare: Block) -> (Block, Result<bool, Error>) {
        let block = std::mem::take(&mut self.current.block);
        (block, self.advance(spare))
    }

    /// Takes the lines of the current block whose turn comes before this one, and says whether the
    /// file has any more lines.
    ///
    /// # Errors
    ///
    /// When the file can't be read any further.
    pub(super) fn take_until(
        &mut self,
        until: Turn,
        into: &mut Block,
        time: &mut LineTime,
    ) -> Result<bool, Error> {
        self.find_turns(time);
        let lines = self.lines().get(self.line..).unwrap_or_default();
        let turn = |line: &&TimedLine| (line.due, self.number) < until;
        let taken = lines.iter().take_while(turn).count();
        let end = match lines.get(taken) {
            Some(next) => next.start,
            None => self.current.block.end(),
        };
        if let (Some(first), true) = (lines.first(), taken > 0) {
            into.append(&self.current.block, first.start..end);
        }
        let last = taken.checked_sub(1).and_then(|last| lines.get(last));
        self.due = last.map_or(self.due, |line| line.due);
        self.line += taken;
        if self.line < self.lines().len() {
            return Ok(true);
        }
        let spare = std::mem::take(&mut self.current.block);
        self.advance(spare)
    }

    fn lines(&self) -> &[TimedLine] {
        self.current.lines.as_deref().unwrap_or_default()
    }

    /// Goes on to the next block, and says whether there is one.
    fn advance(&mut self, spare: Block) -> Result<bool, Error> {
        self.line = 0;
        self.has_turns = false;
        self.current = std::mem::take(&mut self.behind);
        if self.current.block.is_empty() {
            return self.failed.take().map_or(Ok(false), Err);
        }
        self.read(spare);
        Ok(true)
    }

    /// Reads the block behind the current one; it is empty at the end of the file.
    fn read(&mut self, spare: Block) {
        match self.blocks.next(spare) {
            Ok(block) => self.behind.block = block.unwrap_or_default(),
            // It comes behind the lines before it.
            Err(error) => self.failed = Some(error),
        }
    }

    /// Finds when the turns of the current block's lines have come, if that is not known.
    fn find_turns(&mut self, time: &mut LineTime) {
        if self.has_turns {
            return;
        }
        self.has_turns = true;
        self.behind.find_times(time);
        self.current.find_times(time);
        let after = self.behind.lines.as_deref().unwrap_or_default();
        if let Some(lines) = &mut self.current.lines {
            set_due(lines, after, self.due);
        }
    }
}

impl TimedBlock {
    fn find_times(&mut self, time: &mut LineTime) {
        let lines = self.block.lines().map(|line| TimedLine {
            start: line.start,
            time: time(line.text),
            due: Millis::MAX,
        });
        self.lines.get_or_insert_with(|| lines.collect());
    }
}
