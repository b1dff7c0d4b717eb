//! Checks the rules between parameters.

use super::duration;
use super::error::{Allowed, ParameterError};
use super::types::{Field, Format, KeySource, Parameters, TimeSource};
use crate::rule::Rule;
use sessionize_formats::line::LineFormat;

/// Checks the rules between parameters.
pub(super) fn check(parameters: &Parameters) -> Result<(), ParameterError> {
    let Rule { gap, ttl, .. } = parameters.rule;
    if ttl < gap {
        return Err(ParameterError::new(
            "ttl",
            &duration::text(ttl),
            Allowed::AtLeast("gap", duration::text(gap)),
        ));
    }
    for (name, field) in fields(parameters) {
        let added = field
            .path
            .as_field()
            .and_then(|member| added_name(parameters, member));
        if let Some(added) = added {
            return Err(ParameterError::new(
                name,
                &field.name,
                Allowed::NotAdded(added),
            ));
        }
        if let Some(Format::Line(format)) = parameters.format {
            let known = |member| format.column(member).is_some();
            if !field.path.as_field().is_some_and(known) {
                return Err(ParameterError::new(
                    name,
                    &field.name,
                    Allowed::Columns(format),
                ));
            }
        }
    }
    check_prefix(parameters)
}

/// Checks that no added field has the name of a log column: both are members of one object.
fn check_prefix(parameters: &Parameters) -> Result<(), ParameterError> {
    let formats = LineFormat::ALL
        .into_iter()
        .filter(|format| match parameters.format {
            None => true,
            Some(Format::Json) => false,
            Some(Format::Line(only)) => *format == only,
        });
    for format in formats {
        for column in format.columns() {
            if added_name(parameters, column.name).is_some() {
                return Err(ParameterError::new(
                    "prefix",
                    &parameters.prefix,
                    Allowed::NotColumn(column.name, format),
                ));
            }
        }
    }
    Ok(())
}

/// The fields that the parameters name, each with the name of its parameter.
fn fields(parameters: &Parameters) -> impl Iterator<Item = (&'static str, &Field)> {
    let key = match &parameters.key {
        KeySource::Fields(fields) => fields.as_slice(),
        KeySource::RecordKey => &[],
    };
    let timestamp = match &parameters.timestamp {
        TimeSource::Field(field) => Some(field),
        TimeSource::AppendTime => None,
    };
    key.iter()
        .map(|field| ("key", field))
        .chain(timestamp.map(|field| ("timestamp", field)))
}

/// The added field that has the name of a member, without the prefix.
fn added_name(parameters: &Parameters, member: &str) -> Option<&'static str> {
    let position = crate::fields::position(&parameters.prefix, member.as_bytes())?;
    crate::fields::NAMES.get(position).copied()
}
