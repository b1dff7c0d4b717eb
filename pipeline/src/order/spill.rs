//! Sorted runs of events on disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What is read of a run at once, in bytes, if memory allows.
const MOST_READ: usize = 256 << 10;

/// The least, so that reads of many runs don't cost more than the sort.
const LEAST_READ: usize = 4 << 10;

/// What precedes the bytes of an event: its time, its partition, and their number.
const HEAD: usize = 16;

/// Runs of events, each sorted, one behind the other in a temporary file.
///
/// The file has no name: the system removes it when the program ends, however it ends. The libraries for such a sort give theirs
/// names, which a killed program leaves behind.
pub(super) struct Spill {
    file: BufWriter<File>,
    /// Where runs end.
    ends: Vec<u64>,
    written: u64,
}

impl Spill {
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(directory)?;
        Ok(Self {
            file: BufWriter::with_capacity(MOST_READ, file),
            ends: Vec::new(),
            written: 0,
        })
    }

    /// Adds an event to the run.
    pub(super) fn write(&mut self, time: i64, partition: u32, line: &[u8]) -> io::Result<()> {
        let length = u32::try_from(line.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.file.write_all(&time.to_le_bytes())?;
        self.file.write_all(&partition.to_le_bytes())?;
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(line)?;
        self.written += (HEAD + line.len()) as u64;
        Ok(())
    }

    /// Ends the run.
    pub(super) fn end_run(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.ends.push(self.written);
        Ok(())
    }

    /// Merges the runs, with about so many bytes of memory; of the same time, the earlier run's events come first.
    pub(super) fn merge(self, memory: usize) -> io::Result<Merge> {
        let size = (memory / self.ends.len().max(1)).clamp(LEAST_READ, MOST_READ);
        let mut merge = Merge {
            file: self
                .file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?,
            runs: Vec::with_capacity(self.ends.len()),
            next: BinaryHeap::with_capacity(self.ends.len()),
            line: Vec::new(),
        };
        let mut start = 0;
        for (number, &end) in self.ends.iter().enumerate() {
            merge.runs.push(Run {
                position: start,
                end,
                buffer: Vec::new(),
                taken: 0,
                size,
            });
            start = end;
            merge.advance(number)?;
        }
        Ok(merge)
    }
}

/// The events of all runs in order.
pub(super) struct Merge {
    file: File,
    runs: Vec<Run>,
    /// The next event of each run, by its time and then by the number of the run.
    next: BinaryHeap<Reverse<(i64, usize, Head)>>,
    /// The line of the latest event.
    line: Vec<u8>,
}

/// What a run has of an event in front of its line.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    partition: u32,
    /// Length of the line, in bytes.
    length: usize,
}

impl Merge {
    /// The partition and the line of the next event; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u32, &[u8])>> {
        let Some(Reverse((_, number, head))) = self.next.pop() else {
            return Ok(None);
        };
        self.line.clear();
        if let Some(run) = self.runs.get_mut(number) {
            let line = run.take(&self.file, head.length)?;
            self.line.extend_from_slice(line);
        }
        self.advance(number)?;
        Ok(Some((head.partition, &self.line)))
    }

    /// Reads the head of a run's next event, if there is one.
    fn advance(&mut self, number: usize) -> io::Result<()> {
        if let Some(run) = self.runs.get_mut(number)
            && !run.has_ended()
        {
            let (time, head) = run.take_head(&self.file)?;
            self.next.push(Reverse((time, number, head)));
        }
        Ok(())
    }
}

/// A run that is being read.
struct Run {
    /// Where the next read begins, and where the run ends.
    position: u64,
    end: u64,
    buffer: Vec<u8>,
    /// How much of the buffer is done with.
    taken: usize,
    /// How much to read at once.
    size: usize,
}

impl Run {
    fn has_ended(&self) -> bool {
        self.position == self.end && self.taken == self.buffer.len()
    }

    /// Takes the time and the head of the next event.
    fn take_head(&mut self, file: &File) -> io::Result<(i64, Head)> {
        let head = self.take(file, HEAD)?;
        let (Some((time, rest)), Some(length)) = (head.split_first_chunk(), head.last_chunk())
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let partition = rest.first_chunk().copied().unwrap_or_default();
        let head = Head {
            partition: u32::from_le_bytes(partition),
            length: u32::from_le_bytes(*length) as usize,
        };
        Ok((i64::from_le_bytes(*time), head))
    }

    /// Takes the next so many bytes.
    fn take(&mut self, file: &File, count: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.taken < count {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let held = self.buffer.len();
            let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
            let read = self.size.max(count - held).min(left);
            self.buffer.resize(held + read, 0);
            let into = self.buffer.get_mut(held..).unwrap_or_default();
            file.read_exact_at(into, self.position)?;
            self.position += read as u64;
        }
        let start = self.taken;
        self.taken += count;
        let bytes = self.buffer.get(start..self.taken);
        bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
