//! What comes out: the event with the added fields, or the record that can't be sessionized in its wrapper.

use crate::event::Invalid;
use crate::event::{Event, Fields, Visitor};
use crate::fields::names::{self, COUNT, NAMES};
use crate::id::{self, IdForm};
use crate::parameters::Parameters;
use crate::rule::Placed;
use crate::session::Session;
use sessionize_formats::bytes::decimal;
use sessionize_formats::bytes::label::Label;
use sessionize_formats::bytes::text::{Text, Writer};
use sessionize_formats::json::{self, Object, escaped_length, write_escaped, write_string};
use sessionize_formats::time::{Millis, Rfc3339};

/// Writes outputs; its buffers are used again for every record.
pub struct Output {
    id: IdForm,
    prefix: String,
    labels: [Label<3>; COUNT],
    clock: Rfc3339,
    added: AddedText,
    /// What stands for the visitor in ids, as it is written inside a JSON string, where it is not the key's text as it is.
    visitor: Text,
    whole: Text,
}

/// The added fields as text.
#[derive(Default)]
struct AddedText {
    text: Text,
    /// Where the comma before each field is, and where its value starts; a field ends at the comma of the next one.
    commas: [usize; COUNT],
    values: [usize; COUNT],
}

/// An output value: its parts, to be written one behind the other.
pub type Parts<'a> = [&'a [u8]; 3];

impl Output {
    /// A writer by the parameters `prefix` and `id`.
    pub fn new(parameters: &Parameters) -> Self {
        let prefix = &parameters.prefix;
        let label = |before: &str, name: &str, after: &str| {
            let parts = [before, ",\"", prefix, name, "\":", after];
            Label::new(&parts.map(str::as_bytes))
        };
        let [id, start, duration, events, cut, previous, late] = NAMES;
        Output {
            id: parameters.id,
            prefix: prefix.clone(),
            // The quotes of the id and of the start are those of the labels around them.
            labels: [
                label("", id, "\""),
                label("\"", start, "\""),
                label("\"", duration, ""),
                label("", events, ""),
                label("", cut, ""),
                label("", previous, ""),
                label("", late, ""),
            ],
            clock: Rfc3339::new(),
            added: AddedText::default(),
            visitor: Text::new(),
            whole: Text::new(),
        }
    }

    /// The event with the added fields.
    pub(crate) fn event<'a>(&'a mut self, event: &Event<'a>, placed: &Placed) -> Parts<'a> {
        let value = event.value;
        self.write_added(&event.visitor, placed);
        match event.fields {
            Fields::Json(object) if !object.has_any_of(COUNT) => self.appended(value, object),
            Fields::Json(object) => {
                self.replace(value, object);
                [self.whole.as_bytes(), &[], &[]]
            }
            Fields::Line(line) => {
                self.whole.clear();
                line.write_members(value, &mut self.whole);
                [self.whole.as_bytes(), self.added.text.as_bytes(), b"}"]
            }
        }
    }

