//! Rows as files: NDJSON, CSV or Parquet.

mod csv;
mod ndjson;
mod parquet;

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use sessionize_formats::bytes::text::Text;
use sessionize_formats::time::{Millis, Rfc3339};
use sessionize_pipeline::Output;
use sessionize_pipeline::error::{Error, plain};

use crate::row::SessionRow;
pub use parquet::ParquetRows;

/// The form of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A JSON object for each row, one per line.
    Ndjson,
    /// Comma-separated values by RFC 4180, with a header. Null is an empty field.
    Csv,
    /// The same for spreadsheets: a text that one would take for a formula has an apostrophe in
    /// front.
    Spreadsheet,
    /// Parquet, compressed with zstd.
    Parquet,
}

impl RowFormat {
    /// The form that a file's name asks for, whether compressed or not.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = |path: &Path| path.extension().and_then(OsStr::to_str).map(str::to_owned);
        match extension(path)?.as_str() {
            "ndjson" | "jsonl" | "json" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            // Parquet compresses its columns.
            "gz" | "zst" => {
                Self::of(Path::new(path.file_stem()?)).filter(|&of| of != Self::Parquet)
            }
            _ => None,
        }
    }
}

/// Writes rows.
pub(crate) enum RowWriter {
    Ndjson(ndjson::NdjsonRows),
    Csv(Box<csv::CsvRows>),
    Parquet(Box<ParquetRows<Sink>>),
}

impl RowWriter {
    /// Writes in a form.
    pub(crate) fn new(format: RowFormat, output: Output) -> Result<Self, Error> {
        Ok(match format {
            RowFormat::Ndjson => Self::Ndjson(ndjson::NdjsonRows::new(output)),
            RowFormat::Csv => Self::Csv(Box::new(csv::CsvRows::new(output, false)?)),
            RowFormat::Spreadsheet => Self::Csv(Box::new(csv::CsvRows::new(output, true)?)),
            RowFormat::Parquet => Self::Parquet(Box::new(ParquetRows::new(Sink(output))?)),
        })
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, row: SessionRow) -> Result<(), Error> {
        match self {
            Self::Ndjson(rows) => rows.write(&row),
            Self::Csv(rows) => rows.write(&row),
            Self::Parquet(rows) => rows.write(row),
        }
    }

    /// Writes what has been collected, as far as the form allows for it.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::Ndjson(rows) => rows.flush(),
            Self::Csv(rows) => rows.flush(),
            Self::Parquet(_) => Ok(()),
        }
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self {
            Self::Ndjson(rows) => rows.finish(),
            Self::Csv(rows) => rows.finish(),
            Self::Parquet(rows) => rows.finish()?.0.finish(),
        }
    }
}

/// Makes a JSON object of a row.
#[derive(Default)]
pub struct JsonRow {
    line: Text,
    texts: Texts,
}

impl JsonRow {
    /// The row as a JSON object, with the columns as members.
    pub fn of(&mut self, row: &SessionRow) -> &[u8] {
        self.line.clear();
        ndjson::write_row(row, &mut self.texts, &mut self.line);
        self.line.as_bytes()
    }
}

/// An output as the standard library wants it.
pub(crate) struct Sink(Output);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(io::Error::other)
    }
}

/// The error of a [`Sink`] as it was before.
fn unwritable(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::failure(format!("cannot write the rows: {}", plain(&error))),
    }
}

/// Writes values as text.
#[derive(Default)]
struct Texts {
    clock: Rfc3339,
    text: Text,
}

impl Texts {
    /// A time as RFC 3339.
    fn time(&mut self, time: Millis) -> &[u8] {
        self.text.clear();
        let mut out = self.text.writer(32);
        self.clock.write(time, &mut out);
        out.end();
        self.text.as_bytes()
    }
}

/// Seconds with up to three decimals.
fn seconds(millis: Millis) -> String {
    let (whole, rest) = (millis / 1000, millis % 1000);
    match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:03}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
