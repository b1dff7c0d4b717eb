//! The files that are read: plain or gzip, each opened once.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::compression::{self, Compression};
use crate::error::{Error, plain};
use crate::identity::{self, Identity};
use crate::lines::BLOCK_SIZE;

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

    /// Finds the input, and opens it if it is a regular file.
    ///
    /// # Errors
    ///
    /// When it is not there, can't be opened, or is compressed in a way that is not read: so that what is wrong with the last
    /// of several files is noticed before the first one is read.
    pub(crate) fn find(&self) -> Result<Source, Error> {
        let unreadable = |e: io::Error| unreadable(&self.name(), &plain(&e));
        let metadata = match self {
            Self::Stdin => identity::metadata(io::stdin()),
            Self::File(path) => std::fs::metadata(path),
        }
        .map_err(unreadable)?;
        let stream = match self {
            Self::Stdin => Stream::Stdin,
            Self::File(_) if metadata.is_dir() => {
                return Err(unreadable(io::ErrorKind::IsADirectory.into()));
            }
            Self::File(path) if metadata.is_file() => {
                let file = File::open(path).map_err(unreadable)?;
                let mut head = [0; compression::HEAD];
                let count = file.read_at(&mut head, 0).map_err(unreadable)?;
                Compression::of(head.get(..count).unwrap_or_default()).check(&self.name())?;
                Stream::File(file)
            }
            Self::File(path) => Stream::Pipe(path.clone()),
        };
        Ok(Source {
            name: self.name(),
            identity: Identity::of_metadata(&metadata),
            size: metadata.is_file().then_some(metadata.len()),
            stream,
        })
    }
}

fn unreadable(name: &str, why: &str) -> Error {
    Error::failure(format!("cannot read {name}: {why}"))
}

/// An input that is there.
pub(crate) struct Source {
    name: String,
    identity: Option<Identity>,
    size: Option<u64>,
    stream: Stream,
}

enum Stream {
    Stdin,
    /// A regular file, open: it is the same one whatever becomes of its name meanwhile.
    File(File),
    /// To open a pipe waits for its writer, so this is done when its turn has come.
    Pipe(PathBuf),
}

impl Source {
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Size in bytes as stored, when it is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Begins to read it; bytes taken from it, as stored, are added to `progress`.
    ///
    /// # Errors
    ///
    /// When it can't be opened, its first bytes can't be read, or it is compressed in a way that is not read.
    pub(crate) fn open(self, progress: Arc<AtomicU64>) -> Result<Reader, Error> {
        let source: Box<dyn Read + Send> = match self.stream {
            Stream::Stdin => Box::new(io::stdin()),
            Stream::File(file) => Box::new(file),
            Stream::Pipe(path) => {
                Box::new(File::open(path).map_err(|e| unreadable(&self.name, &plain(&e)))?)
            }
        };
        Reader::new(self.name, source, progress)
    }

