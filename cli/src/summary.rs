//! What a run amounts to.

mod added;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::time::Duration;

use foldhash::quality::FixedState;
use serde_json::json;
use sessionize_core::parameters::Parameters;
use sessionize_core::session::Cut;

use added::{Added, AddedReader};

/// The most reasons that are counted one by one.
const MAX_REASONS: usize = 20;

/// The figures of a run. Times are in ms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines that were read.
    pub records: u64,
    /// Events that came out with a session.
    pub events: u64,
    /// Records that came out without one, by reason.
    pub invalid: BTreeMap<String, u64>,
    /// Events behind the latest one of their session, fragments included.
    pub late: u64,
    /// Events too late for their session, each a fragment with an id of its own.
    pub fragments: u64,
    /// Distinct session keys.
    pub keys: u64,
    /// Sessions, by what began them.
    pub cuts: Cuts,
    /// Durations of all sessions together.
    pub duration: i64,
    /// Duration of the longest session.
    pub longest: i64,
    /// How long the run took.
    pub elapsed: Duration,
}

/// Sessions, by what began them. Fragments are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Nothing was known of the key.
    pub first: u64,
    /// Inactivity.
    pub gap: u64,
    /// The session before had as many events as it may.
    pub max_events: u64,
    /// The session before was as long as it may be.
    pub max_duration: u64,
}

impl Cuts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.first + self.gap + self.max_events + self.max_duration
    }
}

impl Summary {
    /// Number of sessions, fragments apart.
    pub fn sessions(&self) -> u64 {
        self.cuts.total()
    }

    /// Records that did not come out at all, which `late=drop` and `invalid=drop` ask for.
    pub fn dropped(&self) -> u64 {
        self.records
            .saturating_sub(self.events + self.invalid_records())
    }

    /// Records that came out without a session.
    pub fn invalid_records(&self) -> u64 {
        self.invalid.values().sum()
    }

    /// Adds the figures of another part of the keys.
    pub(crate) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.events += other.events;
        for (reason, count) in other.invalid {
            add_reason(&mut self.invalid, &reason, count);
        }
        self.late += other.late;
        self.fragments += other.fragments;
        self.keys += other.keys;
        self.cuts.first += other.cuts.first;
        self.cuts.gap += other.cuts.gap;
        self.cuts.max_events += other.cuts.max_events;
        self.cuts.max_duration += other.cuts.max_duration;
        self.duration += other.duration;
        self.longest = self.longest.max(other.longest);
    }

    /// Mean duration of a session in ms, to the nearest; 0 when there is none.
    fn mean(&self) -> i64 {
        match self.sessions() as i64 {
            0 => 0,
            sessions => (self.duration + sessions / 2) / sessions,
        }
    }

    fn events_per_second(&self) -> u64 {
        (self.records as f64 / self.elapsed.as_secs_f64().max(1e-9)) as u64
    }

    /// The figures for programs: a JSON object in one line. Durations are in seconds.
    pub fn to_json(&self) -> String {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        json!({
            "records": self.records,
            "events": self.events,
            "invalid": self.invalid_records(),
            "invalid_reasons": self.invalid,
            "dropped": self.dropped(),
            "late": self.late,
            "fragments": self.fragments,
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
            "elapsed": self.elapsed.as_secs_f64(),
            "events_per_second": self.events_per_second(),
        })
        .to_string()
    }
}

impl fmt::Display for Summary {
    /// The figures for people, in several lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cuts {
            first,
            gap,
            max_events,
            max_duration,
        } = self.cuts;
        writeln!(
            f,
            "events     {} in {:.2} s, {} events/s",
            self.events,
            self.elapsed.as_secs_f64(),
            self.events_per_second()
        )?;
        write!(f, "invalid    {}", self.invalid_records())?;
        for (number, (reason, count)) in self.invalid.iter().enumerate() {
            let lead = if number == 0 { ": " } else { "; " };
            write!(f, "{lead}{count} × {reason}")?;
        }
        writeln!(f)?;
        if self.dropped() > 0 {
            writeln!(f, "dropped    {}", self.dropped())?;
        }
        writeln!(
            f,
            "late       {}, {} of them fragments",
            self.late, self.fragments
        )?;
        writeln!(f, "keys       {}", self.keys)?;
        writeln!(
            f,
            "sessions   {}: first {first}, gap {gap}, max_events {max_events}, max_duration {max_duration}",
            self.sessions()
        )?;
        write!(
            f,
            "durations  {} s in all, mean {} s, longest {} s",
            Seconds(self.duration),
            Seconds(self.mean()),
            Seconds(self.longest)
        )
    }
}

/// Milliseconds, written as seconds.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// Sums up what an instance of the module puts out.
///
/// Exact, at the cost of 24 to 48 bytes for each key there ever was: a key is known by 64 bits of its hash, and two of ten million
/// keys have the same ones in one run of 400,000. The hash is good in all its bits, but not keyed: whoever has a log made up of keys that
/// collide gets a wrong number of keys for it. SipHash would withstand that, and takes longer.
#[derive(Clone)]
pub(crate) struct Tally {
    added: AddedReader,
    summary: Summary,
    hasher: FixedState,
    /// Duration of each key's current session.
    durations: HashMap<u64, i64, BuildHasherDefault<AsIs>>,
}

