//! From a record to an event: its key, its time and its fields.

mod invalid;

use crate::fields::{COUNT, NAMES};
use crate::key::{self, Key, Visitor};
use crate::parameters::{Field, Format, KeySource, Parameters, TimeSource};
pub use invalid::Invalid;
use invalid::{Role, Why};
use sessionize_formats::bytes::text::Text;
use sessionize_formats::client::{self, Client};
use sessionize_formats::json::{self, JsonError, Kind, Object, Wanted};
use sessionize_formats::line::{self, Line, LineError, LineFormat};
use sessionize_formats::path::Path;
use sessionize_formats::repair;
use sessionize_formats::time::{self, Millis, TimeReader};

/// A record as the broker holds it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'r> {
    /// The record key, where it has one.
    pub key: Option<&'r [u8]>,
    /// The event.
    pub value: &'r [u8],
    /// When it was appended, where that is known, in milliseconds since the Unix epoch.
    pub append_time: Option<Millis>,
}

/// What a record says, as far as the session rule is concerned.
pub struct Event<'r> {
    /// Its time.
    pub time: Millis,
    /// Who it belongs to.
    pub visitor: Visitor<'r>,
    /// Its text, in which its fields are: the record's value, or a repaired copy of it.
    pub value: &'r [u8],
    /// Where its fields are.
    pub fields: Fields<'r>,
}

