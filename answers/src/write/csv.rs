//! Rows as comma-separated values.

use csv::{ByteRecord, Terminator, Writer, WriterBuilder};
use sessionize_pipeline::Output;
use sessionize_pipeline::error::Error;

use super::{Sink, Texts, seconds};
use crate::row::{COLUMNS, SessionRow, Value};

/// What a text begins with that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(crate) struct CsvRows {
    /// Whether such a text gets an apostrophe, which spreadsheets hide. The log's visitors choose
    /// these texts.
    is_for_spreadsheets: bool,
    writer: Writer<Sink>,
    record: ByteRecord,
    texts: Texts,
}

impl CsvRows {
    pub(super) fn new(output: Output, is_for_spreadsheets: bool) -> Result<Self, Error> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(Sink(output));
        let header = COLUMNS.iter().map(|column| column.name);
        writer.write_record(header).map_err(unwritable)?;
        Ok(Self {
            is_for_spreadsheets,
            writer,
            record: ByteRecord::new(),
            texts: Texts::default(),
        })
    }

    pub(super) fn write(&mut self, row: &SessionRow) -> Result<(), Error> {
        self.record.clear();
        for column in &COLUMNS {
            match (column.value)(row) {
                Value::Text(Some(text))
                    if self.is_for_spreadsheets && text.starts_with(FORMULA) =>
                {
                    self.record.push_field(format!("'{text}").as_bytes());
                }
                Value::Text(text) => self.record.push_field(text.unwrap_or_default().as_bytes()),
                Value::Time(Some(time)) => self.record.push_field(self.texts.time(time)),
                Value::Seconds(Some(millis)) => {
                    self.record.push_field(seconds(millis).as_bytes());
                }
                Value::Count(Some(count)) => self.record.push_field(count.to_string().as_bytes()),
                Value::Truth(Some(truth)) => self.record.push_field(truth.to_string().as_bytes()),
                _ => self.record.push_field(b""),
            }
        }
        self.writer
            .write_byte_record(&self.record)
            .map_err(unwritable)
    }

    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.writer.flush().map_err(|e| unwritable(e.into()))
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        let sink = self.writer.into_inner();
        let Sink(output) = sink.map_err(|e| unwritable(e.into_error().into()))?;
        output.finish()
    }
}

fn unwritable(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => super::unwritable(error),
        other => Error::failure(format!("cannot write a row: {other:?}")),
    }
}
