//! What a sessionized event says: of its session, and of the visitor's request.

use std::borrow::Cow;

use sessionize_core::fields::AddedReader;
use sessionize_core::id::IdForm;
use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Cut;
use sessionize_formats::json::{self, Object, Value, ValueKind, Wanted};
use sessionize_formats::path::Path;
use sessionize_formats::time::Millis;

/// A sessionized event, with the columns that `analytics/views.sql` reads.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEvent<'r> {
    /// Id of the session.
    pub session_id: Cow<'r, str>,
    /// How many bytes of the id stand for the visitor.
    pub visitor: usize,
    /// When the session starts, in ms since the epoch.
    pub start: Millis,
    /// The latest event time of the session so far, in ms since the epoch.
    pub last: Millis,
    /// Number of the event in its session, counted from 1.
    pub number: u32,
    /// Why the event opened the session; none if it joined.
    pub cut: Option<Cut>,
    /// Id of the visitor's session before.
    pub previous: Option<Cow<'r, str>>,
    /// Whether the event is known to be a fragment, or behind its session's latest event.
    pub is_late: bool,
    /// What was asked for, as the client sent it.
    pub url: Option<Cow<'r, str>>,
    /// The page that led to it.
    pub referrer: Option<Cow<'r, str>>,
    /// The client's program.
    pub user_agent: Option<Cow<'r, str>>,
    /// Status code of the response.
    pub status: Option<u16>,
}

/// What a line holds.
#[derive(Debug)]
pub enum Line<'r> {
    /// An event with a session.
    Event(SessionEvent<'r>),
    /// A record that could not be sessionized, as `invalid=tag` passes it on.
    Invalid,
    /// Anything else, with the reason: a line that is cut off, or of another program.
    Foreign(String),
}

/// The fields in the order in which they are wanted.
const FIELDS: [&str; 8] = [
    "request",
    "url",
    "path",
    "referer",
    "referrer",
    "user_agent",
    "status",
    "elb_status_code",
];

/// The added fields whose text is wanted, without the prefix.
const ADDED: [&str; 3] = ["id", "previous", "error"];

/// Reads lines of what sessionize writes, whatever the parameter `id` was.
pub struct EventReader {
    prefix: String,
    wanted: Wanted,
    readable: AddedReader,
    hashed: AddedReader,
    object: Object,
}

impl EventReader {
    /// A reader of what a module with these parameters writes. Only `prefix` counts.
    pub fn new(parameters: &Parameters) -> Self {
        let prefix = parameters.prefix.clone();
        let added = ADDED.map(|name| Path::field(&format!("{prefix}{name}")));
        let fields = FIELDS.map(Path::field);
        let paths: Vec<Path> = added.into_iter().chain(fields).collect();
        Self {
            wanted: Wanted::new(&paths),
            readable: AddedReader::new(&prefix, IdForm::Key),
            hashed: AddedReader::new(&prefix, IdForm::Hash),
            prefix,
            object: Object::default(),
        }
    }

    /// The fields of the line that was read last: the name of each, and its value. Not for a line
    /// that is not JSON.
    pub fn fields<'r>(&self, line: &'r [u8]) -> impl Iterator<Item = (Value<'r>, Value<'r>)> {
        json::members(line, self.object.close)
    }

    /// Reads a line.
    pub fn read<'r>(&mut self, line: &'r [u8]) -> Line<'r> {
        if let Err(error) = json::scan_into(line, &self.wanted, &mut self.object) {
            return Line::Foreign(error.to_string());
        }
        let Self { prefix, object, .. } = &*self;
        let value = |slot| object.value(slot, line).and_then(text);
        let Some(session_id) = value(0) else {
            return match value(2) {
                Some(_) => Line::Invalid,
                None => Line::Foreign(format!("no field `{prefix}id`")),
            };
        };
        let read = |reader: &AddedReader| {
            let added = reader.read(line)?;
            let (visitor, session) = added.session()?;
            Some((
                added.cut,
                added.out_of_order.unwrap_or(false),
                visitor.len(),
                session,
            ))
        };
        let Some((cut, is_late, visitor, session)) =
            read(&self.readable).or_else(|| read(&self.hashed))
        else {
            return Line::Foreign(format!(
                "the fields `{prefix}…` are not those that sessionize writes"
            ));
        };
        Line::Event(SessionEvent {
            session_id,
            visitor,
            start: session.origin.start,
            last: session.last,
            number: session.events,
            cut,
            previous: value(1),
            is_late,
            url: value(4)
                .or_else(|| value(5))
                .or_else(|| value(3).and_then(second_word)),
            referrer: value(6).or_else(|| value(7)),
            user_agent: value(8),
            status: value(9)
                .or_else(|| value(10))
                .and_then(|text| text.parse().ok()),
        })
    }
}

/// A value as text: the content of a string, or else the JSON. Null is no value.
pub fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value.kind {
        ValueKind::Null => None,
        ValueKind::String if value.escaped => {
            let mut content = Vec::new();
            value.text(&mut content)?;
            String::from_utf8(content).ok().map(Cow::from)
        }
        ValueKind::String => std::str::from_utf8(value.inner()?).ok().map(Cow::from),
        _ => std::str::from_utf8(value.raw).ok().map(Cow::from),
    }
}

/// What a request line asks for.
fn second_word(request: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let word = |request: &str| -> Option<std::ops::Range<usize>> {
        let start = request.find(' ')? + 1;
        let rest = request.get(start..)?;
        let length = rest.find(' ').unwrap_or(rest.len());
        (length > 0).then_some(start..start + length)
    };
    let range = word(&request)?;
    match request {
        Cow::Borrowed(request) => request.get(range).map(Cow::from),
        Cow::Owned(request) => request.get(range).map(|word| Cow::from(word.to_owned())),
    }
}

#[cfg(test)]
mod tests;
