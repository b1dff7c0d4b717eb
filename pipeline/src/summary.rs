//! What a run amounts to.

mod added;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::time::Duration;

use foldhash::quality::FixedState;
use serde_json::json;
use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Cut;

use added::{Added, AddedReader};

/// The most kinds of reasons that are counted one by one.
const MAX_REASONS: usize = 20;

/// Where one event of so many comes too late to be put in order, that is too much to be passed over.
const MUCH: u64 = 100;

/// The kind of all further ones.
const OTHER_REASONS: &str = "other reasons";

/// The figures of a run. Times are in ms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines that were read.
    pub records: u64,
    /// Events that came out with a session.
    pub events: u64,
    /// Records that came out without one, by the kind of the reason: the reason without its numbers and values.
    pub invalid: BTreeMap<String, Reasons>,
    /// Events behind the latest one of their session, fragments included.
    pub late: u64,
    /// Events too late for their session, each a fragment with an id of its own.
    pub fragments: u64,
    /// The fragments' ids. One counts again where a session of long ago had it, too.
    pub fragment_ids: u64,
    /// Events that were set aside, as they were ahead of those around them by more than `max_ahead`.
    pub set_aside: u64,
    /// Those of them for which there was no room.
    pub no_room: u64,
    /// Events that came too late to be put in order.
    pub behind: u64,
    /// The farthest that one of them was behind the latest event before it, in ms.
    pub farthest_behind: i64,
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

