//! Reading the tail of a partition.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use sessionize_core::parameters::{OnInvalid, Parameters, Restore};

use super::figures::TailFigures;
use super::report::{Crash, HeavyKey, PartitionReport, ReadUntil};
use crate::failure::Failure;
use crate::partition::Partition;
use crate::tail::{StoredRecord, Tail};
use crate::telling::{Chunks, is_told};
use crate::topic::Topic;
use crate::words::Millis;

/// Heaviest keys that a report has.
const HEAVIEST: usize = 3;

/// How a partition is looked at.
pub(super) struct Examination<'a> {
    pub(super) topic: &'a Topic,
    /// How far to read back in event time.
    pub(super) within: Millis,
    /// Most bytes to read.
    pub(super) limit: u64,
    pub(super) chunks: Chunks,
    /// Counts the records that are read.
    pub(super) read: &'a AtomicU64,
}

/// The ends of a partition's log and its segments.
struct Log<'s> {
    start: i64,
    end: i64,
    /// Where what was read begins.
    from: i64,
    /// Where segments begin, behind what was read first.
    segments: &'s [i64],
}

impl Examination<'_> {
    /// Looks at a partition.
    pub(super) async fn examine(
        &self,
        index: u32,
        partition: &mut impl Partition,
    ) -> Result<PartitionReport, Failure> {
        let parameters = &self.topic.parameters;
        let is_told = match parameters.restore {
            Restore::Off => None,
            Restore::Accept | Restore::Require => Some(is_told(partition).await?),
        };
        let mut figures = TailFigures::new(parameters);
        let mut tail = Tail::new(partition);
        let (start, end) = tail.bounds().await?;
        // What look-back shows depends on where segments begin, however old that is.
        let looked_back = match parameters.restore {
            Restore::Require => end,
            Restore::Off | Restore::Accept => self.look_back_start(start, end),
        };
        let mut from = end;
        let mut bytes = 0;
        let mut chunk = self.chunks.least;
        let mut is_old = false;
        let read_until = loop {
            if from <= start {
                break ReadUntil::LogStart;
            } else if is_old && from <= looked_back {
                break ReadUntil::Within;
            } else if figures.is_enough() {
                break ReadUntil::Enough;
            } else if bytes >= self.limit {
                break ReadUntil::Limit;
            }
            let to = from;
            from = start.max(to - chunk);
            let take = |StoredRecord { offset, record, .. }| {
                let key = record.key.as_ref().map(AsRef::as_ref);
                figures.take(offset, key, record.value.as_ref());
            };
            let read = tail.read_stored(from, to, take).await?;
            self.read.fetch_add(read.records, Ordering::Relaxed);
            bytes += read.bytes;
            is_old |= figures.end_chunk(self.within);
            chunk = self.chunks.next(&read);
        };
        let segments: Vec<i64> = tail.segments().range(..end).copied().collect();
        let log = Log {
            start,
            end,
            from,
            segments: &segments,
        };
        let mut report = self.report(&figures, &log, bytes);
        report.partition = index;
        report.read_until = read_until;
        report.is_told = is_told;
        report.crash = crash(parameters, &report);
        Ok(report)
    }

    fn look_back_start(&self, start: i64, end: i64) -> i64 {
        let count = i64::try_from(self.topic.lookback.count).unwrap_or(i64::MAX);
        start.max(end.saturating_sub(count))
    }

    /// What look-back would show now: from the record with which it begins to the end of the
    /// segment that this one is in. None if segments that were not seen decide it.
    fn shown(&self, log: &Log<'_>) -> Option<Range<i64>> {
        let begin = self.look_back_start(log.start, log.end);
        if self.topic.lookback.age.is_some() {
            return Some(begin..begin);
        }
        let next = log.segments.iter().find(|segment| **segment > begin);
        match next {
            Some(next) => Some(begin..*next),
            None => (begin >= log.from).then_some(begin..log.end),
        }
    }

    fn report(&self, figures: &TailFigures, log: &Log<'_>, bytes: u64) -> PartitionReport {
        let parameters = &self.topic.parameters;
        let counts = figures.counts;
        let rule = &parameters.rule;
        let stretch = rule.gap.saturating_add(parameters.lateness);
        let (latest, most) = figures.rates.stretches();
        let back = match (figures.time, figures.rates.first()) {
            (Some(time), Some(first)) => time - first,
            _ => 0,
        };
        // A log that is shorter than the stretch has all its events in it.
        let seconds = seconds(stretch.min(back)).max(1.0);
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        let shown = self.shown(log);
        let first = figures.first_latest(stretch);
        PartitionReport {
            log_start: log.start,
            log_end: log.end,
            segment_start: log.segments.last().copied(),
            records: counts.records,
            read_back: self::seconds(back),
            event_time: figures.time,
            events: counts.events,
            events_per_second: latest as f64 / seconds,
            most_events_per_second: most as f64 / seconds,
            visitors_in_gap: figures.visitors(rule.gap),
            visitors_in_ttl: figures.visitors(rule.ttl),
            late: share(counts.late, counts.events),
            fragments: share(counts.fragments, counts.events),
            invalid: (parameters.on_invalid == OnInvalid::Tag)
                .then(|| share(counts.invalid, counts.records)),
            invalid_reason: figures.reason().map(str::to_owned),
            strange: share(counts.strange, counts.records),
            heaviest: heaviest(figures),
            stored_bytes_per_event: bytes / counts.records.max(1),
            bytes_per_event: counts.bytes / counts.records.max(1),
            visitors_at_risk: figures.visitors(stretch),
            look_back_needed: first.map_or(0, |first| (log.end - first).unsigned_abs()),
            look_back_busiest: most,
            look_back_misses: shown
                .as_ref()
                .map_or(0, |shown| figures.outside(stretch, shown)),
            look_back_shown: shown.map(|shown| (shown.start, shown.end)),
            ..PartitionReport::default()
        }
    }
}

fn heaviest(figures: &TailFigures) -> Vec<HeavyKey> {
    let keys = figures.keys.heaviest(HEAVIEST).into_iter();
    keys.map(|(key, share)| HeavyKey { key, share }).collect()
}

fn crash(parameters: &Parameters, report: &PartitionReport) -> Crash {
    let by_look_back = match report {
        PartitionReport {
            log_start, log_end, ..
        } if log_start == log_end => Crash::Exact,
        PartitionReport {
            look_back_misses: 1..,
            ..
        } => Crash::Splits,
        _ if report.is_cut_off() => Crash::Unknown,
        _ => Crash::NearlyExact,
    };
    match (parameters.restore, report.is_told) {
        (Restore::Require, Some(false)) => Crash::Refuses,
        (Restore::Require, _) => Crash::Exact,
        (Restore::Accept, Some(true)) => by_look_back.min(Crash::NearlyExact),
        (Restore::Accept | Restore::Off, _) => by_look_back,
    }
}

fn seconds(ms: Millis) -> f64 {
    ms as f64 / 1000.0
}
