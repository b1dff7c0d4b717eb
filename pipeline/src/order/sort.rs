//! Ordering by sorting the whole input.

use std::io;
use std::path::PathBuf;

use super::spill::Spill;
use super::{Place, Sink};
use crate::error::{Error, plain};

/// Sorts events by time, those of the same time in the order in which they came; on disk beyond a bound of memory.
pub(crate) struct Full {
    /// The most that is held, in bytes.
    memory: usize,
    directory: PathBuf,
    held: Vec<Held>,
    /// The bytes of the events that are held.
    bytes: Vec<u8>,
    spill: Option<Spill>,
}

/// An event that is held.
#[derive(Clone, Copy)]
struct Held {
    time: i64,
    partition: u32,
    start: usize,
    length: usize,
}

impl Full {
    /// `memory` in bytes; the directory is the system's temporary one unless it is given.
    pub(crate) fn new(memory: u64, directory: Option<PathBuf>) -> Self {
        Self {
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            directory: directory.unwrap_or_else(std::env::temp_dir),
            held: Vec::new(),
            bytes: Vec::new(),
            spill: None,
        }
    }

    pub(crate) fn push(&mut self, place: Place, line: &[u8]) -> Result<(), Error> {
        let held = (self.held.len() + 1) * size_of::<Held>() + self.bytes.len() + line.len();
        // A vector that grows has a half of it free.
        if held > self.memory / 2 && !self.held.is_empty() {
            self.write_run().map_err(|e| self.unsortable(&e))?;
        }
        self.held.push(Held {
            time: place.time,
            partition: place.partition as u32,
            start: self.bytes.len(),
            length: line.len(),
        });
        self.bytes.extend_from_slice(line);
        Ok(())
    }

    pub(crate) fn finish(mut self, sink: &mut impl Sink) -> Result<(), Error> {
        if self.spill.is_none() {
            self.held.sort_by_key(|held| held.time);
            for held in &self.held {
                sink.take(held.partition as usize, line(&self.bytes, *held))?;
            }
            return Ok(());
        }
        self.write_run().map_err(|e| self.unsortable(&e))?;
        let Some(spill) = self.spill.take() else {
            return Ok(());
        };
        self.bytes = Vec::new();
        self.held = Vec::new();
        let mut merge = spill.merge(self.memory).map_err(|e| self.unsortable(&e))?;
        while let Some((partition, line)) = merge.next().map_err(|e| self.unsortable(&e))? {
            sink.take(partition as usize, line)?;
        }
        Ok(())
    }

    /// Writes what is held to disk, sorted.
    fn write_run(&mut self) -> io::Result<()> {
        self.held.sort_by_key(|held| held.time);
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(&self.directory)?),
        };
        for held in self.held.drain(..) {
            spill.write(held.time, held.partition, line(&self.bytes, held))?;
        }
        self.bytes.clear();
        spill.end_run()
    }

    fn unsortable(&self, error: &io::Error) -> Error {
        Error::failure(format!(
            "cannot sort the input in the temporary folder {}: {}",
            self.directory.display(),
            plain(error)
        ))
    }
}

fn line(bytes: &[u8], held: Held) -> &[u8] {
    bytes
        .get(held.start..held.start + held.length)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
