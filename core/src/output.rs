//! Outputs: an event with the added fields.
//!
//! A caller that has an event wait for its turn keeps it [as an object](Event::as_object), with its
//! [end](ObjectEnd), where the added fields go; then nothing is parsed a second time.

use crate::event::{Event, Parsed, Structure};
use crate::fields::{self, AddedWriter};
use crate::key::Visitor;
use crate::parameters::Parameters;
use crate::rule::Placed;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::{self, Object};

/// Writes outputs, by the parameters `prefix`, `fields` and `id`; its buffers are used again for
/// every event.
pub struct Output {
    prefix: String,
    added: AddedWriter,
    /// The output, if it is not made of parts.
    whole: Text,
}

/// An output value: its parts, to be written one after the other.
pub type Parts<'a> = [&'a [u8]; 3];

/// The end of an event that is a JSON object, where the added fields go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectEnd {
    /// Where the closing brace is, in bytes from the start of the event.
    pub close: usize,
    /// What stands in front of it.
    pub members: Members,
}

/// The members that an event has of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Members {
    /// None at all.
    #[default]
    None,
    /// Only such as stay.
    Others,
    /// Some that have the name of an added field. The new values replace theirs; a field that the
    /// parameter `fields` leaves out is removed.
    Added,
}

impl Output {
    /// A writer by these parameters.
    pub fn new(parameters: &Parameters) -> Self {
        Output {
            prefix: parameters.prefix.clone(),
            added: AddedWriter::new(&parameters.prefix, parameters.fields, parameters.id),
            whole: Text::new(),
        }
    }

    /// The event with the added fields.
    pub(crate) fn event<'a>(&'a mut self, event: &Event<'a>, placed: &Placed) -> Parts<'a> {
        let Parsed { text, structure } = event.parsed;
        match structure {
            Structure::Json(object) => {
                self.object(text, ObjectEnd::of(object), &event.visitor, placed)
            }
            Structure::Line(line) => {
                self.added.write(&event.visitor, placed);
                self.whole.clear();
                line.write_members(text, &mut self.whole);
                [self.whole.as_bytes(), self.added.text(), b"}"]
            }
        }
    }

    /// The event of this visitor with the added fields. It is a JSON object with this end.
    #[inline]
    pub fn object<'a>(
        &'a mut self,
        event: &'a [u8],
        end: ObjectEnd,
        visitor: &Visitor<'_>,
        placed: &Placed,
    ) -> Parts<'a> {
        self.added.write(visitor, placed);
        match end.members {
            Members::Added => {
                self.replace(event, end.close);
                [self.whole.as_bytes(), &[], &[]]
            }
            _ => appended(event, end, self.added.text()),
        }
    }

    /// Writes the added fields in the places of those that the event already has, and the others
    /// after it. Of a field that the event has more than once, only the first one stays; none of a
    /// field that is not written. What goes takes the comma in front of it along.
    #[cold]
    fn replace(&mut self, event: &[u8], close: usize) {
        let added = [b"{", self.added.text().get(1..).unwrap_or_default(), b"}"].concat();
        let mut scratch = Vec::new();
        let mut new = [None; fields::COUNT];
        for (name, value) in json::members(&added, added.len() - 1) {
            let text = name.text(&mut scratch).unwrap_or_default();
            let position = fields::position(&self.prefix, text);
            if let Some(new) = position.and_then(|position| new.get_mut(position)) {
                *new = Some((added.get(name.start..value.end()), value.raw));
            }
        }
        let out = &mut self.whole;
        out.clear();
        let mut members = json::members(event, close).peekable();
        let mut end_before = members.peek().map_or(close, |(name, _)| name.start);
        out.push(event.get(..end_before).unwrap_or_default());
        let mut is_first = true;
        for (name, value) in members {
            let text = name.text(&mut scratch).unwrap_or_default();
            let stays = match fields::position(&self.prefix, text) {
                Some(position) => new.get_mut(position).and_then(Option::take),
                None => Some((None, value.raw)),
            };
            if let Some((_, stays)) = stays {
                let from = if is_first { name.start } else { end_before };
                out.push(event.get(from..value.start).unwrap_or_default());
                out.push(stays);
                is_first = false;
            }
            end_before = value.end();
        }
        out.push(event.get(end_before..close).unwrap_or_default());
        for (member, _) in new.into_iter().flatten() {
            if !is_first {
                out.push(b",");
            }
            out.push(member.unwrap_or_default());
            is_first = false;
        }
        out.push(event.get(close..).unwrap_or_default());
    }
}

