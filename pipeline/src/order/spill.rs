//! Sorted runs of events on disk.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sessionize_formats::time::Millis;

use super::buffer::RecordBuffer;
use super::encoding;
use super::merge::Merge;
use crate::record::StreamRecord;

/// How much is written at once, in bytes.
const WRITE_SIZE: usize = 256 << 10;

/// Runs of events, each sorted, one behind the other in a temporary file.
///
/// The file has no name: the system removes it when the program ends, however it ends. The
/// libraries for such a sort give their files names, and a killed program leaves those files
/// behind.
pub(super) struct Spill {
    file: Arc<File>,
    runs: Vec<Range<u64>>,
    /// The latest time in the last run.
    latest: Millis,
}

impl Spill {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: Arc::new(tempfile::tempfile_in(folder)?),
            runs: Vec::new(),
            latest: Millis::MAX,
        })
    }

    /// Reserves an extent for records that are to be sorted and written. They become a run of their
    /// own, unless all of them go behind the last run: then they make that run longer. So an input
    /// that is in order becomes one run, however long it is.
    pub(super) fn reserve(&mut self, records: &RecordBuffer) -> Extent {
        let start = self.runs.last().map_or(0, |run| run.end);
        let (count, bytes) = records.size();
        let end = start + (count * encoding::HEAD + bytes) as u64;
        if let Some((earliest, latest)) = records.span() {
            match self.runs.last_mut() {
                Some(run) if self.latest <= earliest => run.end = end,
                _ => self.runs.push(start..end),
            }
            self.latest = latest;
        }
        Extent {
            file: self.file.clone(),
            start,
        }
    }

    /// How many runs there are.
    #[cfg(test)]
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Merges the runs, with at most `memory` bytes of memory for reading them, or with what 16
    /// runs need if that is more. Of events of the same time, those of the earlier run come first.
    pub(super) fn merge(mut self, memory: usize, folder: &Path) -> io::Result<Merge> {
        let most = Merge::most_runs(memory);
        while self.runs.len() > most {
            self = self.merge_groups(most, memory, folder)?;
        }
        Merge::of(self.file, self.runs, memory)
    }

    /// Merges each so many neighbours to one run, in a new file.
    fn merge_groups(self, most: usize, memory: usize, folder: &Path) -> io::Result<Self> {
        let mut merged = Self::new(folder)?;
        let mut writer = Writer::new(&merged.file, 0);
        for runs in self.runs.chunks(most) {
            let start = writer.position();
            let mut merge = Merge::of(self.file.clone(), runs.to_vec(), memory)?;
            while let Some(record) = merge.next()? {
                writer.write(&record)?;
            }
            merged.runs.push(start..writer.position());
        }
        writer.flush()?;
        Ok(merged)
    }
}

/// A stretch of the file that records are to be written to: a run, or a part of one.
pub(super) struct Extent {
    file: Arc<File>,
    start: u64,
}

impl Extent {
    /// Sorts the records, and writes them there. The buffer is empty then.
    pub(super) fn write(self, records: &mut RecordBuffer) -> io::Result<()> {
        records.sort_in_place();
        let mut writer = Writer::new(&self.file, self.start);
        while let Some(record) = records.pop() {
            writer.write(&record)?;
        }
        records.clear();
        writer.flush()
    }
}

/// Writes events one behind the other.
struct Writer<'f> {
    file: &'f File,
    /// Where the buffer goes.
    start: u64,
    buffer: Vec<u8>,
}

impl<'f> Writer<'f> {
    fn new(file: &'f File, start: u64) -> Self {
        Self {
            file,
            start,
            buffer: Vec::with_capacity(WRITE_SIZE),
        }
    }

    fn position(&self) -> u64 {
        self.start + self.buffer.len() as u64
    }

    fn write(&mut self, record: &StreamRecord<'_>) -> io::Result<()> {
        let size = encoding::HEAD + record.key_text.len() + record.text.len();
        if self.buffer.len() + size > WRITE_SIZE {
            self.flush()?;
        }
        encoding::append(record, &mut self.buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all_at(&self.buffer, self.start)?;
        self.start = self.position();
        self.buffer.clear();
        Ok(())
    }
}
