//! What comes out: the event with the added fields, or the record that can't be sessionized in its wrapper.

use crate::append::append;
use crate::decimal;
use crate::event::{Body, Visitor};
use crate::id;
use crate::invalid::Invalid;
use crate::json::{Object, write_string};
use crate::parameters::{IdForm, Parameters};
use crate::session::{Placed, Session};
use crate::timestamp::{Millis, Rfc3339};

/// How many fields are added.
pub const ADDED: usize = 7;

/// The names of the added fields, behind the prefix, in order.
pub const ADDED_NAMES: [&str; ADDED] = [
    "id", "start", "duration", "events", "cut", "previous", "late",
];

/// Writes outputs; its buffers are used again for every record.
pub struct Output {
    id: IdForm,
    /// `,"session_id":` and its like.
    labels: [Label; ADDED],
    tag: Tag,
    clock: Rfc3339,
    added: AddedText,
    /// What stands for the visitor in ids, as it is written inside a JSON string.
    visitor: Vec<u8>,
    whole: Vec<u8>,
}

/// A short text in a room of fixed size, so that it is copied in registers, all of the room at once.
#[derive(Clone, Copy)]
struct Label {
    room: [u8; Label::ROOM],
    length: usize,
}

impl Label {
    /// Room for the longest prefix and name, with quotes, comma and colon.
    const ROOM: usize = 48;

    fn new(text: &[u8]) -> Self {
        let mut room = [0; Self::ROOM];
        for (place, byte) in room.iter_mut().zip(text) {
            *place = *byte;
        }
        Label {
            room,
            length: text.len(),
        }
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        let end = out.len() + self.length;
        out.extend_from_slice(&self.room);
        out.truncate(end);
    }
}

/// The wrapper of a record that can't be sessionized.
struct Tag {
    error: Vec<u8>,
    raw: Vec<u8>,
    raw_base64: Vec<u8>,
}

/// The added fields as text, with where each label starts and each value starts and ends.
#[derive(Default)]
struct AddedText {
    text: Vec<u8>,
    places: [FieldPlace; ADDED],
}

#[derive(Clone, Copy, Default)]
struct FieldPlace {
    label: usize,
    value: usize,
    end: usize,
}

/// An output value: its parts, to be written one behind the other.
pub type Parts<'a> = [&'a [u8]; 3];

impl Output {
    /// A writer by the parameters `prefix` and `id`.
    pub fn new(parameters: &Parameters) -> Self {
        let prefix = &parameters.prefix;
        let tag = |lead: &str, name: &str| format!("{lead}\"{prefix}{name}\":").into_bytes();
        Output {
            id: parameters.id,
            labels: ADDED_NAMES.map(|name| Label::new(&tag(",", name))),
            tag: Tag {
                error: tag("{", "error"),
                raw: tag(",", "raw"),
                raw_base64: tag(",", "raw_base64"),
            },
            clock: Rfc3339::default(),
            added: AddedText::default(),
            visitor: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// The event in `record` with the added fields.
    pub(crate) fn event<'a>(
        &'a mut self,
        record: &'a [u8],
        visitor: &Visitor<'_>,
        body: &Body<'_>,
        placed: &Placed,
    ) -> Parts<'a> {
        self.write_visitor(visitor);
        self.write_added(placed);
        match body {
            Body::Json(object) if !has_added(object) => self.appended(record, object),
            Body::Json(object) => {
                self.replace(record, object);
                [&self.whole, &[], &[]]
            }
            Body::None => [record, &[], &[]],
            Body::Line(line) => {
                self.whole.clear();
                line.write_json(&mut self.whole);
                // The closing brace moves behind the added fields.
                self.whole.pop();
                [&self.whole, &self.added.text, b"}"]
            }
        }
    }

