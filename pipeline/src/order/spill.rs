//! Sorted runs of events on disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sessionize_core::key::Key;
use sessionize_core::output::{Members, Place};
use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// How much of a run is read at once, in bytes, if memory allows.
const MOST_READ: usize = 256 << 10;

/// How much of a run is read at once at least, in bytes, so that reads of many runs don't cost
/// more than the sort.
const LEAST_READ: usize = 4 << 10;

/// Length of an event's head, in bytes.
const HEAD: usize = 54;

/// Runs of events, each sorted, one behind the other in a temporary file.
///
/// The file has no name: the system removes it when the program ends, however it ends. The
/// libraries for such a sort give their files names, and a killed program leaves those files
/// behind.
pub(super) struct Spill {
    file: BufWriter<File>,
    /// Where runs end.
    ends: Vec<u64>,
    written: u64,
}

impl Spill {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        Ok(Self {
            file: BufWriter::with_capacity(MOST_READ, file),
            ends: Vec::new(),
            written: 0,
        })
    }

    /// Adds an event to the run.
    pub(super) fn write(&mut self, record: &StreamRecord<'_>) -> io::Result<()> {
        let SourcePosition { input, byte } = record.position;
        let file = &mut self.file;
        file.write_all(&record.time.to_le_bytes())?;
        file.write_all(&byte.to_le_bytes())?;
        file.write_all(&input.to_le_bytes())?;
        file.write_all(&record.key.bits().to_le_bytes())?;
        file.write_all(&[
            record.key.is_text().into(),
            match record.place.members {
                Members::None => 0,
                Members::Others => 1,
                Members::Added => 2,
            },
        ])?;
        for length in [
            record.place.close,
            record.line,
            record.key_text.len(),
            record.text.len(),
        ] {
            let length = u32::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
            file.write_all(&length.to_le_bytes())?;
        }
        file.write_all(record.key_text)?;
        file.write_all(record.text)?;
        self.written += (HEAD + record.key_text.len() + record.text.len()) as u64;
        Ok(())
    }

    /// Ends the run.
    pub(super) fn end_run(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.ends.push(self.written);
        Ok(())
    }

    /// Merges the runs, with about `memory` bytes of memory. Of events of the same time, those of
    /// the earlier run come first.
    pub(super) fn merge(self, memory: usize) -> io::Result<Merge> {
        let size = (memory / self.ends.len().max(1)).clamp(LEAST_READ, MOST_READ);
        let mut merge = Merge {
            file: self
                .file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?,
            runs: Vec::with_capacity(self.ends.len()),
            next: BinaryHeap::with_capacity(self.ends.len()),
            bytes: Vec::new(),
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
    next: BinaryHeap<Reverse<(Millis, usize, Head)>>,
    /// The bytes of the event that was popped last: the text of its key, and its own.
    bytes: Vec<u8>,
}

/// What stands in front of an event's bytes in a run, beside its time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    position: SourcePosition,
    key: Key,
    close: u32,
    members: u8,
    /// Lengths in bytes.
    line: u32,
    key_length: u32,
    text_length: u32,
}

impl Merge {
    /// The next event; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<StreamRecord<'_>>> {
        let Some(Reverse((time, number, head))) = self.next.pop() else {
            return Ok(None);
        };
        self.bytes.clear();
        if let Some(run) = self.runs.get_mut(number) {
            let length = head.key_length as usize + head.text_length as usize;
            let bytes = run.take(&self.file, length)?;
            self.bytes.extend_from_slice(bytes);
        }
        self.advance(number)?;
        let (key_text, text) = self
            .bytes
            .split_at_checked(head.key_length as usize)
            .unwrap_or_default();
        Ok(Some(StreamRecord {
            time,
            key: head.key,
            key_text,
            text,
            place: Place {
                close: head.close as usize,
                members: match head.members {
                    0 => Members::None,
                    1 => Members::Others,
                    _ => Members::Added,
                },
            },
            line: head.line as usize,
            position: head.position,
        }))
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
    /// How much of the buffer has been taken.
    taken: usize,
    /// How much to read at once.
    size: usize,
}

impl Run {
    fn has_ended(&self) -> bool {
        self.position == self.end && self.taken == self.buffer.len()
    }

    /// Takes the time and the head of the next event.
    fn take_head(&mut self, file: &File) -> io::Result<(Millis, Head)> {
        let mut bytes = self.take(file, HEAD)?;
        let time = Millis::from_le_bytes(number(&mut bytes)?);
        let byte = u64::from_le_bytes(number(&mut bytes)?);
        let head = Head {
            position: SourcePosition {
                byte,
                input: u32::from_le_bytes(number(&mut bytes)?),
            },
            key: {
                let bits = u128::from_le_bytes(number(&mut bytes)?);
                let [is_text] = number(&mut bytes)?;
                Key::from_parts(bits, is_text != 0)
            },
            members: {
                let [members] = number(&mut bytes)?;
                members
            },
            close: u32::from_le_bytes(number(&mut bytes)?),
            line: u32::from_le_bytes(number(&mut bytes)?),
            key_length: u32::from_le_bytes(number(&mut bytes)?),
            text_length: u32::from_le_bytes(number(&mut bytes)?),
        };
        Ok((time, head))
    }

    /// Takes the next `count` bytes.
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

/// Takes the bytes of a number off the front.
fn number<const SIZE: usize>(bytes: &mut &[u8]) -> io::Result<[u8; SIZE]> {
    let (number, rest) = bytes
        .split_first_chunk()
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    *bytes = rest;
    Ok(*number)
}
