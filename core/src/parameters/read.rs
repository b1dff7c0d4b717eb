//! Reads parameters from names and values.

use super::check::check;
use super::error::{Allowed, ParameterError};
use super::limits::{MAX_KEYS, MAX_PROXIES, MIN_DURATION};
use super::types::{OnFragment, OnInvalid, Parameters, Restore};
use super::values::{
    choice, duration, events, format, key, number, optional_fields, prefix, timestamp, unless_none,
};
use crate::fields::OptionalFields;
use crate::id::IdForm;

/// The broker itself adds these when the module runs as a topic's transform.
const BROKER_PARAMETERS: [&str; 2] = ["count", "age"];

impl Parameters {
    /// Reads parameters from names and values. A parameter that is not named has its default.
    ///
    /// # Errors
    /// The first unknown name, bad value or contradiction.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ParameterError> {
        let mut parameters = Parameters::default();
        for (name, value) in pairs {
            parameters
                .set(name, value)
                .map_err(|allowed| ParameterError::new(name, value, allowed))?;
        }
        check(&parameters)?;
        Ok(parameters)
    }

    /// Sets one parameter, or says what is allowed.
    fn set(&mut self, name: &str, value: &str) -> Result<(), Allowed> {
        match name {
            "gap" => self.rule.gap = duration(value, MIN_DURATION)?,
            "max_events" => self.rule.max_events = unless_none(value, events)?,
            "max_duration" => {
                self.rule.max_duration = unless_none(value, |value| duration(value, MIN_DURATION))?;
            }
            "ttl" => self.rule.ttl = duration(value, MIN_DURATION)?,
            "lateness" => self.lateness = duration(value, 0)?,
            "late" => {
                self.on_fragment = choice(
                    value,
                    &["keep", "drop"],
                    [OnFragment::Keep, OnFragment::Drop],
                )?
            }
            "key" => self.key = key(value)?,
            "trusted_proxies" => {
                self.trusted_proxies = number(value, 0, MAX_PROXIES)? as usize;
            }
            "timestamp" => self.timestamp = timestamp(value)?,
            "format" => self.format = format(value)?,
            "invalid" => {
                let choices = [OnInvalid::Tag, OnInvalid::Drop, OnInvalid::Fail];
                self.on_invalid = choice(value, &["tag", "drop", "fail"], choices)?;
            }
            "max_ahead" => self.max_ahead = unless_none(value, |value| duration(value, 0))?,
            "max_keys" => self.max_keys = number(value, 1, MAX_KEYS)? as usize,
            "prefix" => self.prefix = prefix(value)?,
            "fields" => {
                let named = unless_none(value, optional_fields)?;
                self.fields = named.unwrap_or(OptionalFields::NONE);
            }
            "id" => self.id = choice(value, &["key", "hash"], [IdForm::Key, IdForm::Hash])?,
            "restore" => {
                let choices = [Restore::Off, Restore::Accept, Restore::Require];
                self.restore = choice(value, &["off", "accept", "require"], choices)?;
            }
            name if BROKER_PARAMETERS.contains(&name) => {}
            _ => return Err(Allowed::Names),
        }
        Ok(())
    }
}
