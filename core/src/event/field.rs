//! A field that is wanted of every event: the one way to get its content.

use super::parser::{Parsed, Structure};
use crate::parameters::Field;
use sessionize_formats::json::{Object, ValueKind};
use sessionize_formats::line::{Line, LineFormat};

/// A field that is wanted, and where each format has it.
pub(super) struct EventField {
    /// As in the parameter.
    pub name: String,
    /// The slot of the JSON scan.
    slot: usize,
    /// The columns of the log formats, in the order of [`LineFormat::ALL`].
    columns: [Option<usize>; 4],
}

/// The content of a field, or why there is none.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    /// A text, without quotes and escapes.
    Text(&'a [u8]),
    /// A JSON number, as it is spelled.
    Number(&'a [u8]),
    /// The field is missing or null.
    Missing,
    /// Something else.
    Other,
}

impl EventField {
    /// A field that the JSON scan puts into this slot.
    pub(super) fn new(field: &Field, slot: usize) -> Self {
        let column = |format: LineFormat| format.column(field.path.as_field()?);
        EventField {
            name: field.name.clone(),
            slot,
            columns: LineFormat::ALL.map(column),
        }
    }

    /// The content of the field in an event; `unescaped` is room for a text with escapes.
    #[inline(always)]
    pub(super) fn content<'a>(
        &self,
        event: &Parsed<'a>,
        unescaped: &'a mut Vec<u8>,
    ) -> Content<'a> {
        match event.structure {
            Structure::Json(object) => self.json_content(object, event.text, unescaped),
            Structure::Line(line) => self.line_content(line, event.text),
        }
    }

    fn json_content<'a>(
        &self,
        object: &Object,
        text: &'a [u8],
        unescaped: &'a mut Vec<u8>,
    ) -> Content<'a> {
        let Some(value) = object.value(self.slot, text) else {
            return Content::Missing;
        };
        match value.kind {
            ValueKind::String => value.text(unescaped).map_or(Content::Other, Content::Text),
            ValueKind::Number => Content::Number(value.raw),
            ValueKind::Null => Content::Missing,
            _ => Content::Other,
        }
    }

    fn line_content<'a>(&self, line: &'a Line, text: &'a [u8]) -> Content<'a> {
        let [elb, alb, combined, common] = self.columns;
        let column = match line.format() {
            LineFormat::Elb => elb,
            LineFormat::Alb => alb,
            LineFormat::Combined => combined,
            LineFormat::Common => common,
        };
        match column.and_then(|column| line.value(column, text)) {
            Some(text) => Content::Text(text),
            None => Content::Missing,
        }
    }
}
