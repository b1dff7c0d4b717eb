//! What the stored records of a partition's tail show.

use std::collections::HashMap;

use sessionize_core::key::Key;
use sessionize_core::parameters::Parameters;
use sessionize_core::stored::StoredReader;
use sessionize_core::wrapper::Wrapper;

use super::rates::Rates;
use crate::skew::HeavyKeys;
use crate::words::Millis;

/// Records after which those that are none of the module's say enough.
const STRANGE: u64 = 10_000;

/// What is counted of the stored records of a partition's tail, which are taken chunk by chunk, the
/// newest chunk first.
///
/// Its memory follows the visitors: at most as many as the module may hold, with up to 110 bytes
/// each.
pub(super) struct TailFigures {
    reader: StoredReader,
    wrapper: Wrapper,
    most_visitors: usize,
    visitors: HashMap<Key, Latest>,
    pub(super) keys: HeavyKeys,
    pub(super) rates: Rates,
    /// The largest event time.
    pub(super) time: Option<Millis>,
    /// The largest event time of this chunk.
    chunk_time: Option<Millis>,
    pub(super) counts: Counts,
    /// The latest record that could not be sessionized, and why not.
    reason: Option<(i64, String)>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Records.
    pub(super) records: u64,
    /// Bytes of their keys and values.
    pub(super) bytes: u64,
    /// Sessionized events among them.
    pub(super) events: u64,
    /// Events that were flagged late, fragments included.
    pub(super) late: u64,
    /// Events that were too late for their sessions.
    pub(super) fragments: u64,
    /// Records that could not be sessionized.
    pub(super) invalid: u64,
    /// Records of which a module with these parameters has stored none.
    pub(super) strange: u64,
}

/// The latest stored event of a visitor.
#[derive(Clone, Copy, Debug)]
struct Latest {
    offset: i64,
    time: Millis,
}

impl TailFigures {
    /// Nothing was taken yet.
    pub(super) fn new(parameters: &Parameters) -> Self {
        Self {
            reader: StoredReader::new(parameters),
            wrapper: Wrapper::new(parameters),
            most_visitors: parameters.max_keys,
            visitors: HashMap::new(),
            keys: HeavyKeys::default(),
            rates: Rates::new(parameters.rule.gap.saturating_add(parameters.lateness)),
            time: None,
            chunk_time: None,
            counts: Counts::default(),
            reason: None,
        }
    }

    /// Takes a record of the chunk.
    pub(super) fn take(&mut self, offset: i64, key: Option<&[u8]>, value: &[u8]) {
        let counts = &mut self.counts;
        counts.records += 1;
        counts.bytes += (key.map_or(0, <[u8]>::len) + value.len()) as u64;
        let Some((stored, name)) = self.reader.read_named(key, value) else {
            match self.wrapper.reason(value) {
                Some(reason) => {
                    counts.invalid += 1;
                    if self
                        .reason
                        .as_ref()
                        .is_none_or(|(latest, _)| *latest < offset)
                    {
                        self.reason = Some((offset, reason));
                    }
                }
                None => counts.strange += 1,
            }
            return;
        };
        counts.events += 1;
        counts.late += u64::from(stored.is_late);
        self.keys.add(name);
        if stored.is_fragment {
            counts.fragments += 1;
            return;
        }
        let time = stored.session.last;
        self.time = self.time.max(Some(time));
        self.chunk_time = self.chunk_time.max(Some(time));
        self.rates.add(time);
        let latest = self.visitors.entry(stored.key);
        let latest = latest.or_insert(Latest { offset, time });
        latest.offset = latest.offset.max(offset);
        latest.time = latest.time.max(time);
    }

    /// Ends a chunk. Returns whether all its events are further than this behind the event time.
    pub(super) fn end_chunk(&mut self, within: Millis) -> bool {
        match (self.chunk_time.take(), self.time) {
            (Some(latest), Some(time)) => latest < time.saturating_sub(within),
            _ => false,
        }
    }

    /// Whether older records would say no more: the module can't hold more visitors, or nothing of
    /// all this is its own.
    pub(super) fn is_enough(&self) -> bool {
        let Counts {
            records, strange, ..
        } = self.counts;
        self.visitors.len() > self.most_visitors || strange == records && records >= STRANGE
    }

    /// Why the latest record that could not be sessionized could not.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(|(_, reason)| reason.as_str())
    }

    /// Visitors whose latest event is at most `age` behind the event time.
    pub(super) fn visitors(&self, age: Millis) -> u64 {
        self.live(age).count() as u64
    }

    /// The first offset of all latest events of these visitors.
    pub(super) fn first_latest(&self, age: Millis) -> Option<i64> {
        self.live(age).map(|latest| latest.offset).min()
    }

    /// How many of these visitors have their latest event outside of a range of offsets.
    pub(super) fn outside(&self, age: Millis, range: &std::ops::Range<i64>) -> u64 {
        let outside = self
            .live(age)
            .filter(|latest| !range.contains(&latest.offset));
        outside.count() as u64
    }

    fn live(&self, age: Millis) -> impl Iterator<Item = &Latest> {
        let horizon = self
            .time
            .map_or(Millis::MAX, |time| time.saturating_sub(age));
        self.visitors
            .values()
            .filter(move |latest| latest.time >= horizon)
    }
}
