//! The bounds of a session, as numbers for the oracle and as parameters for the module.

/// What an oracle needs to know; durations in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Inactivity that ends a session.
    pub gap: i64,
    /// Maximum number of events in a session.
    pub max_events: Option<u64>,
    /// Maximum duration of a session.
    pub max_duration: Option<i64>,
    /// How long a key is remembered.
    pub ttl: i64,
    /// How far an event may lag the event time and still find its session.
    pub lateness: i64,
    /// Whether events that are too late for their session are passed on.
    pub late_kept: bool,
    /// How far an event may be ahead of its append time.
    pub max_ahead: Option<i64>,
    /// Which of [`OPTIONAL_FIELDS`] are written.
    pub written: [bool; 3],
}

/// The added fields that the parameter `fields` may leave out.
pub const OPTIONAL_FIELDS: [&str; 3] = ["start", "previous", "late"];

impl Default for Bounds {
    /// The documented defaults.
    fn default() -> Self {
        const MINUTE: i64 = 60_000;
        Self {
            gap: 30 * MINUTE,
            max_events: Some(1500),
            max_duration: Some(720 * MINUTE),
            ttl: 720 * MINUTE,
            lateness: MINUTE,
            late_kept: true,
            max_ahead: Some(60 * MINUTE),
            written: [true; 3],
        }
    }
}

impl Bounds {
    /// The same bounds as parameters of the module.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let millis = |millis: i64| format!("{millis}ms");
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "none".into());
        [
            ("gap", millis(self.gap)),
            (
                "max_events",
                or_none(self.max_events.map(|max| max.to_string())),
            ),
            ("max_duration", or_none(self.max_duration.map(millis))),
            ("ttl", millis(self.ttl)),
            ("lateness", millis(self.lateness)),
            ("late", if self.late_kept { "keep" } else { "drop" }.into()),
            ("max_ahead", or_none(self.max_ahead.map(millis))),
            ("fields", or_none(self.fields())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The names of the optional fields that are written, if there are any.
    fn fields(&self) -> Option<String> {
        let names = OPTIONAL_FIELDS.iter().zip(self.written);
        let written = names.filter_map(|(name, is_written)| is_written.then_some(*name));
        Some(written.collect::<Vec<_>>().join(",")).filter(|names| !names.is_empty())
    }
}
