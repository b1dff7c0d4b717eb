//! Stored events read back: the session that each of them shows.

use crate::event::{EventReader, StoredEvent};
use crate::fields::Added;
use crate::id::{self, IdForm};
use crate::key::{Key, Visitor};
use crate::parameters::Parameters;
use crate::rule::Cut;
use crate::session::Session;

/// What a stored event shows of its visitor's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whose session it is.
    pub key: Key,
    /// The session up to this event. Of two events of a visitor, the one whose session has come
    /// further has the last word.
    pub session: Session,
    /// Whether the event is a fragment: alone in a session of its own, it tells nothing of the
    /// visitor's current one.
    pub is_fragment: bool,
}

/// Reads the sessions back from the events that a module with the same parameters has stored.
pub struct StoredReader {
    reader: EventReader,
    id: IdForm,
}

impl StoredReader {
    /// A reader of what a module with these parameters stores.
    pub fn new(parameters: &Parameters) -> Self {
        StoredReader {
            reader: EventReader::new(parameters),
            id: parameters.id,
        }
    }

    /// The session that a stored record tells. `None` if a module with these parameters did not
    /// write it as a sessionized event: a record that could not be sessionized, a raw event, or
    /// one with other parameters.
    pub fn read(&mut self, record_key: Option<&[u8]>, value: &[u8]) -> Option<Stored> {
        let event = self.reader.read_stored(record_key, value).ok()?;
        Stored::of(&event, self.id)
    }
}

impl Stored {
    /// The session in a stored event, if the module wrote it for this very key.
    pub(crate) fn of(event: &StoredEvent<'_>, form: IdForm) -> Option<Self> {
        let added = Added::read(form, event.parsed.added())?;
        let (visitor_in_id, session) = added.session()?;
        let Visitor { key, key_text } = event.visitor;
        let is_of_visitor = match form {
            IdForm::Key => *visitor_in_id == *key_text,
            IdForm::Hash => *visitor_in_id == id::hashed(&key, key_text),
        };
        is_of_visitor.then_some(Stored {
            key,
            session,
            is_fragment: added.cut == Some(Cut::Fragment),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Record;
    use crate::sessionizer::{Outcome, Sessionizer};
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_output_tells_the_session_of_its_visitor() {
        for pairs in [
            &[][..],
            &[("id", "hash")],
            &[("key", "@key"), ("prefix", "s.")],
            &[("fields", "none")],
            &[("fields", "none"), ("id", "hash")],
            &[("key", "ip,agent,/a/0,b,c,d,e,f"), ("id", "hash")],
        ] {
            let parameters = Parameters::from_pairs(pairs.iter().copied()).unwrap();
            let mut module = Sessionizer::new(&parameters);
            let event = br#"{"ip":"192.0.2.1","agent":"a,\\b","a":["x"],"timestamp":1000000000}"#;
            let record = Record {
                key: Some(b"visitor"),
                value: event,
                append_time: None,
            };
            module.begin_batch(None);
            let Outcome::Emit { key, value } = module.process(&record) else {
                panic!("{pairs:?}");
            };
            let stored = StoredReader::new(&parameters).read(key, &value.concat());
            let (key, session) = module.sessions().next().unwrap();
            let is_fragment = false;
            let told = Stored {
                key,
                session,
                is_fragment,
            };
            assert_eq!(stored, Some(told), "{pairs:?}");
        }
    }

    #[test]
    fn other_records_tell_nothing() {
        let mut reader = StoredReader::new(&Parameters::default());
        let rows = [
            r#"{"ip":"192.0.2.1","timestamp":1000000000}"#,
            r#"{"session_error":"not JSON","session_raw":"?"}"#,
            "?",
            // Of another visitor.
            r#"{"ip":"192.0.2.1","timestamp":1,"session_id":"192.0.2.2-1000","session_start":"1970-01-01T00:00:01.000Z","session_duration":0,"session_events":1,"session_cut":"first","session_previous":null,"session_late":false}"#,
        ];
        for value in rows {
            assert_eq!(reader.read(None, value.as_bytes()), None, "{value}");
        }
    }
}