    /// Reads a regular file from its start, and leaves it to be read from there again. None for anything else, which can
    /// be read only once.
    ///
    /// # Errors
    ///
    /// Those of [`Source::open`].
    pub(crate) fn peek(&self) -> Result<Option<Reader>, Error> {
        let Stream::File(file) = &self.stream else {
            return Ok(None);
        };
        let file = file
            .try_clone()
            .map_err(|e| unreadable(&self.name, &plain(&e)))?;
        let source = Box::new(Positioned { file, position: 0 });
        Reader::new(self.name.clone(), source, Arc::default()).map(Some)
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

/// The first bytes, so many that they tell how the rest is compressed: a short line in a pipe is not kept waiting for more.
fn head(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(compression::HEAD);
    while Compression::is_open(&head) {
        let before = head.len();
        source.by_ref().take(1).read_to_end(&mut head)?;
        if head.len() == before {
            break;
        }
    }
    Ok(head)
}

/// An input that has been opened: its content, decompressed where need be.
pub(crate) struct Reader {
    name: String,
    content: Content,
}

enum Content {
    Plain(Stored),
    Gzip(Members),
}

impl Reader {
    fn new(
        name: String,
        mut source: Box<dyn Read + Send>,
        progress: Arc<AtomicU64>,
    ) -> Result<Self, Error> {
        let head = head(&mut source).map_err(|e| unreadable(&name, &plain(&e)))?;
        let compression = Compression::of(&head);
        compression.check(&name)?;
        let stored = Stored {
            source: Cursor::new(head).chain(BufReader::with_capacity(READ_SIZE, source)),
            position: 0,
            progress,
        };
        let content = match compression {
            Compression::Gzip => Content::Gzip(Members::new(stored)),
            _ => Content::Plain(stored),
        };
        Ok(Self { name, content })
    }

    /// Reads some bytes, at least one unless the input has ended.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or isn't the gzip that it began as.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        loop {
            let read = match &mut self.content {
                Content::Plain(stored) => stored.read(into),
                Content::Gzip(members) => members.read(into),
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
            Content::Gzip(members) => {
                let position = members.position();
                match error.kind() {
                    io::ErrorKind::UnexpectedEof => format!("gzip cut off at byte {position}"),
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                        format!("corrupt gzip at byte {position}")
                    }
                    _ => plain(error),
                }
            }
        };
        unreadable(&self.name, &what)
    }
}

/// The content of a gzip file. Several members make one content, as `cat a.gz b.gz` does, and zero bytes may follow the last
/// one, as tapes and block devices leave them.
struct Members {
    /// None once the content has ended.
    member: Option<Box<GzDecoder<Stored>>>,
}

impl Members {
    fn new(stored: Stored) -> Self {
        Self {
            member: Some(Box::new(GzDecoder::new(stored))),
        }
    }

    /// Number of bytes taken so far.
    fn position(&self) -> u64 {
        let member = self.member.as_ref();
        member.map_or(0, |member| member.get_ref().position)
    }
}

impl Read for Members {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 {
                return Ok(count);
            }
            let has_ended = member.get_mut().skip_padding()?;
            let next = |member: Box<GzDecoder<Stored>>| GzDecoder::new(member.into_inner());
            let member = self.member.take().filter(|_| !has_ended);
            self.member = member.map(|member| Box::new(next(member)));
        }
        Ok(0)
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

    /// Skips zero bytes up to the end, and says whether it is the end. It is an error if something else follows them.
    fn skip_padding(&mut self) -> io::Result<bool> {
        let mut is_padded = false;
        loop {
            let bytes = self.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let is_all = zeros == bytes.len();
            if bytes.is_empty() {
                return Ok(true);
            }
            self.consume(zeros);
            is_padded |= zeros > 0;
            match (is_all, is_padded) {
                (true, _) => {}
                (false, true) => return Err(io::ErrorKind::InvalidData.into()),
                (false, false) => return Ok(false),
            }
        }
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
        let source = Input::File(path.clone()).find().unwrap();
        assert_eq!(source.size(), Some(stored.len() as u64));
        let mut reader = source.open(progress.clone()).unwrap();
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
        let padded = [&gzip(b"one\n") as &[u8], &[0; 300_000]].concat();
        let rows: [(&str, &[u8], &[u8]); 7] = [
            ("padded with zeros", &padded, b"one\n"),
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
            (
                "something behind it",
                [&good as &[u8], b"something behind it"].concat(),
                format!("corrupt gzip at byte {}", end + 10),
            ),
            (
                "something behind its padding",
                [&good as &[u8], &[0; 100], b"x"].concat(),
                format!("corrupt gzip at byte {}", end + 100),
            ),
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
            .find()
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "cannot read no/such.log: no such file or directory"
        );
        assert_eq!(error.exit_code(), 1);
        assert_eq!(Input::from_argument(Path::new("-")), Input::Stdin);
    }
}
