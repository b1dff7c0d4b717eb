//! A source with random events.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{GAP, MINUTE};
use crate::feed::source::RawRecord;
use crate::words::Millis;

/// An event of a source, as the judge knows it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) visitor: u8,
    pub(super) time: Millis,
    /// What kind of record it is.
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    /// Its clock is ahead of its append time.
    Ahead,
    /// It is no event.
    Invalid,
}

/// A source that grows.
pub(super) struct SimulatedSource {
    pub(super) name: String,
    pub(super) records: Vec<RawRecord>,
    pub(super) sent: Vec<Sent>,
    /// How many of them can be read so far.
    pub(super) visible: usize,
}

/// The records of a source: events of a clock that goes on by up to `step`, out of order by at most
/// the lateness.
pub(super) fn source(
    dice: &mut ChaCha8Rng,
    number: usize,
    count: usize,
    lateness: Millis,
) -> SimulatedSource {
    let step = *[100, 5_000, 120_000, 40 * MINUTE]
        .get(dice.random_range(0..4))
        .unwrap();
    // Loaded long after its events happened, or live.
    let loaded = dice.random_bool(0.3).then_some(4_000_000_000_000);
    let mut clock = 1_700_000_000_000 + dice.random_range(0..GAP);
    let mut sent = Vec::new();
    let mut records = Vec::new();
    let mut offset = dice.random_range(0..3) * 1000;
    for _ in 0..count {
        clock += dice.random_range(0..=step);
        let visitor = dice.random_range(0..6);
        let mut time = clock - dice.random_range(0..=lateness);
        let mut kind = Kind::Event;
        let mut value =
            format!(r#"{{"ip":"192.0.2.{visitor}","timestamp":{time},"id":"{number}-{offset}"}}"#);
        match dice.random_range(0..40) {
            0 => {
                kind = Kind::Invalid;
                value = format!("no event {number}-{offset}");
            }
            1 if loaded.is_none() => {
                kind = Kind::Ahead;
                time = clock + 120 * MINUTE;
                value = format!(
                    r#"{{"ip":"192.0.2.{visitor}","timestamp":{time},"id":"{number}-{offset}"}}"#
                );
            }
            _ => {}
        }
        sent.push(Sent {
            visitor,
            time,
            kind,
        });
        let next = offset + dice.random_range(1..4);
        records.push(RawRecord {
            offset,
            next,
            appended: Some(loaded.unwrap_or(clock)),
            key: None,
            value: value.into(),
        });
        offset = next;
    }
    SimulatedSource {
        name: format!("weblog/{number}"),
        visible: dice.random_range(0..=count),
        records,
        sent,
    }
}
