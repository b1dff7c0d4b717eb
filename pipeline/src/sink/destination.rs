//! Where lines are written: a file, compressed if its name says so, or the standard output.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use zstd::DEFAULT_COMPRESSION_LEVEL;

use crate::error::{Error, plain};
use crate::identity::Identity;

/// How much is collected before it is written, in bytes. Larger pieces are written as they are.
const BUFFER_SIZE: usize = 256 << 10;

/// How an output is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression that the extension of a name asks for.
    fn of(path: &Path) -> Self {
        match path.extension().and_then(OsStr::to_str) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Where to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The standard output, `-` on the command line.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Destination {
    /// The destination that an argument names.
    pub fn from_argument(argument: &Path) -> Self {
        if argument == Path::new("-") {
            Self::Stdout
        } else {
            Self::File(argument.to_owned())
        }
    }

    /// Name for messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdout => "standard output".into(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Whether events go to a terminal, where the progress bar would be among them.
    pub(crate) fn is_terminal(&self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::File(_) => false,
        }
    }

    /// The file that it is, or will be.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Self::Stdout => Identity::of_stream(io::stdout()),
            Self::File(path) => Identity::of_path(path),
        }
    }

    /// Opens it, and creates the file if there is none. What the file holds stays until writing
    /// begins.
    ///
    /// # Errors
    ///
    /// When it can't be opened.
    pub fn open(&self) -> Result<OpenDestination, Error> {
        let name = self.name();
        let file = match self {
            Self::Stdout => None,
            Self::File(path) => {
                let mut options = OpenOptions::new();
                let file = options.write(true).create(true).truncate(false).open(path);
                Some(file.map_err(|e| uncreatable(&name, &e))?)
            }
        };
        Ok(OpenDestination {
            compression: match self {
                Self::Stdout => Compression::None,
                Self::File(path) => Compression::of(path),
            },
            name,
            file,
        })
    }
}

fn uncreatable(name: &str, error: &io::Error) -> Error {
    Error::failure(format!("cannot create {name}: {}", plain(error)))
}

/// A destination that can be written, and still holds what it held before.
#[derive(Debug)]
pub struct OpenDestination {
    name: String,
    /// None for the standard output.
    file: Option<File>,
    compression: Compression,
}

impl OpenDestination {
    /// Empties it, to be written from its beginning.
    ///
    /// # Errors
    ///
    /// When it can't be emptied.
    pub fn begin(self) -> Result<Output, Error> {
        let writer: Box<dyn Write + Send> = match self.file {
            None => Box::new(io::stdout()),
            Some(file) => {
                // A pipe or a device has no length.
                file.metadata()
                    .and_then(|metadata| match metadata.is_file() {
                        true => file.set_len(0),
                        false => Ok(()),
                    })
                    .map_err(|e| uncreatable(&self.name, &e))?;
                Box::new(file)
            }
        };
        let writer = BufWriter::with_capacity(BUFFER_SIZE, writer);
        let to = match self.compression {
            Compression::None => To::Plain(writer),
            Compression::Gzip => To::Gzip(Box::new(GzEncoder::new(
                writer,
                flate2::Compression::fast(),
            ))),
            Compression::Zstd => zstd::Encoder::new(writer, DEFAULT_COMPRESSION_LEVEL)
                .map(|encoder| To::Zstd(Box::new(encoder)))
                .map_err(|e| Error::writing(&self.name, &e))?,
        };
        Ok(Output {
            name: self.name,
            to,
        })
    }
}

/// Writes to a destination.
pub struct Output {
    name: String,
    to: To,
}

enum To {
    Plain(Writer),
    Gzip(Box<GzEncoder<Writer>>),
    Zstd(Box<zstd::Encoder<'static, Writer>>),
}

type Writer = BufWriter<Box<dyn Write + Send>>;

impl Output {
    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// When they can't be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.to {
            To::Plain(writer) => writer.write_all(bytes),
            To::Gzip(encoder) => encoder.write_all(bytes),
            To::Zstd(encoder) => encoder.write_all(bytes),
        }
        .map_err(|e| Error::writing(&self.name, &e))
    }

    /// Writes what has been collected.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        match &mut self.to {
            To::Plain(writer) => writer.flush(),
            To::Gzip(encoder) => encoder.flush(),
            To::Zstd(encoder) => encoder.flush(),
        }
        .map_err(|e| Error::writing(&self.name, &e))
    }

    /// Ends the output.
    ///
    /// # Errors
    ///
    /// When what is left can't be written.
    pub fn finish(self) -> Result<(), Error> {
        match self.to {
            To::Plain(mut writer) => writer.flush(),
            To::Gzip(encoder) => encoder.finish().and_then(|mut writer| writer.flush()),
            To::Zstd(encoder) => encoder.finish().and_then(|mut writer| writer.flush()),
        }
        .map_err(|e| Error::writing(&self.name, &e))
    }
}
