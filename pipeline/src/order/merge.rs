//! Sorted runs, merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use sessionize_formats::time::Millis;

use super::encoding::{HEAD, Head};
use crate::record::StreamRecord;

/// How much of a run is read at once, in bytes, if memory allows.
const MOST_READ: usize = 1 << 20;

/// How much of a run is read at once at least, in bytes, so that reads of many runs don't cost
/// more than the sort.
const LEAST_READ: usize = 64 << 10;

/// How many runs are merged at once at least, whatever memory that takes.
const LEAST_RUNS: usize = 16;

/// The events of all runs in order.
pub(super) struct Merge {
    file: Arc<File>,
    runs: Vec<Run>,
    /// The next event of each run, by its time and then by the number of the run.
    next: BinaryHeap<Reverse<(Millis, usize, Head)>>,
    /// The bytes of the event that was taken last.
    bytes: Vec<u8>,
}

impl Merge {
    /// How many runs can be merged at once with so much memory, in bytes.
    pub(super) fn most_runs(memory: usize) -> usize {
        (memory / LEAST_READ).max(LEAST_RUNS)
    }

    /// Merges runs of a file.
    pub(super) fn of(file: Arc<File>, runs: Vec<Range<u64>>, memory: usize) -> io::Result<Self> {
        let size = (memory / runs.len().max(1)).clamp(LEAST_READ, MOST_READ);
        let mut merge = Self {
            file,
            next: BinaryHeap::with_capacity(runs.len()),
            runs: runs.into_iter().map(|run| Run::new(run, size)).collect(),
            bytes: Vec::new(),
        };
        for (number, run) in merge.runs.iter_mut().enumerate() {
            if let Some((time, head)) = run.take_head(&merge.file)? {
                merge.next.push(Reverse((time, number, head)));
            }
        }
        Ok(merge)
    }

    /// The next event; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<StreamRecord<'_>>> {
        let Some(mut first) = self.next.peek_mut() else {
            return Ok(None);
        };
        let Reverse((time, number, head)) = &mut *first;
        let (time, number) = (*time, *number);
        let Some(run) = self.runs.get_mut(number) else {
            return Ok(None);
        };
        self.bytes.clear();
        let bytes = run.take(&self.file, head.length())?;
        self.bytes.extend_from_slice(bytes);
        // The head of the run's next event takes the place of this one, and sinks to its own.
        let head = match run.take_head(&self.file)? {
            Some((next_time, next_head)) => {
                std::mem::replace(&mut *first, Reverse((next_time, number, next_head)))
            }
            None => PeekMut::pop(first),
        };
        let Reverse((_, _, head)) = head;
        Ok(Some(head.record(time, &self.bytes)))
    }
}

/// A run that is being read.
struct Run {
    /// What has not been read.
    left: Range<u64>,
    buffer: Vec<u8>,
    /// How much of the buffer has been taken.
    taken: usize,
    /// How much to read at once.
    size: usize,
}

impl Run {
    fn new(range: Range<u64>, size: usize) -> Self {
        Self {
            left: range,
            buffer: Vec::new(),
            taken: 0,
            size,
        }
    }

    /// Takes the time and the head of the next event; none at the end.
    fn take_head(&mut self, file: &File) -> io::Result<Option<(Millis, Head)>> {
        if self.left.is_empty() && self.taken == self.buffer.len() {
            // A run that has ended gives its memory back.
            self.buffer = Vec::new();
            self.taken = 0;
            return Ok(None);
        }
        Head::read(self.take(file, HEAD)?).map(Some)
    }

    /// Takes the next `count` bytes.
    fn take(&mut self, file: &File, count: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.taken < count {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let held = self.buffer.len();
            let left = usize::try_from(self.left.end - self.left.start).unwrap_or(usize::MAX);
            let read = self.size.max(count - held).min(left);
            self.buffer.resize(held + read, 0);
            let into = self.buffer.get_mut(held..).unwrap_or_default();
            file.read_exact_at(into, self.left.start)?;
            self.left.start += read as u64;
        }
        let start = self.taken;
        self.taken += count;
        let bytes = self.buffer.get(start..self.taken);
        bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
