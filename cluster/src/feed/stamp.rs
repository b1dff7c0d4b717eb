//! Stamps: where an event came from, and what was known to be delivered when it was sent.
//!
//! They are members of the event, because a Fluvio record has no headers of its own. A record that
//! cannot be sessionized has them in its record key, so that its value comes out as it was.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sessionize_core::parameters::{Field, KeySource, Parameters, TimeSource};
use sessionize_formats::json::{self, Object, Wanted, scan_into};
use sessionize_formats::path::Path;
use sessionize_pipeline::error::Error;

/// What the names of the members have behind the module's prefix.
const SOURCE: &str = "source";
const CHECKPOINT: &str = "feed";

/// The slots of a scan.
const SOURCE_SLOT: usize = 0;
const CHECKPOINT_SLOT: usize = 1;
const ERROR_SLOT: usize = 2;
const RAW_SLOT: usize = 3;
const BASE64_SLOT: usize = 4;

/// The number of slots that are members of a stamp.
const STAMPS: usize = 2;

/// In front of a record key that must not be taken for a visitor's. No UTF-8 text has this byte,
/// and no mark begins with it.
const NO_VISITOR: u8 = 0xFE;

/// How far a feeder had come when it sent the batch whose first event has the checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// Who sent it. It lists all sources that this feeder ever had.
    pub(crate) feeder: String,
    /// Of each source the offset below which all is delivered, and the one from which on nothing
    /// was sent yet.
    pub(crate) sources: BTreeMap<String, (u64, u64)>,
}

/// What a stored record tells of its origin.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Its source, and its offset there.
    pub(crate) stamp: Option<(String, u64)>,
    /// The checkpoint of its batch.
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// Writes and reads stamps, by the parameter `prefix`.
pub(crate) struct Stamps {
    source: String,
    checkpoint: String,
    wanted: Wanted,
    object: Object,
}

/// An event with its stamp.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stamped {
    pub(crate) value: Vec<u8>,
    /// Where its closing brace is.
    pub(crate) close: usize,
}

