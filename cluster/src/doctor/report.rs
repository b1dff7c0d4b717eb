//! What is known of a topic after a look at its partitions.

use serde::Serialize;

use super::finding::Finding;
use crate::failure::Failure;

/// What is known of a topic after a look at its partitions. Shares are from 0 to 1, durations are
/// in seconds, sizes in bytes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DoctorReport {
    /// The topic.
    pub topic: String,
    /// What a crash of the broker would do now, in the partition where it is worst.
    pub crash: Crash,
    /// What to know, warnings first.
    pub findings: Vec<Finding>,
    /// How far partitions are read back, if they have as much.
    pub within: f64,
    /// The partitions.
    pub partitions: Vec<PartitionReport>,
    /// Partitions that could not be read, and why.
    pub failed: Vec<FailedPartition>,
    /// Whether it was stopped.
    #[serde(skip)]
    pub stopped: bool,
}

/// A partition that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailedPartition {
    /// Its number.
    pub partition: u32,
    /// Why.
    pub reason: String,
}

impl FailedPartition {
    pub(super) fn new(partition: u32, failure: &Failure) -> Self {
        let reason = failure.to_string();
        Self { partition, reason }
    }
}

/// What a crash of a partition's broker would do now to the sessions of the visitors that may come
/// back within `gap` and `lateness`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Crash {
    /// Nothing, as long as a watcher is there.
    #[default]
    Exact,
    /// Only what the broker has stored in its last moments, or takes before all is told, is at
    /// risk.
    NearlyExact,
    /// Too little was read to know.
    Unknown,
    /// Some of them would be split.
    Splits,
    /// The partition takes no events as it is.
    Refuses,
}

/// What is known of a partition.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PartitionReport {
    /// Its number.
    pub partition: u32,
    /// The first offset of the log.
    pub log_start: i64,
    /// The offset behind its last record.
    pub log_end: i64,
    /// Where the newest segment begins; none if it begins in front of what was read.
    pub segment_start: Option<i64>,
    /// Records that were read.
    pub records: u64,
    /// How far the latest of them is from the earliest in event time.
    pub read_back: f64,
    /// Why no more was read.
    pub read_until: ReadUntil,
    /// The largest event time, in ms since the epoch.
    pub event_time: Option<i64>,
    /// Sessionized events among the records.
    pub events: u64,
    /// Events a second of event time in the last `gap` and `lateness`.
    pub events_per_second: f64,
    /// The same when it was most, within what was read.
    pub most_events_per_second: f64,
    /// Visitors with an event in the last `gap`.
    pub visitors_in_gap: u64,
    /// Visitors with an event in the last `ttl`, within what was read.
    pub visitors_in_ttl: u64,
    /// Share of events that were flagged late.
    pub late: f64,
    /// Share of events that were too late for their sessions.
    pub fragments: f64,
    /// Share of records that could not be sessionized; none if they are dropped.
    pub invalid: Option<f64>,
    /// The latest reason why a record could not be sessionized.
    pub invalid_reason: Option<String>,
    /// Share of records that a module with these parameters has not stored.
    pub strange: f64,
    /// The heaviest keys.
    pub heaviest: Vec<HeavyKey>,
    /// Bytes that an event takes in the log.
    pub stored_bytes_per_event: u64,
    /// Bytes of key and value of an event.
    pub bytes_per_event: u64,
    /// Visitors whose sessions may go on: those with an event in the last `gap` and `lateness`.
    pub visitors_at_risk: u64,
    /// How many of the latest records have all these sessions.
    pub look_back_needed: u64,
    /// The records that as long a time had when it was busiest, within what was read.
    pub look_back_busiest: u64,
    /// The offsets from which and to which look-back would show the module what is stored; none if
    /// too little was read to know.
    pub look_back_shown: Option<(i64, i64)>,
    /// Visitors at risk whose latest event is not between them.
    pub look_back_misses: u64,
    /// Whether the module has been told its sessions since it started; none with `restore=off`.
    pub is_told: Option<bool>,
    /// What a crash would do now.
    pub crash: Crash,
}

/// A key with its share of a partition's events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeavyKey {
    /// The key.
    pub key: String,
    /// Its share.
    pub share: f64,
}

/// Why no more of a partition was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadUntil {
    /// All of it was.
    #[default]
    LogStart,
    /// What was stored before is older than asked for.
    Within,
    /// As many bytes were read as allowed.
    Limit,
    /// More would not have said more.
    Enough,
}

impl DoctorReport {
    /// The report for programs: a JSON object in one line.
    pub fn to_json(&self) -> String {
        // A struct of texts and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl PartitionReport {
    /// Whether older records may say more of the last `gap` and `lateness`.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self.read_until, ReadUntil::Limit | ReadUntil::Enough)
    }
}
