//! Ordering by sorting the whole input.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::{JoinHandle, available_parallelism};

use super::buffer::RecordBuffer;
use super::merge::Merge;
use super::released::Released;
use super::spill::Spill;
use crate::error::{Error, plain};
use crate::record::StreamRecord;
use crate::thread;

/// The most threads that sort.
const MOST_SORTERS: usize = 8;

/// Sorts events by time, those of the same time in the order in which they came; on disk beyond a
/// bound of memory.
///
/// Memory is divided into buffers of the same size. While one of them is being filled, the others
/// are sorted and written, each on a thread of its own.
pub(crate) struct ExternalSort {
    /// The most memory, in bytes.
    memory: usize,
    /// Where the temporary file is.
    folder: PathBuf,
    /// The most threads that sort at the same time.
    sorters: usize,
    held: RecordBuffer,
    /// Buffers that are being sorted and written.
    sorting: VecDeque<JoinHandle<io::Result<RecordBuffer>>>,
    spill: Option<Spill>,
    /// What is released; none before the end of the input.
    sorted: Option<Sorted>,
    /// Why it is of no further use: an event may have been lost.
    failed: Option<String>,
}

enum Sorted {
    InMemory(RecordBuffer),
    OnDisk(Merge),
}

impl ExternalSort {
    /// `memory` in bytes; `folder` is for the temporary file.
    pub(super) fn new(memory: u64, folder: PathBuf) -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self {
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            folder,
            sorters: cores.min(MOST_SORTERS),
            held: RecordBuffer::default(),
            sorting: VecDeque::new(),
            spill: None,
            sorted: None,
            failed: None,
        }
    }

    pub(super) fn push(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        let share = self.memory / (self.sorters + 1);
        self.attempt(|sort| {
            if !sort.held.is_empty() && !sort.held.has_room(record, share) {
                sort.hand_over()?;
            }
            sort.held.push(record);
            Ok(())
        })
    }

    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.attempt(|sort| {
            sort.sorted = if sort.spill.is_some() {
                sort.hand_over()?;
                sort.merge()?.map(Sorted::OnDisk)
            } else {
                sort.held.sort_in_place();
                Some(Sorted::InMemory(std::mem::take(&mut sort.held)))
            };
            Ok(())
        })
    }

    pub(super) fn pop(&mut self) -> Result<Option<Released<'_>>, Error> {
        self.check()?;
        let record = match &mut self.sorted {
            None => None,
            Some(Sorted::InMemory(records)) => records.pop(),
            Some(Sorted::OnDisk(merge)) => merge.next().map_err(|e| {
                let error = unsortable(&self.folder, &e);
                self.failed = Some(error.to_string());
                error
            })?,
        };
        Ok(record.map(|record| Released {
            record,
            ahead_of: None,
        }))
    }

    /// Takes a step. After one that has failed, all further ones fail in the same way.
    fn attempt(&mut self, step: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.check()?;
        step(self).inspect_err(|error| self.failed = Some(error.to_string()))
    }

    fn check(&self) -> Result<(), Error> {
        match &self.failed {
            Some(message) => Err(Error::failure(message.clone())),
            None => Ok(()),
        }
    }

    /// Has what is held sorted and written on a thread of its own.
    fn hand_over(&mut self) -> Result<(), Error> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => {
                none.insert(Spill::new(&self.folder).map_err(|e| unsortable(&self.folder, &e))?)
            }
        };
        let extent = spill.reserve(&self.held);
        let free = match self.sorting.len() < self.sorters {
            true => RecordBuffer::default(),
            false => self.take_sorted()?,
        };
        let mut records = std::mem::replace(&mut self.held, free);
        let sorter = thread::spawn("sorter".into(), move || {
            extent.write(&mut records).map(|()| records)
        })?;
        self.sorting.push_back(sorter);
        Ok(())
    }

    /// Waits until the first buffer has been written, and gives it back empty.
    fn take_sorted(&mut self) -> Result<RecordBuffer, Error> {
        let Some(sorter) = self.sorting.pop_front() else {
            return Ok(RecordBuffer::default());
        };
        let written = sorter.join();
        let died = |_| thread::died("a sorter");
        written
            .map_err(died)?
            .map_err(|e| unsortable(&self.folder, &e))
    }

    /// Merges what has been written.
    fn merge(&mut self) -> Result<Option<Merge>, Error> {
        while !self.sorting.is_empty() {
            self.take_sorted()?;
        }
        self.held = RecordBuffer::default();
        let spill = self.spill.take();
        let merge = spill.map(|spill| spill.merge(self.memory, &self.folder));
        merge.transpose().map_err(|e| unsortable(&self.folder, &e))
    }
}

fn unsortable(folder: &Path, error: &io::Error) -> Error {
    Error::failure(format!(
        "cannot sort the input in the temporary folder {}: {}",
        folder.display(),
        plain(error)
    ))
}

#[cfg(test)]
mod tests;
