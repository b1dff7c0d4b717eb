//! The figures for programs.

use serde_json::json;

use super::reasons::Reason;
use super::summary::Summary;

impl Summary {
    /// The figures for programs: a JSON object in one line. Durations are in seconds.
    pub(crate) fn to_json(&self) -> String {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let reasons: Vec<_> = self
            .invalid
            .by_frequency()
            .into_iter()
            .map(|Reason { count, example }| json!({"count": count, "example": example}))
            .collect();
        json!({
            "records": self.records,
            "events": self.events,
            "invalid": self.invalid.total(),
            "invalid_reasons": reasons,
            "dropped": self.dropped(),
            "late": self.late,
            "late_unknown": self.late_unknown,
            "fragments": self.fragments,
            "session_ids": self.session_ids(),
            "set_aside": self.disorder.set_aside,
            "set_aside_without_room": self.disorder.no_room,
            "disordered": self.disorder.behind.events,
            "disordered_longest": seconds(self.disorder.behind.most),
            "keys": self.keys,
            "sessions": self.sessions(),
            "cuts": {
                "first": self.cuts.first,
                "gap": self.cuts.gap,
                "max_events": self.cuts.max_events,
                "max_duration": self.cuts.max_duration,
            },
            "duration_sum": seconds(self.duration),
            "duration_mean": seconds(self.mean()),
            "duration_longest": seconds(self.longest),
            "processor": match self.in_engine {
                true => "engine",
                false => "native",
            },
            "elapsed": self.elapsed.as_secs_f64(),
            "events_per_second": self.events_per_second(),
        })
        .to_string()
    }
}