/// Where the fields of an event are in its text.
#[derive(Clone, Copy)]
pub enum Fields<'r> {
    /// Of a JSON object.
    Json(&'r Object),
    /// Of a log line.
    Line(&'r Line),
}

/// Reads events from records, by the parameters `format`, `key`, `trusted_proxies`, `timestamp` and `max_ahead`.
pub struct EventReader {
    format: Format,
    key: KeySource,
    timestamp: TimeSource,
    clock: TimeReader,
    trusted_proxies: usize,
    max_ahead: Option<Millis>,
    wanted: Wanted,
    columns: [Columns; 4],
    /// What was found in the record read last, which is one of these.
    object: Object,
    line: Line,
    /// The repaired copy of it that was read instead; empty if it was read as it is.
    repaired: Text,
    /// The text of its key.
    key_text: Text,
}

/// What a record was read as.
#[derive(Clone, Copy)]
enum Shape {
    Json,
    Line,
}

/// Why the fields of a text can't be found.
#[derive(Clone)]
enum Unreadable {
    Json(JsonError),
    Line(LineError),
}

impl Unreadable {
    /// Whether all could be found if what is wrong within texts were repaired.
    fn is_damage(&self) -> bool {
        match self {
            Unreadable::Json(error) => error.is_within_strings(),
            Unreadable::Line(error) => error.is_of_bytes(),
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

/// Where a line format has what is wanted.
struct Columns {
    timestamp: Option<usize>,
    key: Vec<Option<usize>>,
}

/// The slots of what is wanted of a JSON event: the added fields, the time, the fields of the key.
const TIME_SLOT: usize = COUNT;
const KEY_SLOT: usize = TIME_SLOT + 1;

/// A field's content: its text, or why there is none.
enum Content<'a> {
    Text(&'a [u8]),
    Number(&'a [u8]),
    Missing,
    Other,
}

/// Whose event a looked-back record holds. Its time is read where it is needed: the module's own output tells the session's.
pub(crate) struct LookedBack<'r> {
    reader: &'r mut EventReader,
    key: Key,
    shape: Shape,
}

impl LookedBack<'_> {
    /// Who it belongs to.
    pub fn visitor(&self) -> Visitor<'_> {
        self.reader.visitor(self.key)
    }

    /// Its text, in which its fields are; `record` is what was read.
    pub fn value<'a>(&'a self, record: &Record<'a>) -> &'a [u8] {
        self.reader.value(record)
    }

    /// Where its fields are.
    pub fn fields(&self) -> Fields<'_> {
        self.reader.fields(self.shape)
    }

    /// Reads the time of the event, where it is one in the format that is asked for; `record` is what was read.
    pub fn time(&mut self, record: &Record<'_>) -> Option<Millis> {
        match (self.shape, self.reader.format) {
            (Shape::Json, Format::Line(_)) => None,
            _ => self.reader.time(record, self.shape).ok(),
        }
    }
}

impl EventReader {
    /// A reader by these parameters.
    pub fn new(parameters: &Parameters) -> Self {
        let key_fields: &[Field] = match &parameters.key {
            KeySource::Fields(fields) => fields,
            KeySource::RecordKey => &[],
        };
        let timestamp_field = match &parameters.timestamp {
            TimeSource::Field(field) => Some(field),
            TimeSource::AppendTime => None,
        };
        let added = |name: &str| Path::field(&format!("{}{name}", parameters.prefix));
        let mut paths: Vec<Path> = NAMES.iter().map(|name| added(name)).collect();
        // Every slot has its place even where nothing is wanted; an added field a second time stands in for nothing.
        let time = timestamp_field.map(|field| &field.path);
        paths.extend(time.or(paths.first()).cloned());
        paths.extend(key_fields.iter().map(|field| field.path.clone()));
        EventReader {
            format: parameters.format,
            key: parameters.key.clone(),
            timestamp: parameters.timestamp.clone(),
            clock: TimeReader::new(),
            trusted_proxies: parameters.trusted_proxies,
            max_ahead: parameters.max_ahead,
            wanted: Wanted::new(&paths),
            columns: LINE_FORMATS.map(|format| {
                let column = |field: &Field| format.column(field.path.as_field()?);
                Columns {
                    timestamp: timestamp_field.and_then(column),
                    key: key_fields.iter().map(column).collect(),
                }
            }),
            object: Object::default(),
            line: Line::default(),
            repaired: Text::new(),
            key_text: Text::new(),
        }
    }

    /// Reads one event.
    ///
    /// # Errors
    /// Why the record can't be sessionized.
    pub fn read<'r>(&'r mut self, record: &Record<'r>) -> Result<Event<'r>, Invalid> {
        let shape = self.find_fields(record.value, self.format)?;
        let key = self.read_key(record, shape)?;
        let time = self.time(record, shape)?;
        if let (Some(most), Some(append_time)) = (self.max_ahead, record.append_time) {
            let by = time - append_time;
            if by > most {
                return Err(Invalid(Why::Ahead { by, most }));
            }
        }
        Ok(Event {
            time,
            visitor: self.visitor(key),
            value: self.value(record),
            fields: self.fields(shape),
        })
    }

    /// Reads whose event a looked-back record holds: the module's own output, or a raw one in the format asked for.
    pub(crate) fn read_looked_back(
        &mut self,
        record: &Record<'_>,
    ) -> Result<LookedBack<'_>, Invalid> {
        let shape = self.looked_back_shape(record.value)?;
        let key = self.read_key(record, shape)?;
        Ok(LookedBack {
            reader: self,
            key,
            shape,
        })
    }

    /// The text that was read of a record.
    #[inline]
    fn value<'a>(&'a self, record: &Record<'a>) -> &'a [u8] {
        text_of(&self.repaired, record)
    }

    fn visitor(&self, key: Key) -> Visitor<'_> {
        Visitor {
            key,
            key_text: self.key_text.as_bytes(),
        }
    }

    fn fields(&self, shape: Shape) -> Fields<'_> {
        match shape {
            Shape::Json => Fields::Json(&self.object),
            Shape::Line => Fields::Line(&self.line),
        }
    }

    /// What the module has written is JSON whatever the format of its input, and never one of its lines: a tagged record
    /// has the line in it. All else is read as it would be live.
    fn looked_back_shape(&mut self, value: &[u8]) -> Result<Shape, Invalid> {
        if is_json(value) && self.find_fields(value, Format::Json).is_ok() {
            return Ok(Shape::Json);
        }
        self.find_fields(value, self.format)
    }

    /// Finds the fields of a record, and repairs a damaged one.
    fn find_fields(&mut self, value: &[u8], format: Format) -> Result<Shape, Invalid> {
        self.repaired.clear();
        let error = if repair::may_be_wrapped(value) && repair::is_wrapped(value) {
            None
        } else {
            match self.find_fields_of(value, format) {
                Ok(shape) => return Ok(shape),
                Err(error) => Some(error),
            }
        };
        self.find_repaired_fields(value, format, error)
    }

    /// Finds the fields of a record's repaired copy, if it is damaged; `error` is what is wrong with the record itself.
    #[cold]
    #[inline(never)]
    fn find_repaired_fields(
        &mut self,
        value: &[u8],
        format: Format,
        error: Option<Unreadable>,
    ) -> Result<Shape, Invalid> {
        if let Some(error) = error.as_ref().filter(|error| !error.is_damage()) {
            return Err(error.clone().into());
        }
        let is_json = |value: &[u8]| match format {
            Format::Auto => is_json(value),
            Format::Json => true,
            Format::Line(_) => false,
        };
        let mut copy = std::mem::take(&mut self.repaired);
        repair::repair(value, is_json, &mut copy);
        let found = self.find_fields_of(copy.as_bytes(), format);
        self.repaired = copy;
        // What is said of the record tells more than what is said of its copy.
        found.map_err(|of_copy| error.unwrap_or(of_copy).into())
    }

    // Once in the module, though there are two callers: it holds the whole scanner.
    #[inline(never)]
    fn find_fields_of(&mut self, value: &[u8], format: Format) -> Result<Shape, Unreadable> {
        let of_line = match format {
            Format::Auto if is_json(value) => None,
            Format::Auto => Some(line::parse_any_into(value, &mut self.line)),
            Format::Json => None,
            Format::Line(format) => Some(line::parse_into(format, value, &mut self.line)),
        };
        if let Some(result) = of_line {
            result.map_err(Unreadable::Line)?;
            return Ok(Shape::Line);
        }
        json::scan_into(value, &self.wanted, &mut self.object).map_err(Unreadable::Json)?;
        Ok(Shape::Json)
    }

    /// Reads the time of an event whose fields have been found.
    fn time(&mut self, record: &Record<'_>, shape: Shape) -> Result<Millis, Invalid> {
        let TimeSource::Field(field) = &self.timestamp else {
            let time = record.append_time.ok_or(Invalid(Why::NoAppendTime))?;
            return if (time::MIN..=time::MAX).contains(&time) {
                Ok(time)
            } else {
                Err(Invalid(Why::AppendTime(time)))
            };
        };
        let value = text_of(&self.repaired, record);
        let mut unescaped = Vec::new();
        let content = match shape {
            Shape::Json => json_content(&self.object, TIME_SLOT, value, &mut unescaped),
            Shape::Line => {
                let column = self.columns(&self.line).timestamp;
                line_content(&self.line, column, value)
            }
        };
        match content {
            Content::Text(text) => self.clock.read(text),
            Content::Number(number) => time::from_number(number),
            Content::Missing => return Err(missing(Role::Time, field)),
            Content::Other => return Err(not_text(Role::Time, field)),
        }
        .map_err(|error| {
            Invalid(Why::Timestamp {
                field: field.name.clone(),
                error,
            })
        })
    }

    /// Reads the key, and leaves its canonical text in `key_text`.
    fn read_key(&mut self, record: &Record<'_>, shape: Shape) -> Result<Key, Invalid> {
        let mut key_text = std::mem::take(&mut self.key_text);
        key_text.clear();
        let key = self.write_key(record, self.fields(shape), &mut key_text);
        self.key_text = key_text;
        key
    }

    fn write_key(
        &self,
        record: &Record<'_>,
        fields: Fields<'_>,
        key_text: &mut Text,
    ) -> Result<Key, Invalid> {
        let mut unescaped = Vec::new();
        let (client, name) = match &self.key {
            KeySource::Fields(wanted) => match wanted.as_slice() {
                [field] => {
                    let value = self.value(record);
                    let client = self.client(value, fields, 0, field, &mut unescaped)?;
                    (client, field.name.as_str())
                }
                wanted => return self.write_key_of_several(record, fields, wanted, key_text),
            },
            KeySource::RecordKey => {
                let text = record.key.ok_or(Invalid(Why::NoRecordKey))?;
                if std::str::from_utf8(text).is_err() {
                    return Err(Invalid(Why::RecordKeyNotUtf8));
                }
                (client::read(text, self.trusted_proxies), "@key")
            }
        };
        client.write(key_text);
        Key::of(client).map_err(|text| nobody(name, text))
    }

    fn write_key_of_several(
        &self,
        record: &Record<'_>,
        fields: Fields<'_>,
        wanted: &[Field],
        key_text: &mut Text,
    ) -> Result<Key, Invalid> {
        let mut unescaped = Vec::new();
        let mut component = Text::new();
        for (i, field) in wanted.iter().enumerate() {
            let client = self.client(self.value(record), fields, i, field, &mut unescaped)?;
            if let (0, Client::Nobody(text)) = (i, client) {
                return Err(nobody(&field.name, text));
            }
            component.clear();
            client.write(&mut component);
            if i > 0 {
                key_text.push(&[key::SEPARATOR]);
            }
            key::write_component(component.as_bytes(), key_text);
        }
        Ok(Key::text(key_text.as_bytes()))
    }

    /// What a field of the key says. Only the first must be there: not every client sends a user agent.
    fn client<'a>(
        &self,
        value: &'a [u8],
        fields: Fields<'a>,
        i: usize,
        field: &Field,
        unescaped: &'a mut Vec<u8>,
    ) -> Result<Client<'a>, Invalid> {
        let content = match fields {
            Fields::Json(object) => json_content(object, KEY_SLOT + i, value, unescaped),
            Fields::Line(line) => {
                let column = self.columns(line).key.get(i).copied().flatten();
                line_content(line, column, value)
            }
        };
        match content {
            Content::Text(text) | Content::Number(text) => {
                Ok(client::read(text, self.trusted_proxies))
            }
            Content::Missing if i > 0 => Ok(Client::Nobody(b"")),
            Content::Missing => Err(missing(Role::Key, field)),
            Content::Other => Err(not_text(Role::Key, field)),
        }
    }

    /// The key that a text stands for, where it is the only field of the key; none if it stands for nobody. For hosts that
    /// spread events by their keys and know where the text is.
    pub fn key_of(&self, text: &[u8]) -> Option<Key> {
        Key::of(client::read(text, self.trusted_proxies)).ok()
    }

    fn columns(&self, line: &Line) -> &Columns {
        let [elb, alb, combined, common] = &self.columns;
        match line.format() {
            LineFormat::Elb => elb,
            LineFormat::Alb => alb,
            LineFormat::Combined => combined,
            LineFormat::Common => common,
        }
    }
}

