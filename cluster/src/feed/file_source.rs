//! A file, a pipe or the standard input as a source.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use fluvio_future::task::spawn_blocking;
use sessionize_core::key::Key;
use sessionize_pipeline::error::Error;
use sessionize_pipeline::{Input, InputLine, InputLines};

use super::source::{Portion, RawRecord, Source, Start, Then};
use crate::failure::Failure;

/// Bytes of records that are handed over at once.
const PORTION: usize = 1 << 20;

/// What an input is called that begins with this line.
///
/// It is its content that names it, so that it is the same under another name, after it was
/// compressed, and on another machine. Log files begin with the time of an event. Comments come
/// before that, and are the same in all files.
pub(crate) fn name_of(first_line: &[u8]) -> String {
    format!("file/{:016x}", Key::text(first_line).bits() >> 64)
}

/// Whether a line can name an input.
pub(crate) fn is_telling(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    !line.is_empty() && !line.starts_with(b"#")
}

/// An input that is open.
pub(crate) struct Opened {
    lines: InputLines,
    /// Records that were read, the latest ones at least.
    kept: VecDeque<RawRecord>,
    size: usize,
    /// Bytes of records to keep after they were handed over.
    keep: usize,
    name: Option<String>,
    has_ended: bool,
}

impl Opened {
    /// Opens an input. Of one that can't be read again, the latest `keep` bytes stay.
    pub(crate) fn new(input: &Input, keep: usize) -> Result<Self, Error> {
        Ok(Self {
            lines: InputLines::open(input)?,
            kept: VecDeque::new(),
            size: 0,
            keep,
            name: None,
            has_ended: false,
        })
    }

    fn read_on(&mut self) -> Result<(), Error> {
        let (kept, size, name) = (&mut self.kept, &mut self.size, &mut self.name);
        let take = |line: InputLine<'_>| {
            if name.is_none() && is_telling(line.text) {
                *name = Some(name_of(line.text));
            }
            *size += line.text.len();
            kept.push_back(RawRecord {
                offset: line.begin,
                next: line.end,
                value: line.text.to_vec(),
                ..RawRecord::default()
            });
        };
        self.has_ended = !self.lines.next(take)?;
        Ok(())
    }

    fn name(&mut self) -> Result<Option<String>, Error> {
        while self.name.is_none() && !self.has_ended {
            self.read_on()?;
        }
        Ok(self.name.clone())
    }

    fn read(&mut self, from: u64) -> Result<Portion, Error> {
        loop {
            while let Some(first) = self.kept.front()
                && first.offset < from
                && self.size > self.keep
            {
                self.size -= first.value.len();
                self.kept.pop_front();
            }
            let first = self.kept.partition_point(|record| record.offset < from);
            let mut size = 0;
            let records: Vec<RawRecord> = (self.kept.iter().skip(first))
                .take_while(|record| {
                    size += record.value.len();
                    size <= PORTION || size == record.value.len()
                })
                .cloned()
                .collect();
            if let Some(last) = records.last() {
                return Ok(Portion {
                    next: last.next,
                    records,
                    ..Portion::default()
                });
            }
            if self.has_ended {
                return Ok(Portion {
                    next: from,
                    then: Then::End,
                    ..Portion::default()
                });
            }
            self.read_on()?;
        }
    }

    /// Reads to the end, and returns where it is.
    fn end(&mut self) -> Result<u64, Error> {
        let mut end = 0;
        while !self.has_ended {
            self.read_on()?;
            end = self.kept.back().map_or(end, |last| last.next);
            self.kept.clear();
            self.size = 0;
        }
        Ok(end)
    }
}

/// A file, a pipe or the standard input, which is read once.
pub(crate) struct FileSource {
    opened: Arc<Mutex<Opened>>,
}

impl FileSource {
    /// What is open. A pipe stays open when all else begins anew.
    pub(crate) fn new(opened: Arc<Mutex<Opened>>) -> Self {
        Self { opened }
    }

    /// Reading waits for the disk, or for whoever writes into a pipe.
    async fn wait<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Opened) -> T + Send + 'static,
    ) -> T {
        let opened = self.opened.clone();
        spawn_blocking(move || {
            let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
            read(&mut opened)
        })
        .await
    }
}

impl Source for FileSource {
    async fn name(&mut self) -> Result<Option<String>, Failure> {
        let name = self.wait(Opened::name).await;
        name.map_err(|e| Failure::Connection(e.to_string()))
    }

    async fn start(&mut self, start: Start) -> Result<u64, Failure> {
        let end = match start {
            Start::Beginning => return Ok(0),
            Start::End => self.wait(Opened::end).await,
        };
        end.map_err(|e| Failure::Connection(e.to_string()))
    }

    async fn read(&mut self, from: u64) -> Result<Portion, Failure> {
        let read = self.wait(move |opened| opened.read(from)).await;
        // What could be read of a damaged file was read. Trying again gives the same error.
        Ok(read.unwrap_or_else(|error| Portion {
            next: from,
            then: Then::End,
            failure: Some(error.to_string()),
            ..Portion::default()
        }))
    }
}

#[cfg(test)]
mod tests;
