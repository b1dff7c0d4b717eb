//! The added fields, read with serde_json.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::bounds::OPTIONAL_FIELDS;
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
    /// Which of the optional fields the event has. Of those that it lacks, the start is that in the
    /// id; there is no previous session, and the event is not late.
    pub written: [bool; 3],
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
        let id = text("session_id")?;
        let written = OPTIONAL_FIELDS.map(|name| value.contains_key(&format!("session_{name}")));
        let [has_start, has_previous, has_late] = written;
        let start = match has_start {
            true => millis_of(&text("session_start")?),
            false => start_in(&id),
        };
        Ok(Self {
            start: start.with_context(|| format!("the start in {value:?}"))?,
            id,
            written,
            duration: millis_of_seconds(field("session_duration")?)?,
            events: field("session_events")?
                .as_u64()
                .context("session_events is no count")?,
            cut: text_or_null("session_cut")?,
            previous: match has_previous {
                true => text_or_null("session_previous")?,
                false => None,
            },
            late: has_late
                && field("session_late")?
                    .as_bool()
                    .context("session_late is neither true nor false")?,
        })
    }
}

/// The start in a readable id: `<key>-<start>`, and perhaps a point and a number.
fn start_in(id: &str) -> Option<i64> {
    let (_, start) = id.rsplit_once('-')?;
    start.split('.').next()?.parse().ok()
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
