//! An input, and what it turns out to be.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::blocks::BlockReader;
use super::compression::{self, Compression};
use super::reader::{Reader, unreadable};
use crate::error::Error;
use crate::identity::{self, Identity};

/// What to read events from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The standard input, `-` on the command line.
    Stdin,
    /// A file, or a folder whose files are read.
    File(PathBuf),
}

impl Input {
    /// The input that an argument names.
    pub fn from_argument(argument: &Path) -> Self {
        if argument == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(argument.to_owned())
        }
    }

    /// Name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Finds the input, and opens it if it is a regular file, so that a fault in the last of
    /// several files is noticed before the first one is read. `number` is that of the input among
    /// all inputs. With `is_held`, a file stays open until its turn has come.
    ///
    /// # Errors
    ///
    /// When the input is not there, can't be opened, or has an unsupported compression.
    pub(super) fn find(&self, number: u32, is_held: bool) -> Result<Source, Error> {
        let failed = |e: io::Error| unreadable(&self.name(), &e);
        let metadata = match self {
            Self::Stdin => identity::metadata(io::stdin()),
            Self::File(path) => std::fs::metadata(path),
        }
        .map_err(failed)?;
        let stream = match self {
            Self::Stdin => Stream::Stdin,
            Self::File(_) if metadata.is_dir() => {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            Self::File(path) if metadata.is_file() => {
                let file = File::open(path).map_err(failed)?;
                let mut head = [0; compression::HEAD];
                let count = file.read_at(&mut head, 0).map_err(failed)?;
                let head = head.get(..count).unwrap_or_default();
                Compression::of(head).check(&self.name(), true)?;
                match is_held {
                    true => Stream::File(file),
                    false => Stream::Closed(path.clone()),
                }
            }
            Self::File(path) => Stream::Pipe(path.clone()),
        };
        Ok(Source {
            number,
            name: self.name(),
            identity: Identity::of_metadata(&metadata),
            size: metadata.is_file().then_some(metadata.len()),
            stream,
        })
    }
}

/// An input that has been found.
pub(crate) struct Source {
    number: u32,
    name: String,
    identity: Option<Identity>,
    size: Option<u64>,
    stream: Stream,
}

enum Stream {
    Stdin,
    /// A regular file, open: it stays the same file whatever becomes of its name meanwhile.
    File(File),
    /// A regular file that is opened again when its turn has come, as there are too many to hold
    /// all of them open.
    Closed(PathBuf),
    /// Opened only when its turn has come, as opening a pipe waits for its writer.
    Pipe(PathBuf),
}

impl Source {
    /// Number among all inputs.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Size in bytes as stored, when it is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Begins to read it. Each read adds the number of bytes taken, as stored, to `progress`.
    ///
    /// # Errors
    ///
    /// When the input can't be opened, its first bytes can't be read, or it has an unsupported
    /// compression.
    pub(crate) fn open(self, progress: Arc<AtomicU64>) -> Result<BlockReader, Error> {
        let is_file = matches!(self.stream, Stream::File(_) | Stream::Closed(_));
        let bytes: Box<dyn Read + Send> = match self.stream {
            Stream::Stdin => Box::new(io::stdin()),
            Stream::File(file) => Box::new(file),
            Stream::Closed(ref path) => Box::new(self.reopen(path)?),
            Stream::Pipe(path) => {
                Box::new(File::open(path).map_err(|e| unreadable(&self.name, &e))?)
            }
        };
        let reader = Reader::new(self.name, is_file, bytes, progress)?;
        Ok(BlockReader::new(reader, self.number))
    }

    /// Reads a regular file from its start, without moving the position from which [`Self::open`]
    /// reads. None for anything else, which can be read only once.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub(crate) fn peek(&self) -> Result<Option<BlockReader>, Error> {
        let file = match &self.stream {
            Stream::File(file) => file.try_clone().map_err(|e| unreadable(&self.name, &e))?,
            Stream::Closed(path) => self.reopen(path)?,
            Stream::Stdin | Stream::Pipe(_) => return Ok(None),
        };
        let bytes = Box::new(Positioned { file, position: 0 });
        let reader = Reader::new(self.name.clone(), true, bytes, Arc::default())?;
        Ok(Some(BlockReader::new(reader, self.number)))
    }

    /// Opens a file again. Another file may have its name by now, as when logs are rotated.
    fn reopen(&self, path: &Path) -> Result<File, Error> {
        let failed = |e: io::Error| unreadable(&self.name, &e);
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if Identity::of_metadata(&metadata) != self.identity {
            return Err(Error::failure(format!(
                "cannot read {}: it is another file than at the start of the run",
                self.name
            )));
        }
        Ok(file)
    }
}

/// A file that is read at a position of its own, and not at the one that the system keeps for it.
struct Positioned {
    file: File,
    position: u64,
}

impl Read for Positioned {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(into, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
