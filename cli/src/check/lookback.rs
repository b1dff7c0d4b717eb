//! What look-back achieves: how much traffic it covers, what memory it takes, and how often a
//! restart restores an old state.

use std::time::Duration;

use sessionize_core::parameters::Parameters;
use sessionize_pipeline::engine::BROKER_MEMORY;

use super::remark::Remark;

/// The average size of a stored event with its session that is assumed, in bytes: that of a JSON
/// event of about 300 bytes. A line of a classic load balancer takes about 800.
pub const RECORD_SIZE: u64 = 520;

/// What a record that is looked back at takes in the module's memory beyond its size, in bytes: the
/// state of its visitor, at most.
const STATE_SIZE: u64 = 80;

/// The largest size of a segment, in bytes. Fluvio keeps it in 32 bits, and in as many adds up what
/// is in the segment: up to here, a batch still fits in without an overflow.
const LARGEST_SEGMENT_SIZE: u64 = 4_000_000_000;

/// What a module looks back at when it starts: the last records of its partition that are not too
/// old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lookback {
    /// The most records; 0 for no bound.
    pub(super) count: u64,
    /// The greatest age of a record by the broker's clock, in ms.
    pub(super) age: Option<i64>,
}

impl Lookback {
    /// What these bounds achieve with these parameters, where a stored event takes `record_size`
    /// bytes.
    pub(super) fn remarks(self, parameters: &Parameters, record_size: u64) -> Vec<Remark> {
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
        let bytes = record_size + STATE_SIZE;
        let fitting = BROKER_MEMORY as u64 / bytes;
        if self.count > fitting {
            remarks.push(Remark::Warning(format!(
                "look-back count {} needs about {} MB of the module's memory, which is limited to \
                 {} MB; {fitting} records of {bytes} bytes fit",
                self.count,
                self.count.saturating_mul(bytes) / 1_000_000,
                BROKER_MEMORY / 1_000_000,
            )));
        }
        if self.count == 0 {
            remarks.push(Remark::Note(format!(
                "look-back has no count: all records of its age have to fit into the module's \
                 memory, about {fitting}"
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
    /// the end of the segment in which its first record is.
    pub(super) fn segment_remarks(self, segment_size: u64, record_size: u64) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if segment_size > LARGEST_SEGMENT_SIZE {
            remarks.push(Remark::Warning(format!(
                "segment-size {segment_size} is more than Fluvio can count in 32 bits; the largest \
                 that is safe is {LARGEST_SEGMENT_SIZE}, as `segment-size: 4 GB`"
            )));
            return remarks;
        }
        if segment_size < LARGEST_SEGMENT_SIZE {
            remarks.push(Remark::Warning(format!(
                "segment-size {segment_size} is not the largest, {LARGEST_SEGMENT_SIZE}, as \
                 `segment-size: 4 GB` under `retention`: look-back ends with the segment in which \
                 it begins, and more restarts than necessary restore an old state"
            )));
        }
        if self.count > 0 {
            let looked_back = u128::from(self.count) * u128::from(record_size);
            let thousandths = (looked_back * 1000 / u128::from(segment_size.max(1))).min(1000);
            remarks.push(Remark::Note(format!(
                "about {}.{} % of restarts restore an old state, once a partition has filled a \
                 segment: look-back count {} × {record_size} bytes a record (--record-size) ÷ \
                 segment-size {segment_size}",
                thousandths / 10,
                thousandths % 10,
                self.count
            )));
        }
        remarks
    }
}

fn text(ms: i64) -> String {
    humantime::format_duration(Duration::from_millis(ms.max(0).unsigned_abs())).to_string()
}

#[cfg(test)]
mod tests;
