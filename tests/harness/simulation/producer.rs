//! What producers send: mostly events, and often right at a boundary of the session rule.

use fluvio_smartmodule::{Record, RecordData};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::record_format::{FormatParameter, RecordFormat};
use crate::bounds::Bounds;
use crate::broker::{NO_TIMESTAMP, StoredBatch};
use crate::event::Event;
use crate::reference::Reference;

/// November 2023, in ms since the epoch.
const BEGINNING: i64 = 1_700_000_000_000;

/// The order in which events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeOrder {
    /// By time.
    Sorted,
    /// Each event lags the event time by at most `lateness`.
    Bounded,
    /// In any order.
    Wild,
}

/// A source of batches.
#[derive(Debug)]
pub(super) struct Producer {
    pub(super) bounds: Bounds,
    pub(super) order: TimeOrder,
    pub(super) format: FormatParameter,
    keys: u32,
    garbage: f64,
    timed: bool,
    /// The producers' wall clock, which gives the append times.
    pub(super) clock: i64,
    newest: i64,
    serial: u64,
}

impl Producer {
    pub(super) fn new(dice: &mut ChaCha8Rng) -> Self {
        let bounds = bounds(dice);
        let order = *[TimeOrder::Sorted, TimeOrder::Bounded, TimeOrder::Wild]
            .choose(dice)
            .unwrap_or(&TimeOrder::Sorted);
        let format = FormatParameter::any(dice);
        Self {
            order,
            format,
            keys: dice.random_range(1..=8),
            garbage: *[0.0, 0.05, 0.3].choose(dice).unwrap_or(&0.0),
            timed: dice.random_bool(0.8),
            clock: BEGINNING,
            newest: BEGINNING,
            serial: 0,
            bounds,
        }
    }

    /// The next batch. Events aim at the boundaries of the sessions that `reference` knows.
    pub(super) fn batch(&mut self, dice: &mut ChaCha8Rng, reference: &Reference) -> StoredBatch {
        // No two batches are equal by chance: the module would take the second for the first,
        // presented again.
        self.clock += dice.random_range(1..50);
        let size = dice.random_range(1..=7);
        let bodies: Vec<(Option<String>, Vec<u8>)> = (0..size)
            .map(|_| {
                let key = dice
                    .random_bool(0.3)
                    .then(|| format!("record key {}", dice.random_range(0..3)));
                (key, self.body(dice, reference))
            })
            .collect();
        let base = self.clock.max(self.newest);
        self.clock = base;
        let records = bodies.into_iter().map(|(key, body)| {
            let mut record = Record::new(body);
            record.key = key.map(RecordData::from);
            if self.timed {
                record.preamble.set_timestamp_delta(dice.random_range(0..3));
            }
            record
        });
        StoredBatch::produced(
            if self.timed { base } else { NO_TIMESTAMP },
            records.collect(),
        )
    }

    fn body(&mut self, dice: &mut ChaCha8Rng, reference: &Reference) -> Vec<u8> {
        self.serial += 1;
        let serial = self.serial;
        if dice.random_bool(self.garbage) {
            return self.garbage(dice);
        }
        let key = format!("10.0.0.{}", dice.random_range(0..self.keys));
        let format = self.format.choose(dice);
        let time = self.time(dice, reference, &key, format);
        format.write(&Event::new(key, time), serial).into_bytes()
    }

