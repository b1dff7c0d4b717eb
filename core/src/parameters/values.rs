//! Reads the value of one parameter; an error says what is allowed.

use std::str::FromStr;

use super::duration;
use super::error::Allowed;
use super::limits::{MAX_DURATION, MAX_KEY_FIELDS, MAX_PREFIX};
use super::types::{Field, Format, KeySource, TimeSource};
use crate::fields::OptionalFields;
use crate::name;
use sessionize_formats::line::LineFormat;
use sessionize_formats::time::Millis;

pub(super) fn duration(value: &str, least: Millis) -> Result<Millis, Allowed> {
    duration::parse(value)
        .filter(|millis| (least..=MAX_DURATION).contains(millis))
        .ok_or(Allowed::Duration(least))
}

pub(super) fn unless_none<T>(
    value: &str,
    read: impl Fn(&str) -> Result<T, Allowed>,
) -> Result<Option<T>, Allowed> {
    if value == "none" {
        return Ok(None);
    }
    read(value)
        .map(Some)
        .map_err(|allowed| Allowed::OrNone(Box::new(allowed)))
}

pub(super) fn events(value: &str) -> Result<u32, Allowed> {
    number(value, 1, u64::from(u32::MAX)).map(|events| events as u32)
}

pub(super) fn number(value: &str, least: u64, most: u64) -> Result<u64, Allowed> {
    // `from_str` would also take a leading `+`.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match u64::from_str(value) {
        Ok(number) if digits && (least..=most).contains(&number) => Ok(number),
        _ => Err(Allowed::Number(least, most)),
    }
}

/// The choice of this name.
pub(super) fn choice<T: Copy, const N: usize>(
    value: &str,
    names: &'static [&'static str; N],
    choices: [T; N],
) -> Result<T, Allowed> {
    let place = name::position(names, value.as_bytes());
    place
        .and_then(|place| choices.get(place).copied())
        .ok_or(Allowed::Choice(names))
}

pub(super) fn format(value: &str) -> Result<Option<Format>, Allowed> {
    let [elb, alb, combined, common] = LineFormat::ALL.map(|format| Some(Format::Line(format)));
    choice(
        value,
        &["auto", "json", "elb", "alb", "combined", "common"],
        [None, Some(Format::Json), elb, alb, combined, common],
    )
}

pub(super) fn key(value: &str) -> Result<KeySource, Allowed> {
    if value == "@key" {
        return Ok(KeySource::RecordKey);
    }
    let mut fields = Vec::new();
    for name in value.split(',').map(str::trim) {
        if name.starts_with('@') {
            return Err(Allowed::LoneRecordKey);
        }
        fields.push(field(name)?);
    }
    if fields.len() > MAX_KEY_FIELDS {
        return Err(Allowed::Fields);
    }
    Ok(KeySource::Fields(fields))
}

pub(super) fn timestamp(value: &str) -> Result<TimeSource, Allowed> {
    match value {
        "@timestamp" => Ok(TimeSource::AppendTime),
        name if name.starts_with('@') => Err(Allowed::LoneAppendTime),
        name => field(name).map(TimeSource::Field),
    }
}

/// The names of the added fields are written without escaping, so the prefix must need none.
pub(super) fn prefix(value: &str) -> Result<String, Allowed> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if (1..=MAX_PREFIX).contains(&value.len()) && value.bytes().all(plain) {
        Ok(value.to_owned())
    } else {
        Err(Allowed::Prefix)
    }
}

pub(super) fn optional_fields(value: &str) -> Result<OptionalFields, Allowed> {
    let mut fields = OptionalFields::NONE;
    for name in value.split(',').map(str::trim) {
        match name {
            "start" => fields.start = true,
            "previous" => fields.previous = true,
            "late" => fields.late = true,
            _ => return Err(Allowed::OptionalFields),
        }
    }
    Ok(fields)
}

fn field(text: &str) -> Result<Field, Allowed> {
    Field::parse(text).map_err(|error| Allowed::Path(format!("{error}")))
}
