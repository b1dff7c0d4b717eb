//! Writes the added fields.

use super::seconds;
use super::table::{self, COUNT, FieldLabel, OptionalFields};
use crate::id::{self, IdForm};
use crate::key::Visitor;
use crate::rule::Placed;
use crate::session::Origin;
use sessionize_formats::bytes::decimal;
use sessionize_formats::bytes::text::{Text, Writer};
use sessionize_formats::json;
use sessionize_formats::time::Rfc3339;

/// Writes the added fields; its buffers are used again for every event.
pub(crate) struct AddedWriter {
    id: IdForm,
    optional: OptionalFields,
    labels: [FieldLabel; COUNT],
    clock: Rfc3339,
    text: Text,
    /// What stands for the visitor in ids, escaped for JSON; not used if that is the key's text.
    visitor: Text,
}

/// The most bytes of the added fields, except for the two texts of the visitor.
const MOST_WITHOUT_VISITOR: usize = COUNT * FieldLabel::ROOM + 2 * id::LONGEST_ORIGIN + 128;

impl AddedWriter {
    /// A writer of these fields, and of those that a restart needs.
    pub(crate) fn new(prefix: &str, optional: OptionalFields, id: IdForm) -> Self {
        AddedWriter {
            id,
            optional,
            labels: table::labels(prefix),
            clock: Rfc3339::new(),
            text: Text::new(),
            visitor: Text::new(),
        }
    }

    /// The fields that were written last, each with a comma before it.
    #[inline]
    pub(crate) fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Writes the fields of an event.
    // Every event comes here: the labels are one array, so that there are no bounds to check, and
    // short texts are written as constants.
    pub(crate) fn write(&mut self, visitor: &Visitor<'_>, placed: &Placed) {
        let Placed {
            session,
            cut,
            out_of_order,
            ..
        } = placed;
        let form = self.id;
        let visitor = match form {
            // An address needs no escaping.
            IdForm::Key if !visitor.key.is_text() => visitor.key_text,
            _ => {
                self.write_visitor(visitor);
                self.visitor.as_bytes()
            }
        };
        let [id, start, duration, events, cut_label, previous, late] = &self.labels;
        self.text.clear();
        let mut out = self.text.writer(MOST_WITHOUT_VISITOR + 2 * visitor.len());

        out.label(id, 0);
        write_id(form, visitor, session.origin, &mut out);

        if self.optional.start {
            out.label(start, 0);
            out.bytes(*b"\"");
            self.clock.write(session.origin.start, &mut out);
            out.bytes(*b"\"");
        }

        out.label(duration, 0);
        seconds::write(session.duration(), &mut out);

        out.label(events, 0);
        decimal::write(u64::from(session.events), &mut out);

        out.label(cut_label, 0);
        match cut {
            Some(cut) => {
                out.bytes(*b"\"");
                out.text(cut.name().as_bytes());
                out.bytes(*b"\"");
            }
            None => out.bytes(*b"null"),
        }

        if self.optional.previous {
            out.label(previous, 0);
            match session.previous {
                Some(previous) => write_id(form, visitor, previous, &mut out),
                None => out.bytes(*b"null"),
            }
        }

        if self.optional.late {
            out.label(late, 0);
            if *out_of_order {
                out.bytes(*b"true");
            } else {
                out.part(*b"false   ", 5);
            }
        }
        out.end();
    }

    #[cold]
    fn write_visitor(&mut self, visitor: &Visitor<'_>) {
        self.visitor.clear();
        match self.id {
            IdForm::Key => json::write_escaped(visitor.key_text, &mut self.visitor),
            IdForm::Hash => self
                .visitor
                .push(&id::hashed(&visitor.key, visitor.key_text)),
        }
    }
}

/// Writes an id in its quotes.
#[inline(always)]
fn write_id(form: IdForm, visitor: &[u8], origin: Origin, out: &mut Writer<'_>) {
    out.bytes(*b"\"");
    out.text(visitor);
    id::write_origin(form, origin, out);
    out.bytes(*b"\"");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::rule::Cut;
    use crate::session::Session;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The first event that a writer gets, so that its buffer has just the room that was made.
    fn written(prefix: &str, id: IdForm, key_text: &str) -> String {
        let mut writer = AddedWriter::new(prefix, OptionalFields::ALL, id);
        let origin = Origin {
            start: 253_402_300_799_998,
            number: u32::MAX,
        };
        let visitor = Visitor {
            key: Key::text(key_text.as_bytes()),
            key_text: key_text.as_bytes(),
        };
        let placed = Placed {
            session: Session {
                origin,
                last: 253_402_300_799_999,
                events: u32::MAX,
                previous: Some(origin),
            },
            cut: Some(Cut::MaxDuration),
            out_of_order: false,
            lengthened: 0,
        };
        writer.write(&visitor, &placed);
        String::from_utf8(writer.text().to_vec()).unwrap()
    }

    #[test]
    fn there_is_room_for_the_longest_fields_of_the_first_event() {
        let prefix = "p".repeat(32);
        for key_text in ["v", &"visitor,".repeat(500), &"\u{1}".repeat(500)] {
            for id in [IdForm::Key, IdForm::Hash] {
                let written = written(&prefix, id, key_text);
                let text = format!("{{{}}}", &written[1..]);
                let fields: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(fields.as_object().unwrap().len(), COUNT, "{text}");
                assert!(text.ends_with(r#"late":false}"#), "{text}");
            }
        }
    }

    /// The room for the shortest visitor is all that the fields may take besides.
    #[test]
    fn the_room_is_not_much_more_than_that() {
        let longest = written(&"p".repeat(32), IdForm::Key, "v").len();
        assert!(longest <= MOST_WITHOUT_VISITOR + 2);
        assert!(MOST_WITHOUT_VISITOR <= longest + 256, "{longest}");
    }
}
