//! The added fields, read with serde_json.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::calendar::millis_of;

/// The added fields of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessionized {
    /// The session's id.
    pub id: String,
    /// Its start, in ms since the epoch.
    pub start: i64,
    /// Its duration up to this event, in ms.
    pub duration: i64,
    /// Its number of events up to this one.
    pub events: u64,
    /// Why the event opened a session, if it did.
    pub cut: Option<String>,
    /// Id of the key's previous session.
    pub previous: Option<String>,
    /// Whether the event was late.
    pub late: bool,
}

impl Sessionized {
    /// Reads the added fields, with the default prefix, from a JSON text.
    pub fn parse(value: &[u8]) -> Result<Self> {
        let value = serde_json::from_slice(value).context("not a JSON object")?;
        Self::of(&value)
    }

    /// Reads them from a parsed object.
    pub fn of(value: &Map<String, Value>) -> Result<Self> {
        let field = |name: &str| {
            value
                .get(name)
                .with_context(|| format!("{name} is missing"))
        };
        let text = |name: &str| match field(name)? {
            Value::String(text) => Ok(text.clone()),
            other => bail!("{name} is {other}"),
        };
        let text_or_null = |name: &str| match field(name)? {
            Value::Null => Ok(None),
            _ => text(name).map(Some),
        };
        let start = text("session_start")?;
        Ok(Self {
            id: text("session_id")?,
            start: millis_of(&start).with_context(|| format!("session_start is {start}"))?,
            duration: millis_of_seconds(field("session_duration")?)?,
            events: field("session_events")?
                .as_u64()
                .context("session_events is no count")?,
            cut: text_or_null("session_cut")?,
            previous: text_or_null("session_previous")?,
            late: field("session_late")?
                .as_bool()
                .context("session_late is neither true nor false")?,
        })
    }
}

/// Whether a value is the tagged form of exactly this record.
pub fn is_tagged(value: &[u8], record: &[u8]) -> bool {
    let Ok(Value::Object(value)) = serde_json::from_slice(value) else {
        return false;
    };
    value.len() == 2
        && value.get("session_error").is_some_and(Value::is_string)
        && value
            .get("session_raw")
            .and_then(Value::as_str)
            .map(str::as_bytes)
            == Some(record)
}

fn millis_of_seconds(seconds: &Value) -> Result<i64> {
    let number = seconds.as_f64().context("session_duration is no number")?;
    let millis = (number * 1000.0).round();
    ensure!(
        millis / 1000.0 == number && millis >= 0.0,
        "session_duration {seconds} is not in whole milliseconds"
    );
    Ok(millis as i64)
}
