//! What look-back achieves: how much traffic it covers, what memory it takes, and how often a
//! restart restores an old state.

use std::cmp::Ordering;
use std::time::Duration;

use fluvio_types::defaults::{SPU_LOG_SEGMENT_MAX_BYTES, SPU_SMARTENGINE_STORE_MAX_BYTES};
use sessionize_core::parameters::Parameters;

use crate::remark::Remark;

/// The memory that a broker gives a module unless it is told otherwise, in bytes.
const BROKER_MEMORY: u64 = SPU_SMARTENGINE_STORE_MAX_BYTES as u64;

/// The average size of a stored event with its session that is assumed, in bytes: that of a JSON
/// event of about 300 bytes. A line of a classic load balancer takes about 800.
pub const RECORD_SIZE: u64 = 520;

/// The size of segments of a topic that sets none, in bytes: 1 GiB.
pub const DEFAULT_SEGMENT_SIZE: u64 = SPU_LOG_SEGMENT_MAX_BYTES as u64;

/// What a record that is looked back at takes in the module's memory beyond its size, in bytes: the
/// state of its visitor, at most.
const STATE_SIZE: u64 = 80;

/// The largest size of a segment, in bytes. Fluvio keeps it in 32 bits, and in as many adds up what
/// is in the segment: up to here, a batch still fits in without an overflow.
const LARGEST_SEGMENT_SIZE: u64 = 4_000_000_000;

/// What a module looks back at when it starts: the last records of its partition that are not too
/// old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookback {
    /// The most records; 0 for no bound.
    pub count: u64,
    /// The greatest age of a record by the broker's clock, in ms.
    pub age: Option<i64>,
}

impl Lookback {
    /// What is wrong with an age in a topic's look-back.
    pub fn topic_age_remark(self) -> Option<Remark> {
        self.age.is_some().then(|| {
            Remark::Warning(
                "a topic's look-back with an age finds nothing, since what its transform stores \
                 has no append time; leave `age` out: sessions are split at every restart"
                    .into(),
            )
        })
    }

    /// How many records of `record_size` bytes, each with its visitor's state, fit into the
    /// module's memory.
    pub fn fitting(record_size: u64) -> u64 {
        BROKER_MEMORY / (record_size + STATE_SIZE)
    }

    /// Whether what is looked back at fits into the module's memory.
    pub fn memory_remark(self, record_size: u64) -> Option<Remark> {
        let fitting = Self::fitting(record_size);
        let bytes = record_size + STATE_SIZE;
        (self.count > fitting).then(|| {
            Remark::Warning(format!(
                "look-back count {} needs about {} MB of the module's memory, which is limited to \
                 {} MB; {fitting} records of {bytes} bytes fit",
                self.count,
                self.memory(record_size) / 1_000_000,
                BROKER_MEMORY / 1_000_000,
            ))
        })
    }

    /// The module's memory that looking back takes, in bytes.
    pub fn memory(self, record_size: u64) -> u64 {
        self.count.saturating_mul(record_size + STATE_SIZE)
    }

    /// What these bounds achieve with these parameters, where a stored event takes `record_size`
    /// bytes.
    pub fn remarks(self, parameters: &Parameters, record_size: u64) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let live = parameters.rule.gap.saturating_add(parameters.lateness);
        if let Some(age) = self.age {
            let remembered = parameters.rule.ttl.saturating_add(parameters.lateness);
            if age < live {
                remarks.push(Remark::Warning(format!(
                    "look-back age {} is shorter than gap + lateness, {}: sessions may be split \
                     after a restart",
                    text(age),
                    text(live)
                )));
            } else if age < remembered {
                remarks.push(Remark::Note(format!(
                    "look-back age {} is shorter than ttl + lateness, {}: after a restart, a \
                     visitor who was away for longer than the age has a `first` session rather \
                     than one by `gap` that names the previous one",
                    text(age),
                    text(remembered)
                )));
            }
        }
        remarks.extend(self.memory_remark(record_size));
        if self.count == 0 {
            remarks.push(Remark::Note(format!(
                "look-back has no count: all records of its age have to fit into the module's \
                 memory, about {}",
                Self::fitting(record_size)
            )));
        } else {
            let rate = u128::from(self.count) * 10_000 / u128::from(live.max(1).unsigned_abs());
            remarks.push(Remark::Note(format!(
                "look-back count {} covers gap + lateness, {}, up to {}.{} events/s in a partition",
                self.count,
                text(live),
                rate / 10,
                rate % 10
            )));
        }
        remarks
    }

    /// What segments of `segment_size` bytes mean for these bounds: look-back reads nothing after
    /// the end of the segment in which its first record is. `origin` says where `record_size` comes
    /// from.
    pub fn segment_remarks(self, segment_size: u64, record_size: u64, origin: &str) -> Vec<Remark> {
        let is_too_large = segment_size > LARGEST_SEGMENT_SIZE;
        let mut remarks = Vec::from_iter(segment_size_remark(segment_size));
        if self.count > 0 && !is_too_large {
            let looked_back = u128::from(self.count) * u128::from(record_size);
            let thousandths = (looked_back * 1000 / u128::from(segment_size.max(1))).min(1000);
            remarks.push(Remark::Note(format!(
                "about {}.{} % of restarts restore an old state, once a partition has filled a \
                 segment: look-back count {} × {record_size} bytes a record ({origin}) ÷ \
                 segment-size {segment_size}",
                thousandths / 10,
                thousandths % 10,
                self.count
            )));
        }
        remarks
    }
}

/// What is wrong with segments that are not of the largest size.
fn segment_size_remark(segment_size: u64) -> Option<Remark> {
    let why = match segment_size.cmp(&LARGEST_SEGMENT_SIZE) {
        Ordering::Equal => return None,
        Ordering::Greater => format!(
            "segment-size {segment_size} is more than Fluvio can count in 32 bits; the largest that \
             is safe is {LARGEST_SEGMENT_SIZE}, as `segment-size: 4 GB`"
        ),
        Ordering::Less => format!(
            "segment-size {segment_size} is not the largest, {LARGEST_SEGMENT_SIZE}, as \
             `segment-size: 4 GB` under `retention`: look-back ends with the segment in which it \
             begins, and more restarts than necessary restore an old state"
        ),
    };
    Some(Remark::Warning(why))
}

fn text(ms: i64) -> String {
    humantime::format_duration(Duration::from_millis(ms.max(0).unsigned_abs())).to_string()
}

#[cfg(test)]
mod tests;
