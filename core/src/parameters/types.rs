//! The parameters and their types.

use crate::fields::OptionalFields;
use crate::id::IdForm;
use crate::rule::Rule;
use sessionize_formats::line::LineFormat;
use sessionize_formats::path::{Path, PathError};
use sessionize_formats::time::Millis;

/// All parameters, valid together.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// `gap`, `max_events`, `max_duration` and `ttl`.
    pub rule: Rule,
    /// How far an event may lag the partition's event time and still find its session, in
    /// milliseconds.
    pub lateness: Millis,
    /// What to do with fragments.
    pub on_fragment: OnFragment,
    /// What identifies a visitor.
    pub key: KeySource,
    /// How many hops on the right of an `X-Forwarded-For` list are the user's own proxies.
    pub trusted_proxies: usize,
    /// Where the event time is.
    pub timestamp: TimeSource,
    /// The format of the records; `None` to detect that of each record.
    pub format: Option<Format>,
    /// What to do with a record that cannot be sessionized.
    pub on_invalid: OnInvalid,
    /// How far an event may be ahead of its record's append time, in milliseconds; `None` for no
    /// bound.
    pub max_ahead: Option<Millis>,
    /// The most keys held at once.
    pub max_keys: usize,
    /// The prefix of the added fields' names.
    pub prefix: String,
    /// Which added fields are written besides those that a restart needs.
    pub fields: OptionalFields,
    /// The form of session ids.
    pub id: IdForm,
    /// Whether a client restores the sessions.
    pub restore: Restore,
}

/// What to do with a fragment: an event that is too late for its session (the parameter `late`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFragment {
    /// Emit it, flagged.
    Keep,
    /// Drop it.
    Drop,
}

/// What identifies a visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// One to eight members of the event.
    Fields(Vec<Field>),
    /// The record key.
    RecordKey,
}

/// Where the event time is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// A member of the event.
    Field(Field),
    /// The record's append time.
    AppendTime,
}

/// A member of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The text of the parameter.
    pub name: String,
    /// The path that the text stands for.
    pub path: Path,
}

/// The format of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object.
    Json,
    /// A log line of this format.
    Line(LineFormat),
}

/// What to do with a record that cannot be sessionized (the parameter `invalid`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// Emit it inside a wrapper that says why.
    Tag,
    /// Drop it.
    Drop,
    /// Fail its batch.
    Fail,
}

/// Whether a client restores the sessions of a new instance (the parameter `restore`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// No: marks are records like all others.
    Off,
    /// Records with a mark restore sessions; events are taken meanwhile.
    Accept,
    /// Events are refused until all sessions are told.
    Require,
}

impl Default for Parameters {
    fn default() -> Self {
        const MINUTE: Millis = 60_000;
        Parameters {
            rule: Rule {
                gap: 30 * MINUTE,
                max_events: Some(1_500),
                max_duration: Some(12 * 60 * MINUTE),
                ttl: 12 * 60 * MINUTE,
            },
            lateness: MINUTE,
            on_fragment: OnFragment::Keep,
            key: KeySource::Fields(vec![Field::named("ip")]),
            trusted_proxies: 0,
            timestamp: TimeSource::Field(Field::named("timestamp")),
            format: None,
            on_invalid: OnInvalid::Tag,
            max_ahead: Some(60 * MINUTE),
            max_keys: 4_000_000,
            prefix: "session_".to_owned(),
            fields: OptionalFields::ALL,
            id: IdForm::Key,
            restore: Restore::Off,
        }
    }
}

impl Field {
    pub(super) fn named(name: &str) -> Self {
        Field {
            name: name.to_owned(),
            path: Path::field(name),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, PathError> {
        Ok(Field {
            name: text.to_owned(),
            path: Path::parse(text)?,
        })
    }
}