impl Stamps {
    /// Stamps in events of a module with these parameters.
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let name = |suffix: &str| format!("{}{suffix}", parameters.prefix);
        let names = [SOURCE, CHECKPOINT, "error", "raw", "raw_base64"].map(name);
        let wanted = Wanted::new(&names.each_ref().map(|name| Path::field(name)));
        let [source, checkpoint, ..] = names;
        Self {
            source,
            checkpoint,
            wanted,
            object: Object::default(),
        }
    }

    /// Refuses parameters by which a stamp would be the visitor or the time.
    ///
    /// # Errors
    ///
    /// When `key` or `timestamp` names a member that stamps replace.
    pub(crate) fn check(&self, parameters: &Parameters) -> Result<(), Error> {
        let key: &[Field] = match &parameters.key {
            KeySource::Fields(fields) => fields,
            KeySource::RecordKey => &[],
        };
        let time = match &parameters.timestamp {
            TimeSource::Field(field) => Some(field),
            TimeSource::AppendTime => None,
        };
        let named = key.iter().map(|field| ("key", field));
        for (name, field) in named.chain(time.map(|field| ("timestamp", field))) {
            let member = field.path.tokens().first().map(String::as_str);
            if member == Some(&self.source) || member == Some(&self.checkpoint) {
                return Err(Error::usage(format!(
                    "parameter `{name}` is `{}`, but must not name a member that feed writes",
                    field.name
                )));
            }
        }
        Ok(())
    }

    /// The event, a JSON object, with a stamp as its last member, in place of what it has under
    /// the names of stamps. Without a source it gets no stamp, and loses those members all the
    /// same. `None` if it is no JSON object.
    pub(crate) fn stamp(&mut self, event: &[u8], origin: Option<(&str, u64)>) -> Option<Stamped> {
        scan_into(event, &self.wanted, &mut self.object).ok()?;
        let close = self.object.close;
        let mut value = Vec::with_capacity(event.len() + self.source.len() + 40);
        let mut is_empty = self.object.empty;
        if self.object.has_any_of(STAMPS) {
            is_empty = self.copy_others(event, close, &mut value);
        } else {
            value.extend_from_slice(event.get(..close)?);
        }
        if let Some((source, offset)) = origin {
            if !is_empty {
                value.push(b',');
            }
            let stamp = format!("\"{}\":\"{source}@{offset}\"", self.source);
            value.extend_from_slice(stamp.as_bytes());
        }
        let place = value.len();
        value.extend_from_slice(event.get(close..)?);
        Some(Stamped {
            value,
            close: place,
        })
    }

    /// Copies the event up to its closing brace, but for the members of a stamp. Returns whether it
    /// has no others.
    #[cold]
    fn copy_others(&self, event: &[u8], close: usize, value: &mut Vec<u8>) -> bool {
        let mut scratch = Vec::new();
        let mut is_empty = true;
        value.push(b'{');
        for (name, member) in json::members(event, close) {
            let text = name.text(&mut scratch);
            if [&self.source, &self.checkpoint]
                .map(|name| Some(name.as_bytes()))
                .contains(&text)
            {
                continue;
            }
            if !is_empty {
                value.push(b',');
            }
            is_empty = false;
            value.extend_from_slice(event.get(name.start..member.end()).unwrap_or_default());
        }
        is_empty
    }

    /// The record key of a record that cannot be sessionized, from this origin.
    pub(crate) fn key(&self, origin: Option<(&str, u64)>) -> Stamped {
        let mut value = vec![b'{'];
        if let Some((source, offset)) = origin {
            let stamp = format!("\"{}\":\"{source}@{offset}\"", self.source);
            value.extend_from_slice(stamp.as_bytes());
        }
        let close = value.len();
        value.push(b'}');
        Stamped { value, close }
    }

    /// Adds a checkpoint to an event, or to a record key.
    pub(crate) fn add_checkpoint(&self, to: &mut Stamped, checkpoint: &Checkpoint) {
        let Ok(text) = serde_json::to_string(checkpoint) else {
            return;
        };
        let before = to
            .value
            .get(..to.close)
            .unwrap_or_default()
            .trim_ascii_end();
        let comma = if before.ends_with(b"{") { "" } else { "," };
        let member = format!("{comma}\"{}\":{text}", self.checkpoint);
        let close = to.close.min(to.value.len());
        to.value.splice(close..close, member.into_bytes());
    }

    /// What a stored record tells of its origin.
    pub(crate) fn read(&mut self, key: Option<&[u8]>, value: &[u8]) -> Origin {
        if scan_into(value, &self.wanted, &mut self.object).is_err() {
            return Origin::default();
        }
        if self.object.has_any_of(STAMPS) {
            return self.origin(value);
        }
        if self.object.value(ERROR_SLOT, value).is_none() {
            return Origin::default();
        }
        // A record that could not be sessionized. What the feeder took for an event has its stamp
        // inside.
        let raw = self.raw(value);
        for text in [key.map(without_prefix), raw.as_deref()]
            .into_iter()
            .flatten()
        {
            if scan_into(text, &self.wanted, &mut self.object).is_ok()
                && self.object.has_any_of(STAMPS)
            {
                return self.origin(text);
            }
        }
        Origin::default()
    }

    /// The record inside a wrapper.
    fn raw(&self, wrapper: &[u8]) -> Option<Vec<u8>> {
        let mut scratch = Vec::new();
        if let Some(raw) = self.object.value(RAW_SLOT, wrapper) {
            return Some(raw.text(&mut scratch)?.to_vec());
        }
        let raw = self.object.value(BASE64_SLOT, wrapper)?;
        STANDARD.decode(raw.inner()?).ok()
    }

    /// What the latest scan has found in this text.
    fn origin(&self, text: &[u8]) -> Origin {
        let stamp = self.object.value(SOURCE_SLOT, text).and_then(|value| {
            let inner = std::str::from_utf8(value.inner()?).ok()?;
            let (source, offset) = inner.rsplit_once('@')?;
            Some((source.to_owned(), offset.parse().ok()?))
        });
        let checkpoint = self.object.value(CHECKPOINT_SLOT, text);
        Origin {
            stamp,
            checkpoint: checkpoint.and_then(|value| serde_json::from_slice(value.raw).ok()),
        }
    }
}

/// A record key that no module takes for a visitor's.
pub(crate) fn as_no_visitor(key: &mut Stamped) {
    key.value.insert(0, NO_VISITOR);
    key.close += 1;
}

fn without_prefix(key: &[u8]) -> &[u8] {
    key.strip_prefix(&[NO_VISITOR]).unwrap_or(key)
}

#[cfg(test)]
mod tests;