/// The added fields after those of a JSON event, whose own bytes stay as they are.
fn appended<'a>(event: &'a [u8], end: ObjectEnd, added: &'a [u8]) -> Parts<'a> {
    let (before, close) = event.split_at_checked(end.close).unwrap_or((event, b""));
    let comma = usize::from(end.members == Members::None);
    [before, added.get(comma..).unwrap_or_default(), close]
}

impl ObjectEnd {
    fn of(object: &Object) -> Self {
        ObjectEnd {
            close: object.close,
            members: match object.empty {
                true => Members::None,
                false if object.has_any_of(fields::COUNT) => Members::Added,
                false => Members::Others,
            },
        }
    }
}

impl<'r> Event<'r> {
    /// The event as a JSON object, and its end. `written` is room for the object of a log line;
    /// what it holds is lost.
    pub fn as_object<'a>(&self, written: &'a mut Text) -> (&'a [u8], ObjectEnd)
    where
        'r: 'a,
    {
        let Parsed { text, structure } = self.parsed;
        match structure {
            Structure::Json(object) => (text, ObjectEnd::of(object)),
            Structure::Line(line) => {
                written.clear();
                line.write_members(text, written);
                let close = written.as_bytes().len();
                written.push(b"}");
                let members = Members::Others;
                (written.as_bytes(), ObjectEnd { close, members })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventReader, Record};
    use crate::sessionizer::{Outcome, Sessionizer};
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The output of an event that is kept as an object until its turn has come, its end, and the
    /// output of the same event if it does not wait.
    fn kept_and_not(parameters: &[(&str, &str)], value: &str) -> (String, ObjectEnd, String) {
        let parameters = Parameters::from_pairs(parameters.iter().copied()).unwrap();
        let record = Record {
            key: Some(b"192.0.2.1"),
            value: value.as_bytes(),
            append_time: Some(1_741_000_000_000),
        };
        let mut reader = EventReader::new(&parameters);
        let mut written = Text::new();
        let event = reader.read(&record).unwrap();
        let (object, end) = event.as_object(&mut written);
        let mut sessionizer = Sessionizer::new(&parameters);
        let placed = sessionizer.place(event.visitor.key, event.time).unwrap();
        let mut output = Output::new(&parameters);
        let kept = output.object(object, end, &event.visitor, &placed).concat();
        let not = match Sessionizer::new(&parameters).process(&record) {
            Outcome::Emit { value, .. } => value.concat(),
            outcome => panic!("{outcome:?}"),
        };
        let [kept, not] = [kept, not].map(|value| String::from_utf8(value).unwrap());
        (kept, end, not)
    }

    #[test]
    fn an_event_that_waited_as_an_object_gives_the_same_output() {
        let json = r#"{"ip":"192.0.2.1","timestamp":1741000000000} "#;
        let added = r#"{"session_id":"x","ip":"192.0.2.1","timestamp":1741000000000}"#;
        let line = r#"192.0.2.1 - - [03/Mar/2025:11:06:40 +0000] "GET / HTTP/1.1" 200 512"#;
        let of_record = [("key", "@key"), ("timestamp", "@timestamp")];
        for (parameters, value, close, members) in [
            (&[][..], json, 43, Members::Others),
            (&[], added, 60, Members::Added),
            (&[], line, 135, Members::Others),
            (&of_record, "{ }", 2, Members::None),
        ] {
            let (kept, end, not) = kept_and_not(parameters, value);
            assert_eq!(kept, not);
            assert_eq!(end, ObjectEnd { close, members }, "{value}");
        }
    }
}