impl Tally {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self {
            added: AddedReader::new(parameters),
            summary: Summary::default(),
            hasher: FixedState::default(),
            durations: HashMap::default(),
        }
    }

    /// Adds a record that came out. Its key is that of the session, as what is read from a file has none.
    pub(crate) fn add(&mut self, key: Option<&[u8]>, value: &[u8]) {
        match self.added.read(value) {
            Added::Event {
                duration,
                cut,
                late,
            } => self.event(key.unwrap_or_default(), duration, cut, late),
            Added::Invalid(reason) => add_reason(&mut self.summary.invalid, &reason, 1),
        }
    }

    fn event(&mut self, key: &[u8], duration: i64, cut: Option<Cut>, late: bool) {
        let summary = &mut self.summary;
        summary.events += 1;
        summary.late += u64::from(late);
        let current = self.durations.entry(self.hasher.hash_one(key)).or_default();
        match cut {
            None => {}
            Some(Cut::Late) => {
                summary.fragments += 1;
                return;
            }
            Some(Cut::First) => summary.cuts.first += 1,
            Some(Cut::Gap) => summary.cuts.gap += 1,
            Some(Cut::MaxEvents) => summary.cuts.max_events += 1,
            Some(Cut::MaxDuration) => summary.cuts.max_duration += 1,
        }
        // A session's duration only grows: its last one is the sum of the steps.
        let before = if cut.is_none() { *current } else { 0 };
        summary.duration += duration - before;
        summary.longest = summary.longest.max(duration);
        *current = duration;
    }

    pub(crate) fn finish(self) -> Summary {
        Summary {
            keys: self.durations.len() as u64,
            ..self.summary
        }
    }
}

fn add_reason(reasons: &mut BTreeMap<String, u64>, reason: &str, count: u64) {
    let is_counted = reasons.contains_key(reason) || reasons.len() < MAX_REASONS;
    let reason = if is_counted { reason } else { "other reasons" };
    *reasons.entry(reason.into()).or_default() += count;
}

/// The hash of a number that is one already.
#[derive(Clone, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(duration: &str, cut: &str, late: bool) -> String {
        format!(
            r#"{{"a":1,"session_id":"k-1","session_start":"1970-01-01T00:00:00.001Z","session_duration":{duration},"session_events":1,"session_cut":{cut},"session_previous":null,"session_late":{late}}}"#
        )
    }

    fn tally() -> Tally {
        Tally::new(&Parameters::default())
    }

    #[test]
    fn sums_up() {
        let mut tally = tally();
        let rows = [
            ("a", event("0", "\"first\"", false)),
            ("b", event("0", "\"first\"", false)),
            ("a", event("1.5", "null", false)),
            ("a", event("1.5", "null", true)),
            ("a", event("0", "\"late\"", true)),
            ("a", event("2", "null", false)),
            ("a", event("0", "\"gap\"", false)),
            ("a", event("0.25", "null", false)),
            ("b", event("0", "\"max_events\"", false)),
            ("b", event("0.001", "null", false)),
            ("b", event("0", "\"max_duration\"", false)),
        ];
        for (key, value) in &rows {
            tally.add(Some(key.as_bytes()), value.as_bytes());
        }
        tally.add(
            None,
            br#"{"session_error":"no key: field `ip` is missing or null","session_raw":"{}"}"#,
        );
        tally.add(
            None,
            br#"{"session_error":"no time: field `t`: \"x\": is no time","session_raw":"{}"}"#,
        );
        tally.add(
            None,
            br#"{"session_error":"no time: field `t`: \"y\": is no time","session_raw":"{}"}"#,
        );
        let mut summary = tally.finish();
        summary.records = 15;
        summary.elapsed = Duration::from_millis(500);
        assert_eq!(
            summary.to_string(),
            "events     11 in 0.50 s, 30 events/s\n\
             invalid    3: 1 × no key: field `ip` is missing or null; 2 × no time: field `t`\n\
             dropped    1\n\
             late       2, 1 of them fragments\n\
             keys       2\n\
             sessions   5: first 2, gap 1, max_events 1, max_duration 1\n\
             durations  2.251 s in all, mean 0.450 s, longest 2.000 s"
        );
        assert_eq!(
            summary.to_json(),
            "{\"cuts\":{\"first\":2,\"gap\":1,\"max_duration\":1,\"max_events\":1},\"dropped\":1,\
             \"duration_longest\":2.0,\"duration_mean\":0.45,\"duration_sum\":2.251,\"elapsed\":0.5,\"events\":11,\
             \"events_per_second\":30,\"fragments\":1,\"invalid\":3,\"invalid_reasons\":{\
             \"no key: field `ip` is missing or null\":1,\"no time: field `t`\":2},\"keys\":2,\"late\":2,\
             \"records\":15,\"sessions\":5}"
        );
    }

    #[test]
    fn parts_add_up() {
        let mut whole = tally();
        let mut parts = [tally(), tally()];
        for (n, duration) in ["0", "3", "1", "4.5"].into_iter().enumerate() {
            let value = event(duration, if n < 2 { "\"first\"" } else { "null" }, n == 3);
            let key = [n as u8 % 2];
            whole.add(Some(&key), value.as_bytes());
            parts[n % 2].add(Some(&key), value.as_bytes());
        }
        let mut sum = Summary::default();
        for part in parts {
            sum.merge(part.finish());
        }
        assert_eq!(sum, whole.finish());
    }

    #[test]
    fn reasons_are_bounded() {
        let mut reasons = BTreeMap::new();
        for n in 0..1000 {
            add_reason(&mut reasons, &n.to_string(), 1);
        }
        assert_eq!(reasons.len(), MAX_REASONS + 1);
        assert_eq!(reasons.values().sum::<u64>(), 1000);
    }
}
