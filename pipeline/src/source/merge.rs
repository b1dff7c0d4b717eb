//! Files that overlap in time, such as those of several servers, merged line by line.
//!
//! * [`head`]: a file whose lines are merged.
//! * [`due`]: when the turn of its lines has come.

mod due;
mod head;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sessionize_formats::time::Millis;

use super::blocks::Block;
use super::sequence::{DatedFile, LineTime};
use crate::error::Error;
use head::Head;

/// The most files that are merged at once, as each of them takes a descriptor, half a megabyte and
/// the memory of its decompression. Further ones wait until one of them has ended.
const MOST_OPEN: usize = 64;

/// Merges files by the times of their lines.
///
/// A file that is in order comes out in order with all others, and one in some disorder keeps just
/// that. A file is opened when the others have come to its beginning, so that rotated logs are read
/// one after the other, and nothing of them is looked at but the ends of their blocks.
pub(crate) struct Merge {
    /// Files that are not open yet, by when they begin.
    waiting: VecDeque<DatedFile>,
    open: Vec<Head>,
    time: LineTime,
    /// An error that comes behind the lines before it.
    failed: Option<Error>,
}

/// The turn of a line: its time, and of equal times the file that the user named first.
type Turn = (Millis, u32);

impl Merge {
    /// Merges files, which are in order of when they begin.
    pub(super) fn new(files: Vec<DatedFile>, time: LineTime) -> Self {
        Self {
            waiting: files.into(),
            open: Vec::new(),
            time,
            failed: None,
        }
    }

    /// The next block, in the buffer of one that is no longer needed; none at the end of all files.
    /// After the error of one file, the others go on.
    pub(super) fn next(
        &mut self,
        progress: &Arc<AtomicU64>,
        mut block: Block,
    ) -> Option<Result<Block, Error>> {
        block.clear();
        loop {
            if let Some(error) = self.failed.take() {
                if block.is_empty() {
                    return Some(Err(error));
                }
                self.failed = Some(error);
                return Some(Ok(block));
            }
            if block.is_full() {
                return Some(Ok(block));
            }
            if let Some(whole) = self.whole_block(&mut block) {
                return Some(Ok(whole));
            }
            let earliest = self.earliest();
            if self.open_next(earliest, progress) {
                continue;
            }
            let Some((first, _)) = earliest else {
                return (!block.is_empty()).then_some(Ok(block));
            };
            let until = self.turn_after(first);
            self.step(first, |head, time| head.take_until(until, &mut block, time));
        }
    }

    /// The next block of the only open file, if all of it comes before the next file begins.
    fn whole_block(&mut self, spare: &mut Block) -> Option<Block> {
        let ([head], true) = (self.open.as_mut_slice(), spare.is_empty()) else {
            return None;
        };
        let before = self.waiting.front().map(|file| file.begin);
        if !head.comes_before(before, &mut self.time) {
            return None;
        }
        let mut whole = None;
        self.step(0, |head, _| {
            let (block, advanced) = head.take_block(std::mem::take(spare));
            whole = Some(block);
            advanced
        });
        whole
    }

    /// Opens the file that begins next, if the open ones have come to its beginning.
    fn open_next(&mut self, earliest: Option<(usize, Turn)>, progress: &Arc<AtomicU64>) -> bool {
        let earliest = earliest.map_or(Millis::MAX, |(_, (due, _))| due);
        let is_due = self
            .waiting
            .front()
            .is_some_and(|file| file.begin <= earliest);
        if !is_due || self.open.len() >= MOST_OPEN {
            return false;
        }
        let Some(file) = self.waiting.pop_front() else {
            return false;
        };
        match Head::open(file.source, progress) {
            Ok(head) => self.open.extend(head),
            Err(error) => self.failed = Some(error),
        }
        true
    }

    /// The open file whose turn it is, and its turn.
    fn earliest(&mut self) -> Option<(usize, Turn)> {
        let turns = self.open.iter_mut().map(|head| head.turn(&mut self.time));
        turns.enumerate().min_by_key(|(_, turn)| *turn)
    }

    /// Until when it is the turn of this open file: the turn of the next one.
    fn turn_after(&mut self, first: usize) -> Turn {
        let mut until = (Millis::MAX, u32::MAX);
        for (other, head) in self.open.iter_mut().enumerate() {
            if other != first {
                until = until.min(head.turn(&mut self.time));
            }
        }
        if let (Some(file), true) = (self.waiting.front(), self.open.len() < MOST_OPEN) {
            until = until.min((file.begin, file.source.number()));
        }
        until
    }

    /// Has an open file go on; closes it at its end, or if it fails.
    fn step(
        &mut self,
        open: usize,
        go_on: impl FnOnce(&mut Head, &mut LineTime) -> Result<bool, Error>,
    ) {
        let Some(head) = self.open.get_mut(open) else {
            return;
        };
        let goes_on = go_on(head, &mut self.time).unwrap_or_else(|error| {
            self.failed = Some(error);
            false
        });
        if !goes_on {
            self.open.swap_remove(open);
        }
    }
}

#[cfg(test)]
mod tests;
