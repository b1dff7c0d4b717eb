//! From inputs to rows: everything assembled.

use std::sync::atomic::AtomicBool;

use sessionize_pipeline::error::Error;
use sessionize_pipeline::{Destination, Input, LineSink, parameters, read_lines};

use crate::event::{EventReader, Line};
use crate::row::SessionRow;
use crate::table::SessionTable;
use crate::tally::Tally;
use crate::write::{RowFormat, RowWriter};

/// What to make rows of.
#[derive(Clone, Debug)]
pub struct SessionsOptions {
    /// The inputs, of which files are merged by time.
    pub inputs: Vec<Input>,
    /// The parameters with which the events were sessionized.
    pub parameters: Vec<(String, String)>,
    /// Where rows go.
    pub output: Destination,
    /// In which form.
    pub format: RowFormat,
    /// Whether to show no progress.
    pub quiet: bool,
}

/// How it ended.
#[derive(Debug)]
pub struct SessionsReport {
    /// What was read and written.
    pub tally: Tally,
    /// Whether it was stopped before the end of the inputs.
    pub stopped: bool,
    /// Inputs, or files in folders, that could not be read to their ends, or of which no line has a
    /// session.
    pub failures: Vec<Error>,
    /// What was left out of folders, in words for the user.
    pub remarks: Vec<String>,
}

/// Writes a row for each session, until the end of the inputs or until `stop` is set. Sessions that
/// are not over by then have a row, too.
///
/// # Errors
///
/// When a parameter is refused, an input or output can't be opened, or a row can't be written.
pub fn sessions(options: &SessionsOptions, stop: &AtomicBool) -> Result<SessionsReport, Error> {
    let parameters = parameters(&options.parameters)?;
    let mut flow = Flow {
        options,
        events: EventReader::new(&parameters),
        table: SessionTable::new(&parameters),
        writer: None,
        tally: Tally::default(),
    };
    let (output, quiet) = (Some(&options.output), options.quiet);
    let read = read_lines(&options.inputs, &parameters, output, quiet, stop, &mut flow)?;
    let mut tally = flow.finish()?;
    tally.elapsed = read.elapsed;
    let mut failures = read.failures;
    if !read.stopped {
        failures.extend(tally.without_events().map(Error::failure));
    }
    Ok(SessionsReport {
        tally,
        stopped: read.stopped,
        failures,
        remarks: read.remarks,
    })
}

/// The way of a line to the rows that it makes due.
struct Flow<'o> {
    options: &'o SessionsOptions,
    events: EventReader,
    table: SessionTable,
    /// None before lines come.
    writer: Option<RowWriter>,
    tally: Tally,
}

impl LineSink for Flow<'_> {
    fn begin(&mut self) -> Result<(), Error> {
        let output = self.options.output.open()?.begin()?;
        self.writer = Some(RowWriter::new(self.options.format, output)?);
        Ok(())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), Error> {
        match self.events.read(line) {
            Line::Event(event) => self.table.take(&event),
            Line::Invalid => {
                self.tally.invalid += 1;
                return Ok(());
            }
            Line::Foreign(why) => {
                self.tally.foreign(why);
                return Ok(());
            }
        }
        self.tally.events += 1;
        self.tally.most_held = self.tally.most_held.max(self.table.len());
        while let Some(row) = self.table.pop() {
            self.write(row)?;
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<(), Error> {
        self.writer.as_mut().map_or(Ok(()), RowWriter::flush)
    }
}

impl Flow<'_> {
    fn write(&mut self, row: SessionRow) -> Result<(), Error> {
        self.tally.row(&row);
        self.writer
            .as_mut()
            .map_or(Ok(()), |writer| writer.write(row))
    }

    /// Writes the rows that are left.
    fn finish(mut self) -> Result<Tally, Error> {
        while let Some(row) = self.table.drain() {
            self.write(row)?;
        }
        self.writer.map_or(Ok(()), RowWriter::finish)?;
        Ok(self.tally)
    }
}
