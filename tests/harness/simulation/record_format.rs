//! The formats that events come in, and how the oracles read them.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use crate::event::Event;
use crate::line;

/// What the module is told to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatParameter {
    Auto,
    Json,
    Elb,
    Combined,
}

/// What an event is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordFormat {
    Json,
    Elb,
    Combined,
}

impl FormatParameter {
    pub(super) fn parameter(self) -> (String, String) {
        let value = match self {
            Self::Auto => "auto",
            Self::Json => "json",
            Self::Elb => "elb",
            Self::Combined => "combined",
        };
        ("format".into(), value.into())
    }

    /// What is read under this format.
    pub(super) fn kinds(self) -> &'static [RecordFormat] {
        match self {
            Self::Auto => &[
                RecordFormat::Json,
                RecordFormat::Elb,
                RecordFormat::Combined,
            ],
            Self::Json => &[RecordFormat::Json],
            Self::Elb => &[RecordFormat::Elb],
            Self::Combined => &[RecordFormat::Combined],
        }
    }

    /// What a producer writes: mostly what is read.
    pub(super) fn choose(self, dice: &mut ChaCha8Rng) -> RecordFormat {
        let kinds = if dice.random_bool(0.9) {
            self
        } else {
            Self::Auto
        };
        kinds
            .kinds()
            .choose(dice)
            .copied()
            .unwrap_or(RecordFormat::Json)
    }

    /// The event that a record holds, if it is of this format.
    pub(super) fn read(self, value: &[u8], appended: Option<i64>) -> Option<Event> {
        let kind = RecordFormat::of(value)?;
        let event = self.kinds().contains(&kind).then(|| kind.read(value))??;
        Some(Event { appended, ..event })
    }
}

impl RecordFormat {
    /// How fine its times are, in milliseconds.
    pub(super) fn unit(self) -> i64 {
        match self {
            Self::Json | Self::Elb => 1,
            Self::Combined => 1_000,
        }
    }

    pub(super) fn write(self, event: &Event, serial: u64) -> String {
        match self {
            Self::Json => {
                let path = format!(r#""path":"/{serial}""#);
                event.json().replace(r#""path":"/""#, &path)
            }
            Self::Elb => line::elb(event, serial),
            Self::Combined => line::combined(event, serial),
        }
    }

    /// What a record looks like: only lines of a load balancer begin with a year, and only JSON with a brace.
    fn of(value: &[u8]) -> Option<Self> {
        match value {
            [b'{', ..] => Some(Self::Json),
            [b'2', b'0', ..] => Some(Self::Elb),
            [b'1', ..] => Some(Self::Combined),
            _ => None,
        }
    }

    fn read(self, value: &[u8]) -> Option<Event> {
        match self {
            Self::Json => Event::parse(value, None),
            Self::Elb => line::read_elb(str::from_utf8(value).ok()?),
            Self::Combined => line::read_combined(str::from_utf8(value).ok()?),
        }
    }
}

/// The object that a line becomes, before fields are added; `None` of JSON, which stays what it is.
pub(super) fn object(value: &[u8]) -> Option<Map<String, Value>> {
    let line = str::from_utf8(value).ok()?;
    match RecordFormat::of(value)? {
        RecordFormat::Json => None,
        RecordFormat::Elb => line::elb_object(line),
        RecordFormat::Combined => line::combined_object(line),
    }
}
