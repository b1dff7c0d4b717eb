//! A file that grows, and is rotated, as a source.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fluvio_future::timer::sleep;
use sessionize_pipeline::error::plain;

use super::file_source::{is_telling, name_of};
use super::source::{Portion, RawRecord, Source, Start, Then};
use crate::failure::Failure;
use crate::words::Millis;

/// Bytes that are read at once.
const PORTION: usize = 1 << 20;

/// The longest line, in bytes; a longer one is cut, as in `sessionize run`.
const MAX_LINE: usize = 32 << 20;

/// When to look, and how long to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FollowPace {
    /// How often to look for new lines.
    pub(crate) poll: Duration,
    /// How long a file that was rotated must be silent until it has ended: its writer may not know
    /// yet.
    pub(crate) linger: Duration,
}

impl FollowPace {
    /// As it is outside of tests.
    pub(crate) const USUAL: Self = Self {
        poll: Duration::from_millis(100),
        linger: Duration::from_secs(60),
    };
}

/// A file that grows. When another file takes its place, or it begins anew, that is another source.
///
/// Lines are ended by a line feed; the last one is not read before it has its end.
pub(crate) struct FollowedFile {
    path: PathBuf,
    pace: FollowPace,
    open: Option<Open>,
    /// Whether another file has its path by now.
    is_rotated: bool,
    successor: Option<Box<FollowedFile>>,
    /// Since when there is nothing new.
    silent: Option<Instant>,
}

struct Open {
    file: File,
    /// The line that names it, and where that begins.
    first: (u64, Vec<u8>),
}

impl FollowedFile {
    /// The file at a path, now or later.
    pub(crate) fn new(path: &Path, pace: FollowPace) -> Self {
        Self {
            path: path.to_owned(),
            pace,
            open: None,
            is_rotated: false,
            successor: None,
            silent: None,
        }
    }

    /// The same, of a file that had the path before. Nothing follows it.
    pub(crate) fn rotated(self) -> Self {
        Self {
            is_rotated: true,
            ..self
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let path = self.path.display();
        Failure::Connection(format!("cannot read {path}: {}", plain(error)))
    }

    /// Opens the file if it is there and has a line that names it.
    fn open(&self) -> io::Result<Option<Open>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut at = 0;
        loop {
            let (lines, _) = lines_at(&file, at, false)?;
            let Some(last) = lines.last() else {
                return Ok(None);
            };
            at = last.next;
            let telling = lines.into_iter().find(|line| is_telling(&line.value));
            if let Some(line) = telling {
                let first = (line.offset, line.value);
                return Ok(Some(Open { file, first }));
            }
        }
    }

    /// Reads on. `None` if it is not the file any more that it was.
    fn try_to_read(&mut self, from: u64) -> io::Result<Option<Portion>> {
        let Some(open) = &self.open else {
            return Ok(None);
        };
        let mut portion = Portion {
            next: from,
            ..Portion::default()
        };
        let (lines, size) = lines_at(&open.file, from, false)?;
        // A file that was cut off may have grown beyond this place since. The line that names it
        // is another one then.
        if size < from || !open.is_itself()? {
            return Ok(None);
        }
        if let Some(last) = lines.last() {
            portion.next = last.next;
            portion.records = lines;
            portion.behind = u64::from(size > portion.next);
            return Ok(Some(portion));
        }
        if !self.is_rotated && is_another(&self.path, &open.file.metadata()?)? {
            self.is_rotated = true;
            let successor = Self::new(&self.path, self.pace);
            self.successor = Some(Box::new(successor));
        }
        let silent = *self.silent.get_or_insert_with(Instant::now);
        portion.then = Then::CaughtUp;
        if self.is_rotated && silent.elapsed() >= self.pace.linger {
            // Nobody will end the last line.
            let (lines, _) = lines_at(&open.file, from, true)?;
            portion.next = lines.last().map_or(from, |last| last.next);
            portion.records = lines;
            portion.then = Then::End;
        }
        Ok(Some(portion))
    }
}

