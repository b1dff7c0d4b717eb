//! The figures of a run.

use std::time::Duration;

use sessionize_core::rule::Cut;

use super::reasons::Reasons;
use crate::order::Disorder;

/// The figures of a run. Durations are in ms. Its text is the one for people, in several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines that were read.
    pub(crate) records: u64,
    /// Events that came out with a session.
    pub(crate) events: u64,
    /// Records that came out without a session.
    pub(crate) invalid: Reasons,
    /// Events behind the latest one of their session, fragments included.
    pub(crate) late: u64,
    /// Events of which the output does not say whether they are late (the parameter `fields`).
    pub(crate) late_unknown: u64,
    /// Events too late for their session. Each of them is a fragment with an id of its own.
    pub(crate) fragments: u64,
    /// The fragments' ids. An id counts again where an earlier session had it, too.
    pub(crate) fragment_ids: u64,
    /// What the order of the input was like.
    pub(crate) disorder: Disorder,
    /// Distinct session keys.
    pub(crate) keys: u64,
    /// Sessions, by what began them.
    pub(crate) cuts: Cuts,
    /// Sum of the durations of all sessions.
    pub(crate) duration: i64,
    /// Duration of the longest session.
    pub(crate) longest: i64,
    /// Whether the compiled module processed the events in Fluvio's engine, and not this process.
    pub(crate) in_engine: bool,
    /// How long the run took.
    pub(crate) elapsed: Duration,
}

/// Sessions, by what began them. Fragments are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cuts {
    /// Nothing was known of the key.
    pub(crate) first: u64,
    /// Inactivity.
    pub(crate) gap: u64,
    /// The session before had as many events as it may have.
    pub(crate) max_events: u64,
    /// The session before was as long as it may be.
    pub(crate) max_duration: u64,
}

impl Cuts {
    /// Counts the session that an event opened, if it opened one.
    pub(super) fn add(&mut self, cut: Option<Cut>) {
        match cut {
            None | Some(Cut::Fragment) => {}
            Some(Cut::First) => self.first += 1,
            Some(Cut::Gap) => self.gap += 1,
            Some(Cut::MaxEvents) => self.max_events += 1,
            Some(Cut::MaxDuration) => self.max_duration += 1,
        }
    }
}

impl Summary {
    /// Number of sessions, without fragments.
    pub(super) fn sessions(&self) -> u64 {
        let Cuts {
            first,
            gap,
            max_events,
            max_duration,
        } = self.cuts;
        first + gap + max_events + max_duration
    }

    /// Number of session ids that came out, those of fragments included.
    pub(super) fn session_ids(&self) -> u64 {
        self.sessions() + self.fragment_ids
    }

    /// Records that did not come out at all, which `late=drop` and `invalid=drop` ask for.
    pub(super) fn dropped(&self) -> u64 {
        self.records
            .saturating_sub(self.events + self.invalid.total())
    }

    /// Mean duration of a session in ms, to the nearest; 0 when there is none.
    pub(super) fn mean(&self) -> i64 {
        match self.sessions() as i64 {
            0 => 0,
            sessions => (self.duration + sessions / 2) / sessions,
        }
    }

    pub(super) fn events_per_second(&self) -> u64 {
        (self.records as f64 / self.elapsed.as_secs_f64().max(1e-9)) as u64
    }

    /// What to say if there were records, and none of them was an event with a session.
    pub(crate) fn without_events(&self) -> Option<String> {
        if self.records == 0 || self.events > 0 {
            return None;
        }
        let such_as = match self.invalid.by_frequency().first() {
            Some(reason) => format!(": {}", reason.example),
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
        self.invalid.merge(other.invalid);
        self.late += other.late;
        self.late_unknown += other.late_unknown;
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
}
