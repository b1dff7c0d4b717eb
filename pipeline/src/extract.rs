//! Finds an event's time and key without parsing all of it.

mod head;
mod leading;

use sessionize_core::event::{EventReader, Record};
use sessionize_core::parameters::Parameters;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::client::{self, Client};
use sessionize_formats::time::{Millis, TimeReader};

use leading::Leading;

/// Extracts the time and the key of events.
///
/// The module reads each event anyway, and says what is wrong with it. So this looks for no more
/// than the time and, if it is wanted, the key. For an event that the session rule takes, both are right.
/// A record that the rule refuses, for a fault elsewhere in it, may get a time and a key as well;
/// it then moves the watermark as an event does.
pub(crate) struct Extractor {
    reader: EventReader,
    clock: TimeReader,
    leading: Option<Leading>,
    /// Whether the head of a log line is enough.
    is_head_enough: bool,
    wants_key: bool,
    trusted_proxies: usize,
    /// The key found last; empty unless it is wanted.
    key: Text,
}

/// What is found of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extracted<'e> {
    /// Event time, in ms since the epoch.
    pub(crate) time: Millis,
    /// Canonical text of the key; empty unless it is wanted.
    pub(crate) key: &'e [u8],
}

impl Extractor {
    pub(crate) fn new(parameters: &Parameters, wants_key: bool) -> Self {
        Self {
            reader: EventReader::new(parameters),
            clock: TimeReader::new(),
            leading: Leading::new(parameters, wants_key),
            is_head_enough: head::is_enough(parameters),
            wants_key,
            trusted_proxies: parameters.trusted_proxies,
            key: Text::new(),
        }
    }

    /// The time and the key of the event in a line; none if there is no event in it.
    pub(crate) fn extract(&mut self, line: &[u8]) -> Option<Extracted<'_>> {
        let time = match line {
            [b'{', ..] => self.by_leading(line),
            _ => self.by_head(line),
        };
        let time = match time {
            Some(time) => time,
            None => self.by_all(line)?,
        };
        Some(Extracted {
            time,
            key: self.key.as_bytes(),
        })
    }

    fn by_head(&mut self, line: &[u8]) -> Option<Millis> {
        self.by_all(head::of(line).filter(|_| self.is_head_enough)?)
    }

    fn by_leading(&mut self, line: &[u8]) -> Option<Millis> {
        let found = self.leading.as_ref()?.find(line)?;
        if let Some(key) = found.key {
            let client = client::read(key.text()?, self.trusted_proxies);
            if let Client::Nobody(_) = client {
                return None;
            }
            self.key.clear();
            client.write(&mut self.key);
        }
        found.time.time(&mut self.clock)
    }

    fn by_all(&mut self, line: &[u8]) -> Option<Millis> {
        let record = Record {
            value: line,
            ..Record::default()
        };
        let event = self.reader.read(&record).ok()?;
        if self.wants_key {
            self.key.clear();
            self.key.push(event.visitor.key_text);
        }
        Some(event.time)
    }
}

#[cfg(test)]
mod tests;
