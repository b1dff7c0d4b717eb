//! From a record to an event: its key, its time and its fields.

mod field;
mod invalid;
mod key;
mod parser;
mod time;

use crate::fields;
use crate::key::Visitor;
use crate::parameters::{Field, KeySource, MAX_KEY_FIELDS, Parameters, TimeSource};
use field::EventField;
pub use invalid::Invalid;
use invalid::Why;
use key::KeyReader;
use parser::Parser;
pub(crate) use parser::{Parsed, Structure};
use sessionize_formats::json::{MAX_WANTED, Wanted};
use sessionize_formats::time::Millis;
use time::EventTimeReader;

/// A record as the broker holds it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'r> {
    /// The record key, where it has one.
    pub key: Option<&'r [u8]>,
    /// The event.
    pub value: &'r [u8],
    /// When the record was appended, in milliseconds since the Unix epoch, where that is known.
    pub append_time: Option<Millis>,
}

/// What a record says, as far as the session rule is concerned.
pub struct Event<'r> {
    /// The time of the event.
    pub time: Millis,
    /// Whose event it is.
    pub visitor: Visitor<'r>,
    pub(crate) parsed: Parsed<'r>,
}

/// An event that was stored before: the module's own output, or a raw event.
pub(crate) struct StoredEvent<'r> {
    /// Whose event it is.
    pub visitor: Visitor<'r>,
    pub parsed: Parsed<'r>,
    may_be_raw: bool,
    time: &'r mut EventTimeReader,
}

/// Reads events from records, by the parameters `format`, `key`, `trusted_proxies`, `timestamp` and
/// `max_ahead`.
pub struct EventReader {
    parser: Parser,
    key: KeyReader,
    time: EventTimeReader,
    max_ahead: Option<Millis>,
}

/// A JSON scan finds the added fields, the time, and the fields of the key.
const _: () = assert!(fields::COUNT + 1 + MAX_KEY_FIELDS <= MAX_WANTED);

impl EventReader {
    /// A reader by these parameters.
    pub fn new(parameters: &Parameters) -> Self {
        let key: &[Field] = match &parameters.key {
            KeySource::Fields(fields) => fields,
            KeySource::RecordKey => &[],
        };
        let time = match &parameters.timestamp {
            TimeSource::Field(field) => Some(field),
            TimeSource::AppendTime => None,
        };
        let mut paths = fields::paths(&parameters.prefix).to_vec();
        let mut wanted = |field: &Field| {
            let slot = paths.len();
            paths.push(field.path.clone());
            EventField::new(field, slot)
        };
        let time = time.map(&mut wanted);
        let key = key.iter().map(&mut wanted).collect();
        EventReader {
            parser: Parser::new(parameters.format, Wanted::new(&paths)),
            key: KeyReader::new(key, parameters.trusted_proxies),
            time: EventTimeReader::new(time),
            max_ahead: parameters.max_ahead,
        }
    }

    /// Reads one event.
    ///
    /// # Errors
    /// Why the record cannot be sessionized.
    pub fn read<'r>(&'r mut self, record: &Record<'r>) -> Result<Event<'r>, Invalid> {
        let parsed = self.parser.parse(record.value)?;
        let visitor = self.key.read(&parsed, record.key)?;
        let time = self.time.read(&parsed, record.append_time)?;
        if let (Some(max_ahead), Some(append_time)) = (self.max_ahead, record.append_time) {
            let by = time.saturating_sub(append_time);
            if by > max_ahead {
                return Err(Invalid(Why::Ahead { by, max_ahead }));
            }
        }
        Ok(Event {
            time,
            visitor,
            parsed,
        })
    }

    /// Reads a record that was stored before, whose append time is not known.
    pub(crate) fn read_stored<'r>(
        &'r mut self,
        key: Option<&[u8]>,
        value: &'r [u8],
    ) -> Result<StoredEvent<'r>, Invalid> {
        let (parsed, may_be_raw) = self.parser.parse_stored(value)?;
        Ok(StoredEvent {
            visitor: self.key.read(&parsed, key)?,
            parsed,
            may_be_raw,
            time: &mut self.time,
        })
    }
}

impl StoredEvent<'_> {
    /// The time of the event, if it may be a raw one. Not needed of the module's own output, which
    /// has the session.
    pub(crate) fn raw_time(&mut self) -> Option<Millis> {
        if !self.may_be_raw {
            return None;
        }
        self.time.read(&self.parsed, None).ok()
    }
}

#[cfg(test)]
mod tests;
