//! Ordering by sorting the whole input.

use std::io;
use std::path::PathBuf;

use super::buffer::RecordBuffer;
use super::released::Released;
use super::spill::{Merge, Spill};
use crate::error::{Error, plain};
use crate::record::StreamRecord;

/// Sorts events by time, those of the same time in the order in which they came; on disk beyond a
/// bound of memory.
pub(crate) struct ExternalSort {
    /// The most memory, in bytes.
    memory: usize,
    /// Where the temporary file is.
    folder: PathBuf,
    held: RecordBuffer,
    spill: Option<Spill>,
    /// What is released; none before the end of the input.
    sorted: Option<Sorted>,
}

enum Sorted {
    InMemory(RecordBuffer),
    OnDisk(Merge),
}

impl ExternalSort {
    /// `memory` in bytes; `folder` is for the temporary file.
    pub(super) fn new(memory: u64, folder: PathBuf) -> Self {
        Self {
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            folder,
            held: RecordBuffer::default(),
            spill: None,
            sorted: None,
        }
    }

    pub(super) fn push(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        // A vector that grows has a half of it free.
        if self.held.size_with(record) > self.memory / 2 && !self.held.is_empty() {
            self.write_run().map_err(|e| unsortable(&self.folder, &e))?;
        }
        self.held.push(record);
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let sorted = if self.spill.is_some() {
            self.merge().map_err(|e| unsortable(&self.folder, &e))?
        } else {
            self.held.sort();
            Some(Sorted::InMemory(std::mem::take(&mut self.held)))
        };
        self.sorted = sorted;
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Result<Option<Released<'_>>, Error> {
        let record = match &mut self.sorted {
            None => None,
            Some(Sorted::InMemory(records)) => records.pop(),
            Some(Sorted::OnDisk(merge)) => {
                merge.next().map_err(|e| unsortable(&self.folder, &e))?
            }
        };
        Ok(record.map(|record| Released {
            record,
            ahead_of: None,
        }))
    }

    /// Writes what is held to disk, sorted.
    fn write_run(&mut self) -> io::Result<()> {
        self.held.sort();
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(&self.folder)?),
        };
        while let Some(record) = self.held.pop() {
            spill.write(&record)?;
        }
        self.held.clear();
        spill.end_run()
    }

    fn merge(&mut self) -> io::Result<Option<Sorted>> {
        self.write_run()?;
        self.held = RecordBuffer::default();
        let merge = self.spill.take().map(|spill| spill.merge(self.memory));
        Ok(merge.transpose()?.map(Sorted::OnDisk))
    }
}

fn unsortable(folder: &std::path::Path, error: &io::Error) -> Error {
    Error::failure(format!(
        "cannot sort the input in the temporary folder {}: {}",
        folder.display(),
        plain(error)
    ))
}

#[cfg(test)]
mod tests;
