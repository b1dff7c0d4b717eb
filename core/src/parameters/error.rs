//! Why parameters are refused.

use std::fmt;

use super::descriptions::NAMES;
use super::duration;
use super::limits::{MAX_DURATION, MAX_KEY_FIELDS, MAX_PREFIX};
use sessionize_formats::line::LineFormat;
use sessionize_formats::time::Millis;

/// Why parameters were refused: the parameter, its value, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterError {
    name: String,
    value: String,
    allowed: Allowed,
}

/// What is allowed of a parameter. Except for `Names`, its text goes on after "but".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    Names,
    Duration(Millis),
    OrNone(Box<Allowed>),
    Number(u64, u64),
    Choice(&'static [&'static str]),
    Path(String),
    Fields,
    LoneRecordKey,
    LoneAppendTime,
    Prefix,
    OptionalFields,
    AtLeast(&'static str, String),
    NotAdded(&'static str),
    Columns(LineFormat),
    NotColumn(&'static str, LineFormat),
}

impl ParameterError {
    pub(super) fn new(name: &str, value: &str, allowed: Allowed) -> Self {
        ParameterError {
            name: name.to_owned(),
            value: value.to_owned(),
            allowed,
        }
    }
}

impl std::error::Error for ParameterError {}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParameterError {
            name,
            value,
            allowed,
        } = self;
        match allowed {
            Allowed::Names => {
                write!(f, "unknown parameter `{name}` (value `{value}`); {allowed}")
            }
            _ => write!(f, "parameter `{name}` is `{value}`, but {allowed}"),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed::Names => {
                write!(f, "allowed are ")?;
                list(f, NAMES.into_iter())
            }
            Allowed::Duration(least) => write!(
                f,
                "must be a duration such as `30m`, in whole milliseconds, from {} to {}",
                duration::text(*least),
                duration::text(MAX_DURATION)
            ),
            Allowed::OrNone(allowed) => write!(f, "{allowed}, or `none`"),
            Allowed::Number(least, most) => {
                write!(f, "must be a whole number from {least} to {most}")
            }
            Allowed::Choice(names) => {
                write!(f, "must be one of ")?;
                list(f, names.iter().copied())
            }
            Allowed::Path(why) => write!(f, "must be a field name or a JSON Pointer: {why}"),
            Allowed::Fields => write!(f, "must name at most {MAX_KEY_FIELDS} fields"),
            Allowed::LoneRecordKey => write!(
                f,
                "must be field names or JSON Pointers, comma-separated, or `@key` alone"
            ),
            Allowed::LoneAppendTime => {
                write!(f, "must be a field name or a JSON Pointer, or `@timestamp`")
            }
            Allowed::Prefix => write!(
                f,
                "must be 1 to {MAX_PREFIX} letters, digits, `_`, `-` or `.`"
            ),
            Allowed::OptionalFields => write!(
                f,
                "must be some of `start`, `previous`, `late`, comma-separated"
            ),
            Allowed::AtLeast(other, value) => {
                write!(f, "must be at least `{other}`, which is `{value}`")
            }
            Allowed::NotAdded(added) => write!(
                f,
                "must not be one of the added fields (`prefix` and `{added}`)"
            ),
            Allowed::NotColumn(column, format) => write!(
                f,
                "must not make `{column}` of an added field's name, which is a field of the format `{}`",
                format.name()
            ),
            Allowed::Columns(format) => {
                write!(f, "must be a field of the format `{}`: ", format.name())?;
                list(f, format.columns().iter().map(|column| column.name))
            }
        }
    }
}

fn list<'a>(f: &mut fmt::Formatter<'_>, names: impl Iterator<Item = &'a str>) -> fmt::Result {
    for (i, name) in names.enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}`{name}`")?;
    }
    Ok(())
}
