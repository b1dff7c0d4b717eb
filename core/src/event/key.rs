//! Reads the key of an event.

use super::field::{Content, EventField};
use super::invalid::{Invalid, Role, Why};
use super::parser::Parsed;
use crate::key::{self, Key, Visitor};
use sessionize_formats::bytes::text::Text;
use sessionize_formats::client::{self, Client};

/// Reads the keys of events, by the parameters `key` and `trusted_proxies`.
pub(super) struct KeyReader {
    /// The fields of the key; none if it is the record key.
    fields: Vec<EventField>,
    trusted_proxies: usize,
    /// The canonical text of the latest key.
    text: Text,
}

impl KeyReader {
    /// A reader of a key of these fields, or of the record key if there are none.
    pub(super) fn new(fields: Vec<EventField>, trusted_proxies: usize) -> Self {
        KeyReader {
            fields,
            trusted_proxies,
            text: Text::new(),
        }
    }

    /// The key of an event whose record has this key.
    pub(super) fn read(
        &mut self,
        event: &Parsed<'_>,
        record_key: Option<&[u8]>,
    ) -> Result<Visitor<'_>, Invalid> {
        self.text.clear();
        let key = write_key(
            &self.fields,
            event,
            record_key,
            self.trusted_proxies,
            &mut self.text,
        )?;
        Ok(Visitor {
            key,
            key_text: self.text.as_bytes(),
        })
    }
}

/// Writes the canonical text of a key, and returns the key.
fn write_key(
    fields: &[EventField],
    event: &Parsed<'_>,
    record_key: Option<&[u8]>,
    trusted_proxies: usize,
    out: &mut Text,
) -> Result<Key, Invalid> {
    let mut unescaped = Vec::new();
    let (client, name) = match fields {
        [field] => {
            let client = client_in(field, true, event, trusted_proxies, &mut unescaped)?;
            (client, field.name.as_str())
        }
        [] => {
            let text = record_key.ok_or(Invalid(Why::NoRecordKey))?;
            if std::str::from_utf8(text).is_err() {
                return Err(Invalid(Why::RecordKeyNotUtf8));
            }
            (client::read(text, trusted_proxies), "@key")
        }
        [first, others @ ..] => {
            return write_key_of_several(first, others, event, trusted_proxies, out);
        }
    };
    client.write(out);
    Key::of(client).map_err(|text| Invalid::nobody(name, text))
}

/// Does the same for a key of several fields. Only the first one is required: not every client
/// sends a user agent.
fn write_key_of_several(
    first: &EventField,
    others: &[EventField],
    event: &Parsed<'_>,
    trusted_proxies: usize,
    out: &mut Text,
) -> Result<Key, Invalid> {
    let mut unescaped = Vec::new();
    let mut component = Text::new();
    let client = client_in(first, true, event, trusted_proxies, &mut unescaped)?;
    if let Client::Nobody(text) = client {
        return Err(Invalid::nobody(&first.name, text));
    }
    write_component(client, &mut component, out);
    for field in others {
        let client = client_in(field, false, event, trusted_proxies, &mut unescaped)?;
        out.push(&[key::SEPARATOR]);
        write_component(client, &mut component, out);
    }
    Ok(Key::text(out.as_bytes()))
}

fn write_component(client: Client<'_>, component: &mut Text, out: &mut Text) {
    component.clear();
    client.write(component);
    key::write_component(component.as_bytes(), out);
}

/// The client in a field: nobody if the field is missing and not required.
fn client_in<'a>(
    field: &EventField,
    is_required: bool,
    event: &Parsed<'a>,
    trusted_proxies: usize,
    unescaped: &'a mut Vec<u8>,
) -> Result<Client<'a>, Invalid> {
    match field.content(event, unescaped) {
        Content::Text(text) | Content::Number(text) => Ok(client::read(text, trusted_proxies)),
        Content::Missing if !is_required => Ok(Client::Nobody(b"")),
        Content::Missing => Err(Invalid::missing(Role::Key, &field.name)),
        Content::Other => Err(Invalid::not_text(Role::Key, &field.name)),
    }
}
