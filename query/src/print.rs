//! `sessionize query`: an answer as a table, CSV, NDJSON or Parquet.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::json::writer::LineDelimited;
use datafusion::arrow::json::{self, LineDelimitedWriter};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::ArrowWriter;
use sessionize_pipeline::error::Error;
use sessionize_pipeline::exit::INTERRUPTED;
use sessionize_pipeline::{Destination, Output};

use crate::arguments::{Form, QueryArguments};
use crate::engine::Engine;
use crate::questions;

/// The most rows of a table for people.
const MOST_SHOWN: usize = 10_000;

/// Answers a question.
///
/// # Errors
///
/// When it can't be answered, or the answer can't be written.
pub(crate) fn query(arguments: &QueryArguments, stop: &AtomicBool) -> Result<ExitCode, Error> {
    let form = form(arguments)?;
    let Some(engine) = Engine::start(&arguments.inputs, stop)? else {
        return Ok(INTERRUPTED.into());
    };
    if !arguments.inputs.quiet {
        for remark in &engine.remarks {
            eprintln!("sessionize: note: {remark}");
        }
    }
    let sql = questions::named(&arguments.sql).map_or(arguments.sql.as_str(), |q| q.statement());
    let output = arguments.output.as_deref();
    let output = output.map_or(Destination::Stdout, Destination::from_argument);
    let mut answer = None;
    let mut writer = |batch: Option<RecordBatch>, schema| -> Result<(), Error> {
        // An answer replaces what was there only once there is one.
        let answer = match &mut answer {
            Some(answer) => answer,
            none => none.insert(Answer::new(form, Sink(output.open()?.begin()?), schema)?),
        };
        batch.map_or(Ok(()), |batch| answer.write(&batch))
    };
    let schema = engine.answer(sql, stop, |batch| {
        let schema = batch.schema();
        writer(Some(batch), schema)?;
        Ok(true)
    })?;
    // If it was stopped, what was written is ended, and nothing takes the place of what was there.
    if let Some(schema) = schema {
        writer(None, schema)?;
    }
    let left_out = answer.map_or(Ok(0), Answer::finish)?;
    if left_out > 0 {
        eprintln!("sessionize: note: {left_out} more rows: --format csv writes all of them");
    }
    Ok(match stop.load(Ordering::Relaxed) {
        true => INTERRUPTED.into(),
        false => ExitCode::SUCCESS,
    })
}

fn form(arguments: &QueryArguments) -> Result<Form, Error> {
    let Some(path) = &arguments.output else {
        return Ok(arguments.format.unwrap_or(Form::Table));
    };
    let of_name = match path.extension().and_then(OsStr::to_str) {
        Some("csv") => Some(Form::Csv),
        Some("ndjson" | "jsonl" | "json") => Some(Form::Ndjson),
        Some("parquet") => Some(Form::Parquet),
        _ => None,
    };
    arguments.format.or(of_name).ok_or_else(|| {
        Error::usage(
            "the name of the output must end in .csv, .ndjson or .parquet, unless --format is given",
        )
    })
}

/// Writes an answer.
enum Answer {
    Table(Table, Sink),
    Csv(Box<datafusion::arrow::csv::Writer<Sink>>),
    Ndjson(LineDelimitedWriter<Sink>),
    Parquet(Box<ArrowWriter<Sink>>),
}

impl Answer {
    fn new(
        form: Form,
        sink: Sink,
        schema: datafusion::arrow::datatypes::SchemaRef,
    ) -> Result<Self, Error> {
        Ok(match form {
            Form::Table => {
                let names = schema.fields().iter().map(|field| shown(field.name()));
                Self::Table(Table::new(names.collect()), sink)
            }
            Form::Csv => {
                let mut writer = WriterBuilder::new().with_header(true).build(sink);
                // The header comes with the first batch, and there may be none.
                writer
                    .write(&RecordBatch::new_empty(schema))
                    .map_err(failed)?;
                Self::Csv(Box::new(writer))
            }
            Form::Ndjson => {
                let builder = json::WriterBuilder::new().with_explicit_nulls(true);
                Self::Ndjson(builder.build::<_, LineDelimited>(sink))
            }
            Form::Parquet => {
                let writer = ArrowWriter::try_new(sink, schema, None).map_err(failed)?;
                Self::Parquet(Box::new(writer))
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match self {
            Self::Table(table, _) => table.take(batch),
            Self::Csv(writer) => writer.write(batch).map_err(failed),
            Self::Ndjson(writer) => writer.write(batch).map_err(failed),
            Self::Parquet(writer) => writer.write(batch).map_err(failed),
        }
    }

    /// Ends the answer, and returns how many rows had no place in it.
    fn finish(self) -> Result<usize, Error> {
        let (sink, left_out) = match self {
            Self::Table(table, mut sink) => {
                sink.0.write(table.text().as_bytes())?;
                (sink, table.left_out)
            }
            Self::Csv(writer) => (writer.into_inner(), 0),
            Self::Ndjson(mut writer) => {
                writer.finish().map_err(failed)?;
                (writer.into_inner(), 0)
            }
            Self::Parquet(writer) => (writer.into_inner().map_err(failed)?, 0),
        };
        sink.0.finish()?;
        Ok(left_out)
    }
}

/// An output as the standard library wants it.
struct Sink(Output);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(io::Error::other)
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::failure(format!("cannot write the answer: {error}"))
}

/// A table for people.
struct Table {
    header: Vec<String>,
    /// Whether the values of a column are numbers, which are aligned on their right.
    are_numbers: Vec<bool>,
    rows: Vec<Vec<String>>,
    left_out: usize,
}

impl Table {
    fn new(header: Vec<String>) -> Self {
        Self {
            header,
            are_numbers: Vec::new(),
            rows: Vec::new(),
            left_out: 0,
        }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        self.are_numbers = columns
            .clone()
            .map(|c| c.data_type().is_numeric())
            .collect();
        let columns: Vec<ArrayFormatter<'_>> = columns
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).map_err(failed))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            if self.rows.len() >= MOST_SHOWN {
                self.left_out += batch.num_rows() - row;
                break;
            }
            let cells = columns
                .iter()
                .map(|column| shown(&column.value(row).to_string()));
            self.rows.push(cells.collect());
        }
        Ok(())
    }

    fn text(&self) -> String {
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let cells = cells.chain(self.header.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let mut text = String::new();
        let rule = widths.iter().map(|&width| "-".repeat(width)).collect();
        for row in [&self.header, &rule].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for (at, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                line += if at == 0 { "" } else { "  " };
                line += &match self.are_numbers.get(at) {
                    Some(true) => format!("{cell:>width$}"),
                    _ => format!("{cell:<width$}"),
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A text on one line and without characters that terminals obey: it may come from anybody who sent
/// a request.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_control() {
            true => shown.extend(char.escape_default()),
            false => shown.push(char),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    #[test]
    fn tables_align_numbers_and_escape_what_terminals_obey() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a\u{1b}[1m\n"), None]));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![7, 1234]));
        let batch = RecordBatch::try_from_iter([("t", texts), ("events", numbers)]).unwrap();
        let mut table = Table::new(vec!["t".into(), "events".into()]);
        table.take(&batch).unwrap();
        let expected = "\
t             events
------------  ------
a\\u{1b}[1m\\n       7
                1234
";
        assert_eq!(table.text(), expected);
    }
}