    fn time(
        &mut self,
        dice: &mut ChaCha8Rng,
        reference: &Reference,
        key: &str,
        format: RecordFormat,
    ) -> i64 {
        let Bounds {
            gap, ttl, lateness, ..
        } = self.bounds;
        let now = self.newest;
        let mut candidates = vec![
            now,
            now + 1,
            now + gap / 7,
            now + gap / 7,
            now + gap / 3,
            now - lateness,
            now - lateness / 2,
        ];
        if let Some((start, last)) = reference.extent(key) {
            let duration = self.bounds.max_duration.unwrap_or(gap);
            let edges = [
                last + gap,
                start + duration,
                start - gap,
                last + ttl,
                last + ttl + lateness,
                start,
                last,
            ];
            candidates.extend(edges);
            candidates.extend(edges.map(|edge| edge + 1));
            candidates.extend(edges.map(|edge| edge - 1));
        }
        let far = dice.random_range(-2 * ttl..2 * ttl);
        candidates.push(now + far);
        let time = candidates.choose(dice).copied().unwrap_or(now);
        let time = match self.order {
            TimeOrder::Sorted => time.max(now),
            TimeOrder::Bounded => time.max(now - lateness),
            TimeOrder::Wild => time,
        };
        // An event around the bound of `max_ahead`: some are just allowed, and some are refused.
        // Neither may advance the clock.
        if self.order == TimeOrder::Wild
            && self.timed
            && dice.random_bool(0.03)
            && let Some(ahead) = self.bounds.max_ahead
        {
            return rounded_up(
                self.clock.max(now) + ahead + dice.random_range(-2..5),
                format,
            );
        }
        let time = rounded_up(time, format);
        self.newest = self.newest.max(time);
        time
    }

    /// An event in a format that the module reads.
    pub(super) fn event(&self, key: &str, time: i64) -> Record {
        let format = self.format.readable();
        let event = Event::new(key, rounded_up(time, format));
        Record::new(format.write(&event, 0))
    }

    fn garbage(&self, dice: &mut ChaCha8Rng) -> Vec<u8> {
        let serial = self.serial;
        let texts = [
            format!("oops {serial}"),
            format!(r#"{{"ip":"10.0.0.1","n":{serial}}}"#),
            format!(r#"{{"ip":null,"timestamp":{},"n":{serial}}}"#, self.newest),
            format!(r#"{{"ip":"10.0.0.1","timestamp":"soon {serial}"}}"#),
            format!(
                r#"{{"ip":"10.0.0.1","timestamp":{},"n":{serial}"#,
                self.newest
            ),
            format!(r#"[{serial}]"#),
            String::new(),
        ];
        texts
            .choose(dice)
            .map(|text| text.clone().into_bytes())
            .unwrap_or_default()
    }
}

/// Several equal batches of one record each, as a client sends that repeats a line within a second.
pub(super) fn equal_lines(dice: &mut ChaCha8Rng, batch: StoredBatch) -> Vec<StoredBatch> {
    let first = batch.records.into_iter().take(1).collect();
    let line = StoredBatch::produced(batch.base_timestamp, first);
    vec![line; dice.random_range(2..6)]
}

/// Number of batches in a segment of the log; mostly there is only one segment.
pub(super) fn segment_batches(dice: &mut ChaCha8Rng) -> usize {
    if dice.random_bool(0.3) {
        dice.random_range(1..30)
    } else {
        usize::MAX
    }
}

/// Rounds a time up to the resolution of the format. Rounding down could move an event out of its
/// `lateness`.
fn rounded_up(time: i64, format: RecordFormat) -> i64 {
    let unit = format.unit();
    (time + unit - 1) / unit * unit
}

fn bounds(dice: &mut ChaCha8Rng) -> Bounds {
    let gap = *[1, 700, 60_000].choose(dice).unwrap_or(&1000);
    Bounds {
        gap,
        max_events: *[None, Some(1), Some(2), Some(5)]
            .choose(dice)
            .unwrap_or(&None),
        max_duration: *[None, Some(1), Some(gap), Some(3 * gap + 1)]
            .choose(dice)
            .unwrap_or(&None),
        ttl: gap * dice.random_range(1..=4),
        lateness: *[0, 1, gap / 2, 3 * gap].choose(dice).unwrap_or(&0),
        late_kept: dice.random_bool(0.8),
        max_ahead: *[None, Some(0), Some(10), Some(3_600_000)]
            .choose(dice)
            .unwrap_or(&None),
        written: match dice.random_bool(0.5) {
            true => [true; 3],
            false => dice.random(),
        },
    }
}