const LINE_FORMATS: [LineFormat; 4] = [
    LineFormat::Elb,
    LineFormat::Alb,
    LineFormat::Combined,
    LineFormat::Common,
];

/// What was read of a record: the repaired copy, if there is one.
#[inline]
fn text_of<'a>(repaired: &'a Text, record: &Record<'a>) -> &'a [u8] {
    if repaired.is_empty() {
        record.value
    } else {
        repaired.as_bytes()
    }
}

/// Whether a record is meant to be JSON: no log line starts with a brace.
fn is_json(value: &[u8]) -> bool {
    matches!(value.trim_ascii_start(), [b'{', ..])
}

fn json_content<'a>(
    object: &Object,
    slot: usize,
    record: &'a [u8],
    unescaped: &'a mut Vec<u8>,
) -> Content<'a> {
    let Some(value) = object.value(slot, record) else {
        return Content::Missing;
    };
    match value.kind {
        Kind::String => value.text(unescaped).map_or(Content::Other, Content::Text),
        Kind::Number => Content::Number(value.raw),
        Kind::Null => Content::Missing,
        _ => Content::Other,
    }
}

fn line_content<'a>(line: &'a Line, column: Option<usize>, record: &'a [u8]) -> Content<'a> {
    match column.and_then(|column| line.value(column, record)) {
        Some(text) => Content::Text(text),
        None => Content::Missing,
    }
}

#[cold]
fn nobody(field: &str, text: &[u8]) -> Invalid {
    Invalid(Why::Nobody {
        field: field.to_owned(),
        text: String::from_utf8_lossy(text).into_owned(),
    })
}

fn missing(role: Role, field: &Field) -> Invalid {
    Invalid(Why::NoField {
        role,
        field: field.name.clone(),
    })
}

fn not_text(role: Role, field: &Field) -> Invalid {
    Invalid(Why::NotText {
        role,
        field: field.name.clone(),
    })
}

#[cfg(test)]
mod damaged_tests;
