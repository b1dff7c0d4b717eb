//! Where lines are written to: a file, compressed if its name says so, or the standard output.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, plain};

/// What is collected before it is written, in bytes; larger pieces are written as they are.
const BUFFER_SIZE: usize = 256 << 10;

/// An output.
pub struct Output {
    name: String,
    to: To,
}

enum To {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Gzip(Box<GzEncoder<BufWriter<Box<dyn Write + Send>>>>),
}

impl Output {
    /// Creates a file, or opens the standard output when none is named. A name that ends in `.gz` is compressed.
    ///
    /// # Errors
    ///
    /// When the file can't be created.
    pub fn create(file: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = file else {
            return Ok(Self {
                name: "standard output".into(),
                to: To::Plain(BufWriter::with_capacity(
                    BUFFER_SIZE,
                    Box::new(io::stdout()),
                )),
            });
        };
        let name = path.display().to_string();
        let file = File::create(path)
            .map_err(|e| Error::failure(format!("cannot create {name}: {}", plain(&e))))?;
        let writer = BufWriter::with_capacity(BUFFER_SIZE, Box::new(file) as Box<dyn Write + Send>);
        let to = if path.extension().is_some_and(|extension| extension == "gz") {
            To::Gzip(Box::new(GzEncoder::new(writer, Compression::fast())))
        } else {
            To::Plain(writer)
        };
        Ok(Self { name, to })
    }

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// When they can't be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.to {
            To::Plain(writer) => writer.write_all(bytes),
            To::Gzip(encoder) => encoder.write_all(bytes),
        }
        .map_err(|e| Error::writing(&self.name, &e))
    }

    /// Lets go of what has been collected.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        match &mut self.to {
            To::Plain(writer) => writer.flush(),
            To::Gzip(encoder) => encoder.flush(),
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
        }
        .map_err(|e| Error::writing(&self.name, &e))
    }
}
