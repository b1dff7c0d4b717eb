//! The formats of events, and how the oracles read them.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use crate::event::Event;
use crate::line::{self, Layout};

/// The module's parameter `format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatParameter {
    Auto,
    Only(RecordFormat),
}

/// The format in which a producer writes an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordFormat {
    Json,
    Elb,
    Alb,
    Combined,
    Common,
}

impl FormatParameter {
    /// Draws one. Half of all streams have either JSON alone or all formats.
    pub(super) fn any(dice: &mut ChaCha8Rng) -> Self {
        match dice.random_range(0..4) {
            0 => Self::Auto,
            1 => Self::Only(RecordFormat::Json),
            _ => Self::Only(RecordFormat::any(dice)),
        }
    }

    pub(super) fn parameter(self) -> (String, String) {
        let value = match self {
            Self::Auto => "auto",
            Self::Only(RecordFormat::Json) => "json",
            Self::Only(RecordFormat::Elb) => "elb",
            Self::Only(RecordFormat::Alb) => "alb",
            Self::Only(RecordFormat::Combined) => "combined",
            Self::Only(RecordFormat::Common) => "common",
        };
        ("format".into(), value.into())
    }

    /// Draws the format of a record: mostly one that the module reads. Apache's two formats are in
    /// one stream only if the module detects the format, because each can be read as the other.
    pub(super) fn choose(self, dice: &mut ChaCha8Rng) -> RecordFormat {
        use RecordFormat::{Combined, Common};
        let any = RecordFormat::any(dice);
        match (self, any) {
            (Self::Auto, any) => any,
            (Self::Only(Combined), Common) => Combined,
            (Self::Only(Common), Combined) => Common,
            (Self::Only(format), any) => match dice.random_bool(0.9) {
                true => format,
                false => any,
            },
        }
    }

    /// A format that the module reads.
    pub(super) fn readable(self) -> RecordFormat {
        match self {
            Self::Auto => RecordFormat::Json,
            Self::Only(format) => format,
        }
    }

    /// The event in a record, if the module reads its format.
    pub(super) fn read(self, value: &[u8], appended: Option<i64>) -> Option<Event> {
        let format = RecordFormat::of(value)?;
        if self != Self::Auto && self != Self::Only(format) {
            return None;
        }
        let event = match format.layout() {
            None => Event::parse(value, None),
            Some(layout) => layout.event(str::from_utf8(value).ok()?),
        };
        Some(Event { appended, ..event? })
    }
}

impl RecordFormat {
    const ALL: [Self; 5] = [
        Self::Json,
        Self::Elb,
        Self::Alb,
        Self::Combined,
        Self::Common,
    ];

    fn any(dice: &mut ChaCha8Rng) -> Self {
        Self::ALL.choose(dice).copied().unwrap_or(Self::Json)
    }

    /// The resolution of its times, in milliseconds.
    pub(super) fn unit(self) -> i64 {
        match self {
            Self::Json | Self::Elb | Self::Alb => 1,
            Self::Combined | Self::Common => 1_000,
        }
    }

    pub(super) fn write(self, event: &Event, serial: u64) -> String {
        match self {
            Self::Json => {
                let path = format!(r#""path":"/{serial}""#);
                event.json().replace(r#""path":"/""#, &path)
            }
            Self::Elb => line::elb(event, serial),
            Self::Alb => line::alb(event, serial),
            Self::Combined => line::combined(event, serial),
            Self::Common => line::common(event, serial),
        }
    }

    /// The format of a record by its first and last bytes. That is enough for what this producer
    /// writes.
    fn of(value: &[u8]) -> Option<Self> {
        match value {
            [b'{', ..] => Some(Self::Json),
            [b'2', b'0', ..] => Some(Self::Elb),
            [b'h', ..] => Some(Self::Alb),
            [b'1', .., b'"'] => Some(Self::Combined),
            [b'1', ..] => Some(Self::Common),
            _ => None,
        }
    }

    /// The columns of a line in this format; `None` for JSON.
    fn layout(self) -> Option<Layout> {
        match self {
            Self::Json => None,
            Self::Elb => Some(line::ELB),
            Self::Alb => Some(line::ALB),
            Self::Combined => Some(line::COMBINED),
            Self::Common => Some(line::COMMON),
        }
    }
}

/// The object that a line becomes, before fields are added; `None` for JSON, which stays as it is.
pub(super) fn object(value: &[u8]) -> Option<Map<String, Value>> {
    let layout = RecordFormat::of(value)?.layout()?;
    layout.object(str::from_utf8(value).ok()?)
}
