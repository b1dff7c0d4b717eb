//! Outputs: an event with the added fields.

use crate::event::{Event, Fields, Parsed};
use crate::fields::{self, AddedWriter};
use crate::parameters::Parameters;
use crate::rule::Placed;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::{self, Object};

/// Writes outputs; its buffers are used again for every event.
pub(crate) struct Output {
    prefix: String,
    added: AddedWriter,
    /// The output, if it is not made of parts.
    whole: Text,
}

/// An output value: its parts, to be written one behind the other.
pub type Parts<'a> = [&'a [u8]; 3];

impl Output {
    /// A writer by the parameters `prefix` and `id`.
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Output {
            prefix: parameters.prefix.clone(),
            added: AddedWriter::new(parameters),
            whole: Text::new(),
        }
    }

    /// The event with the added fields.
    pub(crate) fn event<'a>(&'a mut self, event: &Event<'a>, placed: &Placed) -> Parts<'a> {
        let Parsed { text, fields } = event.parsed;
        self.added.write(&event.visitor, placed);
        match fields {
            Fields::Json(object) if !object.has_any_of(fields::COUNT) => {
                appended(text, object, self.added.text())
            }
            Fields::Json(object) => {
                self.replace(text, object);
                [self.whole.as_bytes(), &[], &[]]
            }
            Fields::Line(line) => {
                self.whole.clear();
                line.write_members(text, &mut self.whole);
                [self.whole.as_bytes(), self.added.text(), b"}"]
            }
        }
    }

    /// Writes the added fields in the places of those that the event already has, and the others
    /// behind it. A field that the event has more than once is written in its first place, and
    /// removed from all others.
    #[cold]
    fn replace(&mut self, event: &[u8], object: &Object) {
        let added = [b"{", self.added.text().get(1..).unwrap_or_default(), b"}"].concat();
        let members = whole_object(&added);
        let mut added: Vec<_> = json::members(&added, &members)
            .map(|(name, value)| Some((added.get(name.start..value.end()), value.raw)))
            .collect();
        let out = &mut self.whole;
        out.clear();
        let mut scratch = Vec::new();
        let (mut copied, mut end_before) = (0, 0);
        for (name, value) in json::members(event, object) {
            let name = name.text(&mut scratch).unwrap_or_default();
            if let Some(position) = fields::position(&self.prefix, name) {
                match added.get_mut(position).and_then(Option::take) {
                    Some((_, replacement)) => {
                        out.push(event.get(copied..value.start).unwrap_or_default());
                        out.push(replacement);
                    }
                    // Its first place was before this one: it goes with the comma in front of it.
                    None => out.push(event.get(copied..end_before).unwrap_or_default()),
                }
                copied = value.end();
            }
            end_before = value.end();
        }
        out.push(event.get(copied..object.close).unwrap_or_default());
        for (member, _) in added.into_iter().flatten() {
            out.push(b",");
            out.push(member.unwrap_or_default());
        }
        out.push(event.get(object.close..).unwrap_or_default());
    }
}

/// The added fields behind those of a JSON event, whose own bytes stay as they are.
fn appended<'a>(event: &'a [u8], object: &Object, added: &'a [u8]) -> Parts<'a> {
    let (before, close) = event.split_at_checked(object.close).unwrap_or((event, b""));
    let comma = usize::from(object.empty);
    [before, added.get(comma..).unwrap_or_default(), close]
}

/// An object that is all of a text.
fn whole_object(text: &[u8]) -> Object {
    let mut object = Object::default();
    object.close = text.len().saturating_sub(1);
    object
}