impl Open {
    /// Whether the file still begins as it did.
    fn is_itself(&self) -> io::Result<bool> {
        let (at, line) = &self.first;
        let mut found = vec![0; line.len()];
        match self.file.read_exact_at(&mut found, *at) {
            Ok(()) => Ok(found == *line),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Source for FollowedFile {
    async fn name(&mut self) -> Result<Option<String>, Failure> {
        loop {
            match self.open() {
                Ok(Some(open)) => {
                    let name = name_of(&open.first.1);
                    self.open = Some(open);
                    return Ok(Some(name));
                }
                Ok(None) => sleep(self.pace.poll).await,
                Err(error) => return Err(self.failed(&error)),
            }
        }
    }

    async fn start(&mut self, start: Start) -> Result<u64, Failure> {
        let Some(open) = self.open.as_ref().filter(|_| start == Start::End) else {
            return Ok(0);
        };
        last_line_end(&open.file).map_err(|error| self.failed(&error))
    }

    async fn read(&mut self, from: u64) -> Result<Portion, Failure> {
        let is_live = self.silent.is_some();
        if is_live {
            sleep(self.pace.poll).await;
        }
        let read = self.try_to_read(from);
        let portion = read.map_err(|error| self.failed(&error))?;
        // What was not read of it may be in a copy.
        let mut portion = portion.ok_or(Failure::Moved)?;
        if !portion.records.is_empty() {
            self.silent = None;
            // What has come since the latest look was appended just now.
            let now = is_live.then(now);
            for record in &mut portion.records {
                record.appended = now;
            }
        }
        Ok(portion)
    }

    fn successor(&mut self) -> Option<Self> {
        self.successor.take().map(|successor| *successor)
    }
}

/// The whole lines from a place on, and the size of the file. With `is_all`, the last line need not
/// have an end.
fn lines_at(file: &File, from: u64, is_all: bool) -> io::Result<(Vec<RawRecord>, u64)> {
    let size = file.metadata()?.len();
    let mut bytes = vec![0; PORTION];
    let mut filled = 0;
    loop {
        let room = bytes.get_mut(filled..).unwrap_or_default();
        let count = file.read_at(room, from + filled as u64)?;
        filled += count;
        let read = bytes.get(..filled).unwrap_or_default();
        let has_line = read.contains(&b'\n') || filled >= MAX_LINE;
        if count == 0 || filled == bytes.len() && has_line {
            let is_all = is_all && count == 0 || filled >= MAX_LINE;
            return Ok((lines_in(read, from, is_all), size));
        }
        if filled == bytes.len() {
            bytes.resize((2 * filled).min(MAX_LINE), 0);
        }
    }
}

/// The lines in what was read from a place on.
fn lines_in(read: &[u8], from: u64, is_all: bool) -> Vec<RawRecord> {
    let mut lines = Vec::new();
    let mut offset = from;
    for line in read.split_inclusive(|byte| *byte == b'\n') {
        let next = offset + line.len() as u64;
        let text = match line.strip_suffix(b"\n") {
            Some(text) => text,
            None if is_all => line,
            None => break,
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if !text.trim_ascii().is_empty() {
            lines.push(RawRecord {
                offset,
                next,
                value: text.to_vec(),
                ..RawRecord::default()
            });
        }
        offset = next;
    }
    lines
}

/// Where the last whole line of a file ends.
fn last_line_end(file: &File) -> io::Result<u64> {
    let mut at = 0;
    loop {
        let (lines, _) = lines_at(file, at, false)?;
        match lines.last() {
            Some(last) => at = last.next,
            None => return Ok(at),
        }
    }
}

/// Whether a path leads to another file than the one that is open.
fn is_another(path: &Path, open: &Metadata) -> io::Result<bool> {
    match std::fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) != (open.dev(), open.ino())),
        // Between the two steps of a rotation there is none.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn now() -> Millis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_millis() as Millis)
}

#[cfg(test)]
mod tests;