    /// The wrapper of a record that can't be sessionized.
    pub(crate) fn tagged<'a>(&'a mut self, record: &[u8], invalid: &Invalid) -> Parts<'a> {
        let out = &mut self.whole;
        out.clear();
        out.extend_from_slice(&self.tag.error);
        write_string(invalid.to_string().as_bytes(), out);
        if std::str::from_utf8(record).is_ok() {
            out.extend_from_slice(&self.tag.raw);
            write_string(record, out);
        } else {
            out.extend_from_slice(&self.tag.raw_base64);
            out.push(b'"');
            write_base64(record, out);
            out.push(b'"');
        }
        out.push(b'}');
        [out, &[], &[]]
    }

    fn write_visitor(&mut self, visitor: &Visitor<'_>) {
        self.visitor.clear();
        id::write_visitor(self.id, &visitor.key, visitor.key_text, &mut self.visitor);
        // Addresses and hexadecimal digits need no escaping.
        if visitor.key.is_text() && self.id == IdForm::Key {
            let mut escaped = Vec::with_capacity(self.visitor.len() + 2);
            write_string(&self.visitor, &mut escaped);
            self.visitor.clear();
            self.visitor
                .extend_from_slice(escaped.get(1..escaped.len() - 1).unwrap_or_default());
        }
    }

    fn write_added(&mut self, placed: &Placed) {
        let Session {
            origin,
            events,
            previous,
            ..
        } = placed.session;
        self.added.text.clear();
        let form = self.id;
        let visitor = &self.visitor;
        let clock = &mut self.clock;
        let write_id = |origin, out: &mut Vec<u8>| {
            out.push(b'"');
            append(visitor, out);
            id::write_origin(form, origin, out);
            out.push(b'"');
        };
        let [
            id_label,
            start,
            duration,
            events_label,
            cut,
            previous_label,
            late,
        ] = &self.labels;
        let added = &mut self.added;
        added.field(0, id_label, |out| write_id(origin, out));
        added.field(1, start, |out| {
            out.push(b'"');
            clock.write(origin.start, out);
            out.push(b'"');
        });
        added.field(2, duration, |out| {
            write_seconds(placed.session.duration(), out);
        });
        added.field(3, events_label, |out| {
            decimal::append(u64::from(events), out);
        });
        added.field(4, cut, |out| match placed.cut {
            Some(cut) => {
                out.push(b'"');
                append(cut.name().as_bytes(), out);
                out.push(b'"');
            }
            None => out.extend_from_slice(b"null"),
        });
        added.field(5, previous_label, |out| match previous {
            Some(previous) => write_id(previous, out),
            None => out.extend_from_slice(b"null"),
        });
        added.field(6, late, |out| {
            out.extend_from_slice(if placed.late { b"true" } else { b"false" });
        });
    }

    /// The added fields behind those of the event, whose own bytes stay as they are.
    fn appended<'a>(&'a self, record: &'a [u8], object: &Object<'_>) -> Parts<'a> {
        let (event, close) = record
            .split_at_checked(object.close)
            .unwrap_or((record, b""));
        let comma = usize::from(object.empty);
        [
            event,
            self.added.text.get(comma..).unwrap_or_default(),
            close,
        ]
    }

    /// The added fields in the places of those that are there, and the others behind.
    fn replace(&mut self, record: &[u8], object: &Object<'_>) {
        let out = &mut self.whole;
        out.clear();
        let mut present: [(usize, usize, usize); ADDED] = [(usize::MAX, 0, 0); ADDED];
        for (i, (place, value)) in present.iter_mut().zip(&object.values).enumerate() {
            if let Some(value) = value {
                *place = (value.start, value.end(), i);
            }
        }
        present.sort_unstable();
        let mut copied = 0;
        for (start, end, i) in present {
            if start == usize::MAX {
                break;
            }
            out.extend_from_slice(record.get(copied..start).unwrap_or_default());
            out.extend_from_slice(self.added.value(i));
            copied = end;
        }
        out.extend_from_slice(record.get(copied..object.close).unwrap_or_default());
        for (i, _) in object
            .values
            .iter()
            .take(ADDED)
            .enumerate()
            .filter(|(_, value)| value.is_none())
        {
            out.extend_from_slice(self.added.label_and_value(i));
        }
        out.extend_from_slice(record.get(object.close..).unwrap_or_default());
    }
}

impl AddedText {
    fn field(&mut self, i: usize, label: &Label, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        label.append_to(&mut self.text);
        let value = self.text.len();
        write(&mut self.text);
        if let Some(place) = self.places.get_mut(i) {
            *place = FieldPlace {
                label: start,
                value,
                end: self.text.len(),
            };
        }
    }

    fn value(&self, i: usize) -> &[u8] {
        let place = self.places.get(i).copied().unwrap_or_default();
        self.text.get(place.value..place.end).unwrap_or_default()
    }

    fn label_and_value(&self, i: usize) -> &[u8] {
        let place = self.places.get(i).copied().unwrap_or_default();
        self.text.get(place.label..place.end).unwrap_or_default()
    }
}

fn has_added(object: &Object<'_>) -> bool {
    object.values.iter().take(ADDED).any(Option::is_some)
}

/// Writes milliseconds as seconds, with as many decimals as it takes.
fn write_seconds(millis: Millis, out: &mut Vec<u8>) {
    let millis = millis.unsigned_abs();
    decimal::append(millis / 1_000, out);
    let rest = (millis % 1_000) as u16;
    if rest > 0 {
        let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
        let kept = match digits {
            [_, b'0', b'0'] => 1,
            [_, _, b'0'] => 2,
            _ => 3,
        };
        out.push(b'.');
        out.extend(digits.into_iter().take(kept));
    }
}

/// Standard base64 with padding (RFC 4648).
fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for i in 0..3 {
            group = group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0));
        }
        for i in 0..4 {
            let digit = (group >> (18 - 6 * i)) as usize & 63;
            let padded = i > chunk.len();
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.push(if padded { b'=' } else { digit });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn seconds_have_up_to_three_decimals() {
        let rows = [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (100, "0.1"),
            (1_000, "1"),
            (1_234, "1.234"),
            (43_200_000, "43200"),
            (90_050, "90.05"),
        ];
        for (millis, expected) in rows {
            assert_eq!(written(|out| write_seconds(millis, out)), expected);
        }
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        let rows = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, expected) in rows {
            assert_eq!(written(|out| write_base64(text.as_bytes(), out)), expected);
        }
    }
}