/// Reasons of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// Number of records.
    pub count: u64,
    /// The first one.
    pub example: String,
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

    /// Number of session ids that came out, those of fragments included.
    pub fn session_ids(&self) -> u64 {
        self.sessions() + self.fragment_ids
    }

    /// Whether so many events came too late to be put in order that their sessions may well be wrong.
    fn is_disordered(&self) -> bool {
        self.behind.saturating_mul(MUCH) >= self.records.max(1)
    }

    /// Records that did not come out at all, which `late=drop` and `invalid=drop` ask for.
    pub fn dropped(&self) -> u64 {
        self.records
            .saturating_sub(self.events + self.invalid_records())
    }

    /// Records that came out without a session.
    pub fn invalid_records(&self) -> u64 {
        self.invalid.values().map(|reasons| reasons.count).sum()
    }

    /// The kinds of reasons, the most frequent first.
    fn reasons(&self) -> Vec<&Reasons> {
        let mut reasons: Vec<_> = self.invalid.values().collect();
        reasons.sort_by_key(|reasons| std::cmp::Reverse(reasons.count));
        reasons
    }

    /// What to say if there were records, and none of them was an event with a session.
    pub(crate) fn nothing(&self) -> Option<String> {
        if self.records == 0 || self.events > 0 {
            return None;
        }
        let such_as = match self.reasons().first() {
            Some(reasons) => format!(": {}", reasons.example),
            None => String::new(),
        };
        Some(match self.records {
            1 => format!("the only record could not be sessionized{such_as}"),
            records => format!("none of {records} records could be sessionized{such_as}"),
        })
    }

    /// Adds the figures of another part of the keys.
    pub(crate) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.events += other.events;
        for (kind, reasons) in other.invalid {
            add_reasons(&mut self.invalid, kind, reasons);
        }
        self.late += other.late;
        self.fragments += other.fragments;
        self.fragment_ids += other.fragment_ids;
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
        let reasons: Vec<_> = self
            .reasons()
            .into_iter()
            .map(|Reasons { count, example }| json!({"count": count, "example": example}))
            .collect();
        json!({
            "records": self.records,
            "events": self.events,
            "invalid": self.invalid_records(),
            "invalid_reasons": reasons,
            "dropped": self.dropped(),
            "late": self.late,
            "fragments": self.fragments,
            "session_ids": self.session_ids(),
            "set_aside": self.set_aside,
            "set_aside_without_room": self.no_room,
            "disordered": self.behind,
            "disordered_longest": seconds(self.farthest_behind),
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
        for (number, Reasons { count, example }) in self.reasons().into_iter().enumerate() {
            let lead = if number == 0 { ": " } else { "; " };
            write!(f, "{lead}{count} × {example}")?;
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
        if self.behind > 0 {
            write!(
                f,
                "disorder   {} of {} came more than lateness behind, {} at most",
                self.behind,
                self.records,
                Span(self.farthest_behind)
            )?;
            if self.is_disordered() {
                write!(f, ": --order full sorts the whole input first")?;
            }
            writeln!(f)?;
        }
        if self.set_aside > 0 {
            write!(
                f,
                "set aside  {} more than max_ahead ahead of the others",
                self.set_aside
            )?;
            if self.no_room > 0 {
                write!(f, ", {} of them without room to wait", self.no_room)?;
            }
            writeln!(f)?;
        }
        writeln!(f, "keys       {}", self.keys)?;
        writeln!(
            f,
            "sessions   {}: first {first}, gap {gap}, max_events {max_events}, max_duration {max_duration}",
            self.sessions()
        )?;
        if self.fragment_ids > 0 {
            writeln!(
                f,
                "ids        {}: {} of sessions, {} of fragments",
                self.session_ids(),
                self.sessions(),
                self.fragment_ids
            )?;
        }
        write!(
            f,
            "durations  {} s in all, mean {} s, longest {} s",
            Seconds(self.duration),
            Seconds(self.mean()),
            Seconds(self.longest)
        )
    }
}

/// Milliseconds, written for people: whole seconds, unless they are fewer than one.
struct Span(i64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = Duration::from_millis(self.0.unsigned_abs());
        let span = match span.as_secs() {
            0 => span,
            seconds => Duration::from_secs(seconds),
        };
        humantime::format_duration(span).fmt(f)
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
    /// Whether all is summed up; otherwise it is only noted whether there is an event with a session.
    is_whole: bool,
    summary: Summary,
    hasher: FixedState,
    /// Duration of each key's current session.
    durations: HashMap<u64, i64, BuildHasherDefault<AsIs>>,
    /// Hashes of the fragments' keys and times, which are what their ids are made of.
    fragments: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl Tally {
    pub(crate) fn new(parameters: &Parameters, is_whole: bool) -> Self {
        Self {
            added: AddedReader::new(parameters),
            is_whole,
            summary: Summary::default(),
            hasher: FixedState::default(),
            durations: HashMap::default(),
            fragments: HashSet::default(),
        }
    }

    /// Adds a record that came out. Its key is that of the session, as what is read from a file has none.
    pub(crate) fn add(&mut self, key: Option<&[u8]>, value: &[u8]) {
        if !self.is_whole && self.summary.events > 0 {
            return;
        }
        match self.added.read(value) {
            Added::Event {
                duration,
                cut,
                late,
            } => self.event(key.unwrap_or_default(), duration, cut, late),
            Added::Fragment { start } => self.fragment(key.unwrap_or_default(), start),
            Added::Invalid(example) => {
                let reasons = Reasons { count: 1, example };
                add_reasons(&mut self.summary.invalid, kind(&reasons.example), reasons);
            }
        }
    }

    #[cold]
    fn fragment(&mut self, key: &[u8], start: i64) {
        let key = self.hasher.hash_one(key);
        self.summary.events += 1;
        self.summary.late += 1;
        self.summary.fragments += 1;
        self.durations.entry(key).or_default();
        self.fragments.insert(self.hasher.hash_one((key, start)));
    }

    fn event(&mut self, key: &[u8], duration: i64, cut: Option<Cut>, late: bool) {
        let summary = &mut self.summary;
        summary.events += 1;
        summary.late += u64::from(late);
        let current = self.durations.entry(self.hasher.hash_one(key)).or_default();
        match cut {
            // Those are read as fragments.
            None | Some(Cut::Fragment) => {}
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
            fragment_ids: self.fragments.len() as u64,
            ..self.summary
        }
    }
}

fn add_reasons(all: &mut BTreeMap<String, Reasons>, kind: String, reasons: Reasons) {
    if let Some(known) = all.get_mut(&kind) {
        known.count += reasons.count;
        return;
    }
    let is_counted = all.len() < MAX_REASONS;
    let (kind, example) = match is_counted {
        true => (kind, reasons.example),
        false => (OTHER_REASONS.into(), OTHER_REASONS.into()),
    };
    let known = all.entry(kind).or_insert(Reasons { count: 0, example });
    known.count += reasons.count;
}

/// The kind of a reason: what is left without what is particular to one record, which is its numbers and what it quotes, unless
/// that is the name of a field or a character that was expected.
fn kind(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    for (number, part) in reason.split('`').enumerate() {
        let is_quoted = number % 2 == 1;
        if number > 0 {
            kind.push('`');
        }
        let is_name = ["field `", "expected `", " or `"]
            .iter()
            .any(|lead| kind.ends_with(lead));
        if !is_quoted {
            kind.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        } else if is_name {
            kind.push_str(part);
        }
    }
    kind
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
        Tally::new(&Parameters::default(), true)
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
            br#"{"session_error":"no time: field `t`: `x` is no time","session_raw":"{}"}"#,
        );
        tally.add(
            None,
            br#"{"session_error":"no time: field `t`: `y` is no time","session_raw":"{}"}"#,
        );
        let mut summary = tally.finish();
        summary.records = 15;
        summary.elapsed = Duration::from_millis(500);
        assert_eq!(
            summary.to_string(),
            "events     11 in 0.50 s, 30 events/s\n\
             invalid    3: 2 × no time: field `t`: `x` is no time; 1 × no key: field `ip` is missing or null\n\
             dropped    1\n\
             late       2, 1 of them fragments\n\
             keys       2\n\
             sessions   5: first 2, gap 1, max_events 1, max_duration 1\n\
             ids        6: 5 of sessions, 1 of fragments\n\
             durations  2.251 s in all, mean 0.450 s, longest 2.000 s"
        );
        assert_eq!(
            summary.to_json(),
            "{\"cuts\":{\"first\":2,\"gap\":1,\"max_duration\":1,\"max_events\":1},\"disordered\":0,\
             \"disordered_longest\":0.0,\"dropped\":1,\
             \"duration_longest\":2.0,\"duration_mean\":0.45,\"duration_sum\":2.251,\"elapsed\":0.5,\"events\":11,\
             \"events_per_second\":30,\"fragments\":1,\"invalid\":3,\"invalid_reasons\":[\
             {\"count\":2,\"example\":\"no time: field `t`: `x` is no time\"},\
             {\"count\":1,\"example\":\"no key: field `ip` is missing or null\"}],\"keys\":2,\"late\":2,\
             \"records\":15,\"session_ids\":6,\"sessions\":5,\"set_aside\":0,\"set_aside_without_room\":0}"
        );
    }

    #[test]
    fn fragments_are_told_apart_by_key_and_time() {
        let mut tally = tally();
        let fragment = |start: &str| {
            event("0", "\"late\"", true)
                .replace("k-1", &format!("k-{start}"))
                .replace(".001Z", &format!(".{start:0>3}Z"))
        };
        for (key, start) in [("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")] {
            tally.add(Some(key.as_bytes()), fragment(start).as_bytes());
        }
        let summary = tally.finish();
        assert_eq!(
            [summary.fragments, summary.session_ids(), summary.sessions()],
            [4, 3, 0]
        );
    }

    #[test]
    fn says_what_the_order_was_like() {
        let line = |summary: &Summary, label: &str| {
            let text = summary.to_string();
            let line = text.lines().find(|line| line.starts_with(label));
            line.map(String::from)
        };
        let rows = [
            (0, 0, None),
            (
                1,
                250,
                Some("disorder   1 of 10000 came more than lateness behind, 250ms at most"),
            ),
            (
                99,
                61_999,
                Some("disorder   99 of 10000 came more than lateness behind, 1m 1s at most"),
            ),
            (
                100,
                11_520_000,
                Some(
                    "disorder   100 of 10000 came more than lateness behind, 3h 12m at most: \
                     --order full sorts the whole input first",
                ),
            ),
        ];
        for (behind, farthest_behind, expected) in rows {
            let summary = Summary {
                records: 10_000,
                behind,
                farthest_behind,
                ..Summary::default()
            };
            assert_eq!(line(&summary, "disorder").as_deref(), expected);
        }
        let rows = [
            (0, 0, None),
            (
                4,
                0,
                Some("set aside  4 more than max_ahead ahead of the others"),
            ),
            (
                4,
                1,
                Some(
                    "set aside  4 more than max_ahead ahead of the others, 1 of them without room to wait",
                ),
            ),
        ];
        for (set_aside, no_room, expected) in rows {
            let summary = Summary {
                set_aside,
                no_room,
                ..Summary::default()
            };
            assert_eq!(line(&summary, "set aside").as_deref(), expected);
        }
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
    fn reasons_are_counted_by_kind() {
        let rows = [
            (
                "not JSON: expected `,` or `}` at byte 17",
                "not JSON: expected `,` or `}` at byte 2048",
                true,
            ),
            (
                "not JSON: expected `:` at byte 17",
                "not JSON: expected `,` or `}` at byte 17",
                false,
            ),
            (
                "no time: field `t`: `1x` is not a time",
                "no time: field `t`: `yesterday` is not a time",
                true,
            ),
            (
                "no key: field `ip` is missing or null",
                "no key: field `user` is missing or null",
                false,
            ),
        ];
        for (one, other, are_same) in rows {
            assert_eq!(kind(one) == kind(other), are_same, "{one} and {other}");
        }
    }

    #[test]
    fn reasons_are_bounded() {
        let mut reasons = BTreeMap::new();
        for n in 0..1000 {
            let example = n.to_string();
            add_reasons(&mut reasons, example.clone(), Reasons { count: 1, example });
        }
        assert_eq!(reasons.len(), MAX_REASONS + 1);
        assert_eq!(reasons[OTHER_REASONS].count, 1000 - MAX_REASONS as u64);
    }

    #[test]
    fn a_brief_tally_tells_whether_there_is_an_event() {
        let mut tally = Tally::new(&Parameters::default(), false);
        let invalid = br#"{"session_error":"not JSON","session_raw":"{"}"#;
        tally.add(None, invalid);
        let mut nothing = tally.clone().finish();
        nothing.records = 2;
        let said = nothing.nothing();
        assert_eq!(
            said.as_deref(),
            Some("none of 2 records could be sessionized: not JSON")
        );
        nothing.records = 0;
        assert_eq!(nothing.nothing(), None);
        let value = event("0", "\"first\"", false);
        tally.add(Some(b"a"), value.as_bytes());
        let mut something = tally.finish();
        something.records = 2;
        assert_eq!(something.nothing(), None);
    }
}
