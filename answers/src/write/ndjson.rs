//! Rows as JSON objects, one per line.

use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::write_string;
use sessionize_pipeline::Output;
use sessionize_pipeline::error::Error;

use super::{Texts, seconds};
use crate::row::{COLUMNS, SessionRow, Value};

pub(crate) struct NdjsonRows {
    output: Output,
    line: Text,
    texts: Texts,
}

impl NdjsonRows {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            line: Text::new(),
            texts: Texts::default(),
        }
    }

    pub(super) fn write(&mut self, row: &SessionRow) -> Result<(), Error> {
        self.line.clear();
        write_row(row, &mut self.texts, &mut self.line);
        self.line.push(b"\n");
        self.output.write(self.line.as_bytes())
    }

    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.output.flush()
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.output.finish()
    }
}

/// Appends a row as a JSON object.
fn write_row(row: &SessionRow, texts: &mut Texts, line: &mut Text) {
    let mut lead = "{\"";
    for column in &COLUMNS {
        line.push(lead.as_bytes());
        line.push(column.name.as_bytes());
        line.push(b"\":");
        match (column.value)(row) {
            Value::Text(Some(text)) => write_string(text.as_bytes(), line),
            Value::Text(None) => line.push(b"null"),
            Value::Time(time) => write_string(texts.time(time), line),
            Value::Seconds(millis) => line.push(seconds(millis).as_bytes()),
            Value::Count(count) => line.push(count.to_string().as_bytes()),
            Value::Truth(truth) => line.push(truth.to_string().as_bytes()),
        }
        lead = ",\"";
    }
    line.push(b"}");
}
