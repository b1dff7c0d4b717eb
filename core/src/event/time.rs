//! Reads the time of an event.

use super::field::{Content, EventField};
use super::invalid::{Invalid, Role, Why};
use super::parser::Parsed;
use sessionize_formats::time::{self, Millis, TimeReader};

/// Reads the times of events, by the parameter `timestamp`.
pub(super) struct EventTimeReader {
    /// Where the time is; `None` if it is the append time.
    field: Option<EventField>,
    reader: TimeReader,
}

impl EventTimeReader {
    /// A reader of the time in this field, or of the append time.
    pub(super) fn new(field: Option<EventField>) -> Self {
        EventTimeReader {
            field,
            reader: TimeReader::new(),
        }
    }

    /// The time of an event whose record was appended at `append_time`, if that is known.
    pub(super) fn read(
        &mut self,
        event: &Parsed<'_>,
        append_time: Option<Millis>,
    ) -> Result<Millis, Invalid> {
        let Some(field) = &self.field else {
            let time = append_time.ok_or(Invalid(Why::NoAppendTime))?;
            return if (time::MIN..=time::MAX).contains(&time) {
                Ok(time)
            } else {
                Err(Invalid(Why::AppendTime(time)))
            };
        };
        let mut unescaped = Vec::new();
        match field.content(event, &mut unescaped) {
            Content::Text(text) => self.reader.read(text),
            Content::Number(number) => time::from_number(number),
            Content::Missing => return Err(Invalid::missing(Role::Time, &field.name)),
            Content::Other => return Err(Invalid::not_text(Role::Time, &field.name)),
        }
        .map_err(|error| {
            Invalid(Why::Timestamp {
                field: field.name.clone(),
                error,
            })
        })
    }
}