    /// The wrapper of a record that can't be sessionized.
    #[cold]
    pub(crate) fn tagged<'a>(&'a mut self, record: &[u8], invalid: &Invalid) -> Parts<'a> {
        let out = &mut self.whole;
        out.clear();
        write_name(b"{\"", &self.prefix, b"error\":", out);
        write_string(format!("{invalid}").as_bytes(), out);
        // Escapes may make a text six times as long, base64 makes it longer by a third.
        let is_text = std::str::from_utf8(record).is_ok();
        let most = SHORT.max(MOST_ESCAPED * record.len());
        if is_text && escaped_length(record) <= most {
            write_name(b",\"", &self.prefix, b"raw\":", out);
            write_string(record, out);
        } else {
            write_name(b",\"", &self.prefix, b"raw_base64\":\"", out);
            write_base64(record, out);
            out.push(b"\"");
        }
        out.push(b"}");
        [out.as_bytes(), &[], &[]]
    }

    fn write_added(&mut self, visitor: &Visitor<'_>, placed: &Placed) {
        let Session {
            origin,
            events,
            previous,
            ..
        } = placed.session;
        let form = self.id;
        let visitor = match form {
            // An address needs no escaping.
            IdForm::Key if !visitor.key.is_text() => visitor.key_text,
            _ => {
                self.write_visitor(visitor);
                self.visitor.as_bytes()
            }
        };
        let AddedText {
            text,
            commas,
            values,
        } = &mut self.added;
        text.clear();
        let mut out = text.writer(MOST_BUT_VISITORS + 2 * visitor.len());
        let [c0, c1, c2, c3, c4, c5, c6] = commas;
        let [v0, v1, v2, v3, v4, v5, v6] = values;
        let [
            id_label,
            start_label,
            duration_label,
            events_label,
            cut_label,
            previous_label,
            late_label,
        ] = &self.labels;

        *c0 = out.at();
        out.label(id_label, 0);
        *v0 = out.at() - 1;
        out.text(visitor);
        id::write_origin(form, origin, &mut out);

        *c1 = out.at() + 1;
        out.label(start_label, 0);
        *v1 = out.at() - 1;
        self.clock.write(origin.start, &mut out);

        *c2 = out.at() + 1;
        out.label(duration_label, 0);
        *v2 = out.at();
        write_seconds(placed.session.duration(), &mut out);

        *c3 = out.at();
        out.label(events_label, 0);
        *v3 = out.at();
        decimal::write(u64::from(events), &mut out);

        *c4 = out.at();
        out.label(cut_label, 0);
        *v4 = out.at();
        match placed.cut {
            None => out.bytes(*b"null"),
            Some(cut) => {
                out.bytes(*b"\"");
                out.text(cut.name().as_bytes());
                out.bytes(*b"\"");
            }
        }

        *c5 = out.at();
        out.label(previous_label, 0);
        *v5 = out.at();
        match previous {
            None => out.bytes(*b"null"),
            Some(previous) => {
                out.bytes(*b"\"");
                out.text(visitor);
                id::write_origin(form, previous, &mut out);
                out.bytes(*b"\"");
            }
        }

        *c6 = out.at();
        out.label(late_label, 0);
        *v6 = out.at();
        if placed.out_of_order {
            out.bytes(*b"true");
        } else {
            out.part(*b"false   ", 5);
        }
        out.end();
    }

    #[cold]
    fn write_visitor(&mut self, visitor: &Visitor<'_>) {
        self.visitor.clear();
        match self.id {
            IdForm::Key => write_escaped(visitor.key_text, &mut self.visitor),
            IdForm::Hash => self
                .visitor
                .push(&id::hashed(&visitor.key, visitor.key_text)),
        }
    }

    /// The added fields behind those of the event, whose own bytes stay as they are.
    fn appended<'a>(&'a self, record: &'a [u8], object: &Object) -> Parts<'a> {
        let (event, close) = record
            .split_at_checked(object.close)
            .unwrap_or((record, b""));
        let comma = usize::from(object.empty);
        [
            event,
            self.added.text.as_bytes().get(comma..).unwrap_or_default(),
            close,
        ]
    }

    /// The added fields in the places of those that are there, and the others behind. A field that the event carries
    /// more than once is written in its first place, and gone from all others.
    #[cold]
    fn replace(&mut self, record: &[u8], object: &Object) {
        let mut out = std::mem::take(&mut self.whole);
        out.clear();
        let mut present = [false; COUNT];
        let mut scratch = Vec::new();
        let (mut copied, mut end_before) = (0, 0);
        for (name, value) in json::members(record, object) {
            let name = name.text(&mut scratch).unwrap_or_default();
            if let Some(i) = names::position(&self.prefix, name) {
                if present
                    .get_mut(i)
                    .is_some_and(|present| std::mem::replace(present, true))
                {
                    // It goes with the comma in front of it: the first of its name is somewhere before.
                    out.push(record.get(copied..end_before).unwrap_or_default());
                } else {
                    out.push(record.get(copied..value.start).unwrap_or_default());
                    out.push(self.added.value(i));
                }
                copied = value.end();
            }
            end_before = value.end();
        }
        out.push(record.get(copied..object.close).unwrap_or_default());
        for (i, _) in present.iter().enumerate().filter(|(_, present)| !**present) {
            out.push(self.added.label_and_value(i));
        }
        out.push(record.get(object.close..).unwrap_or_default());
        self.whole = out;
    }
}

