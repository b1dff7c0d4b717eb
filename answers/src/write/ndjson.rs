//! Rows as JSON objects, one per line.

use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::write_string;
use sessionize_pipeline::Output;
use sessionize_pipeline::error::Error;

use super::{JsonRow, Texts, seconds};
use crate::row::{COLUMNS, SessionRow, Value};

pub(crate) struct NdjsonRows {
    output: Output,
    row: JsonRow,
}

impl NdjsonRows {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            row: JsonRow::default(),
        }
    }

    pub(super) fn write(&mut self, row: &SessionRow) -> Result<(), Error> {
        self.output.write(self.row.of(row))?;
        self.output.write(b"\n")
    }

    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.output.flush()
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.output.finish()
    }
}

/// Appends a row as a JSON object.
pub(super) fn write_row(row: &SessionRow, texts: &mut Texts, line: &mut Text) {
    let mut lead = "{\"";
    for column in &COLUMNS {
        line.push(lead.as_bytes());
        line.push(column.name.as_bytes());
        line.push(b"\":");
        match (column.value)(row) {
            Value::Text(Some(text)) => write_string(text.as_bytes(), line),
            Value::Time(Some(time)) => write_string(texts.time(time), line),
            Value::Seconds(Some(millis)) => line.push(seconds(millis).as_bytes()),
            Value::Count(Some(count)) => line.push(count.to_string().as_bytes()),
            Value::Truth(Some(truth)) => line.push(truth.to_string().as_bytes()),
            _ => line.push(b"null"),
        }
        lead = ",\"";
    }
    line.push(b"}");
}
