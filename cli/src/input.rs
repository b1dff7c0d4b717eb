//! The files that are read: plain or gzip, one after the other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, plain};
use crate::lines::BLOCK_SIZE;

/// How a gzip file begins.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Size of a read, in bytes: large enough that system calls don't count, and never more than is asked for at once, so that
/// what needs no decompression is not copied on its way.
const READ_SIZE: usize = BLOCK_SIZE / 2;

/// Where events come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The standard input, `-` on the command line.
    Stdin,
    /// A file.
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
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Size in bytes as stored, when it is known.
    ///
    /// # Errors
    ///
    /// When the input can't be read, so that a misspelt second file is noticed before the first one is read.
    pub fn size(&self) -> Result<Option<u64>, Error> {
        match self {
            Self::Stdin => Ok(None),
            Self::File(path) => {
                let metadata = File::open(path)
                    .and_then(|file| file.metadata())
                    .map_err(|e| self.unreadable(&e))?;
                if metadata.is_dir() {
                    return Err(Error::failure(format!(
                        "cannot read {}: is a directory",
                        self.name()
                    )));
                }
                Ok(metadata.is_file().then_some(metadata.len()))
            }
        }
    }

    /// Opens the input; bytes taken from it, as stored, are added to `progress`.
    ///
    /// # Errors
    ///
    /// When it can't be opened, or its first bytes can't be read.
    pub(crate) fn open(&self, progress: Arc<AtomicU64>) -> Result<Reader, Error> {
        let mut source: Box<dyn Read> = match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(File::open(path).map_err(|e| self.unreadable(&e))?),
        };
        let mut head = Vec::with_capacity(GZIP_MAGIC.len());
        source
            .by_ref()
            .take(GZIP_MAGIC.len() as u64)
            .read_to_end(&mut head)
            .map_err(|e| self.unreadable(&e))?;
        let is_gzip = head == GZIP_MAGIC;
        let stored = Stored {
            source: Cursor::new(head).chain(BufReader::with_capacity(READ_SIZE, source)),
            position: 0,
            progress,
        };
        Ok(Reader {
            name: self.name(),
            content: if is_gzip {
                Content::Gzip(Box::new(MultiGzDecoder::new(stored)))
            } else {
                Content::Plain(stored)
            },
        })
    }

    fn unreadable(&self, error: &io::Error) -> Error {
        Error::failure(format!("cannot read {}: {}", self.name(), plain(error)))
    }
}

/// An input that has been opened: its content, decompressed where need be.
pub(crate) struct Reader {
    name: String,
    content: Content,
}

enum Content {
    Plain(Stored),
    /// Several gzip members make one content, as `cat a.gz b.gz` does.
    Gzip(Box<MultiGzDecoder<Stored>>),
}

impl Reader {
    /// Reads some bytes, at least one unless the input has ended.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or isn't the gzip that it began as.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        loop {
            let read = match &mut self.content {
                Content::Plain(stored) => stored.read(into),
                Content::Gzip(decoder) => decoder.read(into),
            };
            match read {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failure(&error)),
            }
        }
    }

    fn failure(&self, error: &io::Error) -> Error {
        let what = match &self.content {
            Content::Plain(_) => plain(error),
            Content::Gzip(decoder) => {
                let position = decoder.get_ref().position;
                match error.kind() {
                    io::ErrorKind::UnexpectedEof => format!("gzip cut off at byte {position}"),
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                        format!("corrupt gzip at byte {position}")
                    }
                    _ => plain(error),
                }
            }
        };
        Error::failure(format!("cannot read {}: {what}", self.name))
    }
}

/// The bytes as stored, counted as they are taken.
struct Stored {
    source: Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read>>>,
    /// Number of bytes taken so far.
    position: u64,
    /// The same, of all inputs together.
    progress: Arc<AtomicU64>,
}

impl Stored {
    fn count(&mut self, bytes: usize) {
        self.position += bytes as u64;
        self.progress.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Read for Stored {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.count(count);
        Ok(count)
    }
}

impl BufRead for Stored {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
        self.count(amount);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn content(stored: &[u8]) -> Result<Vec<u8>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, stored).unwrap();
        let progress = Arc::new(AtomicU64::new(0));
        let input = Input::File(path.clone());
        assert_eq!(input.size().unwrap(), Some(stored.len() as u64));
        let mut reader = input.open(progress.clone()).unwrap();
        let mut content = Vec::new();
        let mut buffer = [0; 1000];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => {
                    assert_eq!(progress.load(Ordering::Relaxed), stored.len() as u64);
                    return Ok(content);
                }
                Ok(count) => content.extend_from_slice(&buffer[..count]),
                Err(error) => return Err(error.to_string().replace(path.to_str().unwrap(), "log")),
            }
        }
    }

    #[test]
    fn plain_and_gzip_by_their_first_bytes() {
        let long = b"line\n".repeat(10_000);
        let two = [gzip(b"one\n"), gzip(b"two\n")].concat();
        let rows: [(&str, &[u8], &[u8]); 6] = [
            ("empty", b"", b""),
            ("one byte", b"\x1f", b"\x1f"),
            ("plain", &long, &long),
            ("gzip", &gzip(&long), &long),
            ("two members", &two, b"one\ntwo\n"),
            ("empty gzip", &gzip(b""), b""),
        ];
        for (name, stored, expected) in rows {
            assert_eq!(content(stored).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn damaged_gzip_is_located() {
        let good = gzip(&b"line\n".repeat(10));
        let mut wrong_sum = good.clone();
        wrong_sum[good.len() - 5] ^= 1;
        let end = good.len();
        let rows = [
            (
                "cut off",
                good[..20].to_vec(),
                "gzip cut off at byte 20".into(),
            ),
            (
                "no gzip after all",
                b"\x1f\x8bnothing of the kind".to_vec(),
                "corrupt gzip at byte 10".into(),
            ),
            ("sum", wrong_sum, format!("corrupt gzip at byte {end}")),
        ];
        for (name, stored, expected) in rows {
            assert_eq!(
                content(&stored),
                Err(format!("cannot read log: {expected}")),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_there() {
        let error = Input::from_argument(Path::new("no/such.log"))
            .size()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot read no/such.log: no such file or directory"
        );
        assert_eq!(error.exit_code(), 1);
        assert_eq!(Input::from_argument(Path::new("-")), Input::Stdin);
    }
}
