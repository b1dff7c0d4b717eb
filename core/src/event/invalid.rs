//! Why a record cannot be sessionized.

use std::fmt;

use sessionize_formats::json::JsonError;
use sessionize_formats::line::LineError;
use sessionize_formats::time::{Millis, TimestampError};

/// Why a record cannot be sessionized; its text names the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid(pub(super) Why);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Why {
    Json(JsonError),
    Line(LineError),
    NoRecordKey,
    RecordKeyNotUtf8,
    NoField {
        role: Role,
        field: String,
    },
    Nobody {
        field: String,
        text: String,
    },
    NotText {
        role: Role,
        field: String,
    },
    Timestamp {
        field: String,
        error: TimestampError,
    },
    NoAppendTime,
    AppendTime(Millis),
    Ahead {
        by: Millis,
        max_ahead: Millis,
    },
}

/// What a field is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Key,
    Time,
}

impl Invalid {
    #[cold]
    pub(super) fn missing(role: Role, field: &str) -> Self {
        let field = field.to_owned();
        Invalid(Why::NoField { role, field })
    }

    #[cold]
    pub(super) fn not_text(role: Role, field: &str) -> Self {
        let field = field.to_owned();
        Invalid(Why::NotText { role, field })
    }

    #[cold]
    pub(super) fn nobody(field: &str, text: &[u8]) -> Self {
        Invalid(Why::Nobody {
            field: field.to_owned(),
            text: String::from_utf8_lossy(text).into_owned(),
        })
    }
}

impl std::error::Error for Invalid {}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Json(error) => error.fmt(f),
            Why::Line(error) => error.fmt(f),
            Why::NoRecordKey => write!(f, "no key: the record has none"),
            Why::RecordKeyNotUtf8 => write!(f, "no key: the record's is not UTF-8"),
            Why::NoField { role, field } => {
                write!(f, "no {role}: field `{field}` is missing or null")
            }
            Why::Nobody { field, text } if text.is_empty() => {
                write!(f, "no key: field `{field}` is empty")
            }
            Why::Nobody { field, text } => {
                write!(f, "no key: field `{field}` has `{text}` for the client")
            }
            Why::NotText { role, field } => {
                write!(f, "no {role}: field `{field}` is neither text nor a number")
            }
            Why::Timestamp { field, error } => write!(f, "no time: field `{field}`: {error}"),
            Why::NoAppendTime => write!(f, "no time: the record has no append time"),
            Why::AppendTime(time) => {
                write!(
                    f,
                    "no time: the append time {time} ms is outside the years 1970 to 9999"
                )
            }
            Why::Ahead { by, max_ahead } => write!(
                f,
                "the event is {by} ms beyond its record's append time, more than `max_ahead`, which is {max_ahead} ms"
            ),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Key => "key",
            Role::Time => "time",
        })
    }
}
