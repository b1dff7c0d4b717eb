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

/// An event of a run.
pub(super) struct Event {
    pub(super) partition: u32,
    pub(super) line: Vec<u8>,
}

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
    /// The time of each run's next event, and the number of the run.
    next: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Merge {
    /// Reads the next event; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Event>> {
        let Some(Reverse((_, number))) = self.next.pop() else {
            return Ok(None);
        };
        let Some(run) = self.runs.get_mut(number) else {
            return Ok(None);
        };
        let (_, partition, length) = run.head(&self.file)?;
        run.taken += HEAD;
        let line = run.bytes(&self.file, length)?.to_vec();
        run.taken += length;
        self.advance(number)?;
        Ok(Some(Event { partition, line }))
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        if let Some(run) = self.runs.get_mut(number)
            && !run.has_ended()
        {
            let (time, ..) = run.head(&self.file)?;
            self.next.push(Reverse((time, number)));
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

    /// Time, partition and length of the next event.
    fn head(&mut self, file: &File) -> io::Result<(i64, u32, usize)> {
        let head = self.bytes(file, HEAD)?;
        let (Some((time, rest)), Some(length)) = (head.split_first_chunk(), head.last_chunk())
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let partition = rest.first_chunk().copied().unwrap_or_default();
        Ok((
            i64::from_le_bytes(*time),
            u32::from_le_bytes(partition),
            u32::from_le_bytes(*length) as usize,
        ))
    }

    /// The next so many bytes.
    fn bytes(&mut self, file: &File, count: usize) -> io::Result<&[u8]> {
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
        let bytes = self.buffer.get(self.taken..self.taken + count);
        bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