/// Writes the name of a field between what comes before the prefix and what after it.
fn write_name(before: &[u8], prefix: &str, behind: &[u8], out: &mut Text) {
    for part in [before, prefix.as_bytes(), behind] {
        out.push(part);
    }
}

impl AddedText {
    fn value(&self, i: usize) -> &[u8] {
        self.from(&self.values, i)
    }

    fn label_and_value(&self, i: usize) -> &[u8] {
        self.from(&self.commas, i)
    }

    fn from(&self, starts: &[usize; COUNT], i: usize) -> &[u8] {
        let text = self.text.as_bytes();
        let end = self.commas.get(i + 1).copied().unwrap_or(text.len());
        let start = starts.get(i).copied().unwrap_or(end);
        text.get(start..end).unwrap_or_default()
    }
}

/// How many times as long a record may become by escapes, to be passed on as a text in the wrapper.
const MOST_ESCAPED: usize = 2;

/// Up to so many bytes, it is passed on as a text however much of it is escaped: people read it.
const SHORT: usize = 64 << 10;

/// The most bytes that the added fields take, but for the texts of two visitors.
const MOST_BUT_VISITORS: usize = COUNT * Label::<3>::ROOM + 2 * id::LONGEST_ORIGIN + 128;

/// Writes milliseconds as seconds, with as many decimals as it takes.
#[inline(always)]
fn write_seconds(millis: Millis, out: &mut Writer<'_>) {
    let millis = millis.unsigned_abs();
    // By multiplication, as divisions are slow in WebAssembly; exact for so many.
    let seconds = if millis < 1 << 32 {
        (millis * 274_877_907) >> 38
    } else {
        millis / 1_000
    };
    decimal::write(seconds, out);
    let rest = (millis - seconds * 1_000) as u32;
    if rest > 0 {
        let hundreds = (rest * 656) >> 16;
        let tens = ((rest - hundreds * 100) * 103) >> 10;
        let ones = rest - hundreds * 100 - tens * 10;
        let digits = [
            b'.',
            hundreds as u8 + b'0',
            tens as u8 + b'0',
            ones as u8 + b'0',
        ];
        let length = match (tens, ones) {
            (0, 0) => 2,
            (_, 0) => 3,
            _ => 4,
        };
        out.part(digits, length);
    }
}

/// Standard base64 with padding (RFC 4648).
fn write_base64(bytes: &[u8], out: &mut Text) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = out.writer(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for i in 0..3 {
            group = group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0));
        }
        for i in 0..4 {
            let digit = (group >> (18 - 6 * i)) as usize & 63;
            let padded = i > chunk.len();
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.bytes([if padded { b'=' } else { digit }]);
        }
    }
    out.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn seconds(millis: Millis) -> String {
        let mut text = Text::new();
        let mut out = text.writer(decimal::MOST + 4);
        write_seconds(millis, &mut out);
        out.end();
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    fn base64(bytes: &[u8]) -> String {
        let mut out = Text::new();
        write_base64(bytes, &mut out);
        String::from_utf8(out.as_bytes().to_vec()).unwrap()
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
            (4_294_967_295, "4294967.295"),
            (4_294_967_296, "4294967.296"),
            (253_402_300_799_999, "253402300799.999"),
            (90_050, "90.05"),
        ];
        for (millis, expected) in rows {
            assert_eq!(seconds(millis), expected);
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
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
