//! Events, as tests write them and as the oracles read them.

use serde_json::Value;

/// What an oracle knows of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    /// Text of the key.
    pub key: String,
    /// Event time, in ms since the epoch.
    pub time: i64,
    /// Append time of its record, in ms since the epoch, if there is one.
    pub appended: Option<i64>,
}

impl Event {
    /// An event without an append time.
    pub fn new(key: impl Into<String>, time: i64) -> Self {
        Self {
            key: key.into(),
            time,
            appended: None,
        }
    }

    /// Reads what [`json`](Self::json) writes, with or without added fields. Returns `None` for
    /// anything else.
    pub fn parse(value: &[u8], appended: Option<i64>) -> Option<Self> {
        let value: Value = serde_json::from_slice(value).ok()?;
        Some(Self {
            key: value.get("ip")?.as_str()?.to_owned(),
            time: value.get("timestamp")?.as_i64()?,
            appended,
        })
    }

    /// The event as a JSON object. Its time is a number of milliseconds, so that the oracles need
    /// no calendar.
    pub fn json(&self) -> String {
        format!(
            r#"{{"ip":"{}","timestamp":{},"path":"/"}}"#,
            self.key, self.time
        )
    }
}
