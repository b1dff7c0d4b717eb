//! Parses a record: finds the fields of its event, and repairs a damaged record first.

use std::array::from_fn;

use super::invalid::{Invalid, Why};
use crate::fields;
use crate::parameters::Format;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::{self, JsonError, Object, Value, Wanted};
use sessionize_formats::line::{self, Line, LineError};
use sessionize_formats::repair;

/// A parsed record: its text, and where its fields are.
#[derive(Clone, Copy)]
pub(crate) struct Parsed<'r> {
    /// The value of the record, or its repaired copy.
    pub text: &'r [u8],
    /// Where the fields are in the text.
    pub structure: Structure<'r>,
}

/// The structure of an event: where its fields are in its text.
#[derive(Clone, Copy)]
pub(crate) enum Structure<'r> {
    /// The members of a JSON object.
    Json(&'r Object),
    /// The columns of a log line.
    Line(&'r Line),
}

/// Parses records; its buffers are used again for every record.
pub(super) struct Parser {
    /// The format of every record; `None` if it may differ from record to record.
    format: Option<Format>,
    /// What a JSON scan finds: the added fields first.
    wanted: Wanted,
    /// What was found in the latest record, which is one of these.
    object: Object,
    line: Line,
    /// The repaired copy of the latest record; empty if it needed no repair.
    repaired: Text,
}

/// Why the fields of a text can't be found.
#[derive(Clone)]
enum Unreadable {
    Json(JsonError),
    Line(LineError),
}

impl<'r> Parsed<'r> {
    /// The values of the added fields that a JSON event has; none of a log line.
    pub(crate) fn added(&self) -> [Option<Value<'r>>; fields::COUNT] {
        match self.structure {
            Structure::Json(object) => from_fn(|slot| object.value(slot, self.text)),
            Structure::Line(_) => [None; fields::COUNT],
        }
    }
}

impl Parser {
    /// A parser of records of this format. `wanted` begins with the added fields.
    pub(super) fn new(format: Option<Format>, wanted: Wanted) -> Self {
        Parser {
            format,
            wanted,
            object: Object::default(),
            line: Line::default(),
            repaired: Text::new(),
        }
    }

    /// Parses a record.
    pub(super) fn parse<'r>(&'r mut self, record: &'r [u8]) -> Result<Parsed<'r>, Invalid> {
        let format = self.find_fields(record, self.format)?;
        Ok(self.parsed(record, format))
    }

    /// Parses a record that was stored before, and tells whether it may be a raw event.
    ///
    /// The output of the module is JSON whatever the format of its input, and never a line of it: a
    /// wrapper only has the line in it. All else is parsed like a live record.
    pub(super) fn parse_stored<'r>(
        &'r mut self,
        record: &'r [u8],
    ) -> Result<(Parsed<'r>, bool), Invalid> {
        let json = Some(Format::Json);
        if is_json(record) && self.find_fields(record, json).is_ok() {
            let may_be_raw = !matches!(self.format, Some(Format::Line(_)));
            return Ok((self.parsed(record, Format::Json), may_be_raw));
        }
        let format = self.find_fields(record, self.format)?;
        Ok((self.parsed(record, format), true))
    }

    /// What was found in the latest record, which is of this format.
    #[inline]
    fn parsed<'r>(&'r self, record: &'r [u8], format: Format) -> Parsed<'r> {
        Parsed {
            text: if self.repaired.is_empty() {
                record
            } else {
                self.repaired.as_bytes()
            },
            structure: match format {
                Format::Json => Structure::Json(&self.object),
                Format::Line(_) => Structure::Line(&self.line),
            },
        }
    }

    /// Finds the fields of a record, and repairs a damaged one. Returns the format that the record
    /// has.
    fn find_fields(&mut self, record: &[u8], format: Option<Format>) -> Result<Format, Invalid> {
        self.repaired.clear();
        let error = if repair::may_be_wrapped(record) && repair::is_wrapped(record) {
            None
        } else {
            match self.find_fields_of(record, format) {
                Ok(format) => return Ok(format),
                Err(error) => Some(error),
            }
        };
        self.find_repaired_fields(record, format, error)
    }

    /// Finds the fields of a record's repaired copy, if the record is damaged. `error` is what is
    /// wrong with the record itself.
    #[cold]
    #[inline(never)]
    fn find_repaired_fields(
        &mut self,
        record: &[u8],
        format: Option<Format>,
        error: Option<Unreadable>,
    ) -> Result<Format, Invalid> {
        if let Some(error) = error.as_ref().filter(|error| !error.is_damage()) {
            return Err(error.clone().into());
        }
        let is_json = |text: &[u8]| match format {
            None => is_json(text),
            Some(format) => format == Format::Json,
        };
        let mut copy = std::mem::take(&mut self.repaired);
        repair::repair(record, is_json, &mut copy);
        let found = self.find_fields_of(copy.as_bytes(), format);
        self.repaired = copy;
        // The error of the record says more than that of its copy.
        found.map_err(|of_copy| error.unwrap_or(of_copy).into())
    }

    // Not inlined into its two callers, as it contains the whole scanner.
    #[inline(never)]
    fn find_fields_of(
        &mut self,
        text: &[u8],
        format: Option<Format>,
    ) -> Result<Format, Unreadable> {
        let parsed = match format {
            None if is_json(text) => None,
            None => Some(line::parse_any_into(text, &mut self.line)),
            Some(Format::Json) => None,
            Some(Format::Line(format)) => Some(line::parse_into(format, text, &mut self.line)),
        };
        if let Some(parsed) = parsed {
            parsed.map_err(Unreadable::Line)?;
            return Ok(Format::Line(self.line.format()));
        }
        json::scan_into(text, &self.wanted, &mut self.object).map_err(Unreadable::Json)?;
        Ok(Format::Json)
    }
}

impl Unreadable {
    /// Whether a repair of the texts may help.
    fn is_damage(&self) -> bool {
        match self {
            Unreadable::Json(error) => error.is_within_strings(),
            Unreadable::Line(error) => error.is_not_utf8(),
        }
    }
}

impl From<Unreadable> for Invalid {
    fn from(unreadable: Unreadable) -> Invalid {
        Invalid(match unreadable {
            Unreadable::Json(error) => Why::Json(error),
            Unreadable::Line(error) => Why::Line(error),
        })
    }
}

/// Whether a record is meant to be JSON: no log line starts with a brace.
fn is_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start(), [b'{', ..])
}
