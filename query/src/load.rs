//! Makes tables of the inputs: session rows and columns of NDJSON in one pass, or Parquet as it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sessionize_answers::event::{EventReader, Line};
use sessionize_answers::table::SessionTable;
use sessionize_answers::tally::Tally;
use sessionize_answers::write::ParquetRows;
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::{Error, plain};
use sessionize_pipeline::{Input, LineSink, parameters, read_lines};
use tempfile::TempDir;

use crate::arguments::Inputs;
use crate::columns::{Column, Columns};

/// What the inputs are.
pub(crate) enum Loaded {
    /// Lines, and what was made of them.
    Lines(Box<Lines>),
    /// Parquet files.
    Parquet(Vec<String>),
    /// It was stopped.
    Stopped,
}

/// What was made of lines.
pub(crate) struct Lines {
    /// Inputs that can be read again: those of [`Inputs`], with copies of those that can't.
    pub(crate) inputs: Vec<Input>,
    pub(crate) parameters: Parameters,
    /// Columns of the events.
    pub(crate) columns: Vec<Column>,
    /// A Parquet file of session rows.
    pub(crate) rows: String,
    /// What went wrong on the way, or was left out, in words for the user.
    pub(crate) remarks: Vec<String>,
}

/// Loads the inputs. What is made of them is in `folder`.
///
/// # Errors
///
/// When an input can't be read, or has no sessionized event.
pub(crate) fn load(inputs: &Inputs, folder: &TempDir, stop: &AtomicBool) -> Result<Loaded, Error> {
    let parameters = parameters(&inputs.parameters)?;
    let mut are_parquet = Vec::new();
    for file in &inputs.files {
        are_parquet.push(is_parquet(file)?);
    }
    if are_parquet.iter().all(|&is| is) {
        let names = inputs.files.iter().map(|file| name(file));
        return Ok(Loaded::Parquet(names.collect()));
    }
    if are_parquet.contains(&true) {
        return Err(Error::usage(
            "some of the files are Parquet and some are not: ask them one after the other",
        ));
    }
    let mut again = Vec::new();
    for (number, file) in inputs.files.iter().enumerate() {
        again.push(readable_again(file, folder, number)?);
    }
    lines(again, parameters, folder, inputs.quiet, stop)
}

fn lines(
    inputs: Vec<Input>,
    parameters: Parameters,
    folder: &TempDir,
    quiet: bool,
    stop: &AtomicBool,
) -> Result<Loaded, Error> {
    let rows = folder.path().join("session_rows.parquet");
    let file = File::create(&rows).map_err(|e| unwritable(&rows, &e))?;
    let mut loading = Loading {
        columns: Columns::new(&parameters.prefix),
        events: EventReader::new(&parameters),
        table: SessionTable::new(&parameters),
        rows: ParquetRows::new(file)?,
        tally: Tally::default(),
        scratch: Vec::new(),
    };
    let report = read_lines(&inputs, &parameters, None, quiet, stop, &mut loading)?;
    if report.stopped {
        return Ok(Loaded::Stopped);
    }
    while let Some(row) = loading.table.drain() {
        loading.rows.write(row)?;
    }
    loading.rows.finish()?;
    let mut remarks = report.remarks;
    remarks.extend(report.failures.iter().map(Error::to_string));
    if let Some(why) = loading.tally.without_events() {
        return Err(Error::failure(why));
    }
    let Tally { foreign, .. } = loading.tally;
    if let Some(example) = loading.tally.foreign_example {
        remarks.push(format!(
            "{foreign} lines are left out, the first: {example}"
        ));
    }
    if loading.columns.left_out() {
        remarks.push("events have too many different fields: some can't be asked for".into());
    }
    Ok(Loaded::Lines(Box::new(Lines {
        inputs,
        parameters,
        columns: loading.columns.found(),
        rows: name(&rows),
        remarks,
    })))
}

/// What is made of lines while they are read.
struct Loading {
    columns: Columns,
    events: EventReader,
    table: SessionTable,
    rows: ParquetRows<File>,
    tally: Tally,
    scratch: Vec<u8>,
}

impl LineSink for Loading {
    fn take(&mut self, line: &[u8]) -> Result<(), Error> {
        match self.events.read(line) {
            Line::Event(event) => {
                self.table.take(&event);
                self.tally.events += 1;
            }
            Line::Invalid => self.tally.invalid += 1,
            Line::Foreign(why) => {
                self.tally.foreign(why);
                return Ok(());
            }
        }
        for (name, value) in self.events.fields(line) {
            self.columns.take(&name, &value, &mut self.scratch);
        }
        while let Some(row) = self.table.pop() {
            self.rows.write(row)?;
        }
        Ok(())
    }
}

/// The input itself if it can be read any number of times, or else a copy.
fn readable_again(file: &Path, folder: &TempDir, number: usize) -> Result<Input, Error> {
    let input = Input::from_argument(file);
    let is_stdin = input == Input::Stdin;
    if !is_stdin && (file.is_file() || file.is_dir() || !file.exists()) {
        return Ok(input);
    }
    let copy = folder.path().join(format!("input-{number}"));
    let mut to = File::create(&copy).map_err(|e| unwritable(&copy, &e))?;
    let mut from: Box<dyn Read> = match is_stdin {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(file).map_err(|e| unreadable(file, &e))?),
    };
    io::copy(&mut from, &mut to).map_err(|e| unreadable(file, &e))?;
    Ok(Input::File(copy))
}

/// Whether a regular file is Parquet.
fn is_parquet(file: &Path) -> Result<bool, Error> {
    if !file.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(file)
        .and_then(|file| file.take(4).read_to_end(&mut head))
        .map_err(|e| unreadable(file, &e))?;
    Ok(head == b"PAR1")
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::failure(format!("cannot read {}: {}", path.display(), plain(error)))
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::failure(format!("cannot write {}: {}", path.display(), plain(error)))
}
