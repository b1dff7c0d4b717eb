//! Random lives of a feeder: sources that grow, partitions that answer or don't, and crashes.
//!
//! The judge shares no code with the feeder. It reads what is stored, and compares it with a batch
//! job over all events.

mod judge;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sessionize_core::event;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::{Outcome, Sessionizer};

use super::event::Reader;
use super::flow::{Bounds, Flow, SourceState};
use super::lane::OutgoingBatch;
use super::resume::Resume;
use super::stamp::Stamps;
use crate::words::Millis;
use judge::{expected, found};
use source::{SimulatedSource, source};

/// Lives of an ordinary test run.
const LIVES: u64 = 3_000;

/// A window in which each source has all within `lateness`, and one in which it has not.
const AMPLE: usize = 1 << 20;
const NARROW: usize = 2_000;

const FEEDER: &str = "weblog";
const MINUTE: Millis = 60_000;
const GAP: Millis = 30 * MINUTE;

/// A partition with its module.
struct SimulatedPartition {
    module: Sessionizer,
    stored: Vec<(Option<Vec<u8>>, Vec<u8>)>,
    /// The request that is on its way.
    request: Option<OutgoingBatch>,
    /// A request whose sender has given up, but which is stored all the same in a moment.
    late: Option<OutgoingBatch>,
}

struct World {
    dice: ChaCha8Rng,
    parameters: Parameters,
    bounds: Bounds,
    sources: Vec<SimulatedSource>,
    partitions: Vec<SimulatedPartition>,
    flow: Flow,
    is_stamped: bool,
    crashes: u32,
}

impl SimulatedPartition {
    fn store(&mut self, batch: OutgoingBatch) {
        self.module.begin_batch(Some(batch.appended));
        for record in &batch.records {
            let record = event::Record {
                key: record.key.as_ref().map(AsRef::as_ref),
                value: record.value.as_ref(),
                append_time: Some(batch.appended + record.timestamp_delta()),
            };
            if let Outcome::Emit { key, value } = self.module.process(&record) {
                self.stored.push((key.map(<[u8]>::to_vec), value.concat()));
            }
        }
    }
}

impl World {
    fn new(seed: u64, is_stamped: bool, window: usize) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let lateness = [0, MINUTE, 50 * MINUTE][dice.random_range(0..3)];
        let lateness_text = format!("{lateness}ms");
        let pairs = [
            ("lateness", lateness_text.as_str()),
            ("ttl", "3650d"),
            ("max_duration", "none"),
        ];
        let parameters = Parameters::from_pairs(pairs).unwrap();
        let lanes = dice.random_range(1..4);
        let partition = |_| SimulatedPartition {
            module: Sessionizer::new(&parameters),
            stored: Vec::new(),
            request: None,
            late: None,
        };
        let partitions: Vec<_> = (0..lanes).map(partition).collect();
        let count = dice.random_range(1..4);
        let sources = (0..count).map(|number| {
            // One without traffic now and then.
            let records = if dice.random_bool(0.1) {
                0
            } else {
                dice.random_range(1..120)
            };
            source(&mut dice, number, records, lateness)
        });
        let sources: Vec<_> = sources.collect();
        let bounds = Bounds {
            window,
            batch: dice.random_range(1..3000),
        };
        let flow = flow(&parameters, bounds, is_stamped, lanes, BTreeMap::new());
        let mut world = Self {
            dice,
            parameters,
            bounds,
            sources,
            partitions,
            flow,
            is_stamped,
            crashes: 0,
        };
        world.resume();
        world
    }

    /// Drops all, reads the tails, and goes on from there.
    fn resume(&mut self) {
        self.crashes += 1;
        for partition in &mut self.partitions {
            if let Some(request) = partition.request.take() {
                match self.dice.random_range(0..3) {
                    0 => partition.store(request),
                    1 => partition.late = Some(request),
                    _ => {}
                }
            }
            // The feeder waits until the log's end does not move any more.
            if let Some(late) = partition.late.take() {
                partition.store(late);
            }
        }
        let names = self.sources.iter().map(|source| source.name.clone());
        let lanes = self.partitions.len();
        let stamps = Stamps::new(&self.parameters);
        let mut resume = Resume::new(FEEDER, stamps, self.is_stamped, names, lanes);
        for (lane, partition) in self.partitions.iter().enumerate() {
            let mut to = partition.stored.len();
            while to > 0 && !resume.is_enough(lane) {
                let from = to.saturating_sub(self.dice.random_range(1..20));
                for (key, value) in &partition.stored[from..to] {
                    resume.take(lane, key.as_deref(), value);
                }
                to = from;
            }
        }
        if self.is_stamped {
            assert_eq!(resume.strange(), (0, 0));
        }
        let former = resume.former();
        self.flow = flow(
            &self.parameters,
            self.bounds,
            self.is_stamped,
            lanes,
            former,
        );
        for (number, source) in self.sources.iter().enumerate() {
            let first = source.records.first().map_or(0, |record| record.offset);
            let low = resume.low(&source.name).unwrap_or(first);
            let added = self
                .flow
                .add(&source.name, resume.ledger(&source.name, low));
            assert_eq!(added, number);
        }
    }

    /// Reads some of a source, if there is room.
    fn read(&mut self, number: usize) {
        let Some(from) = self.flow.wants(number) else {
            return;
        };
        let source = &self.sources[number];
        let visible = &source.records[..source.visible];
        let first = visible.partition_point(|record| record.offset < from);
        let count = self.dice.random_range(1..30).min(visible.len() - first);
        let records = &visible[first..first + count];
        let next = records.last().map_or(from, |record| record.next);
        self.flow.take(number, records, next);
        if first + count == source.records.len() {
            self.flow.set_state(number, SourceState::Ended);
        }
    }

    fn send(&mut self, lane: usize) {
        if self.partitions[lane].request.is_none() {
            self.partitions[lane].request = self.flow.batch(lane);
        }
    }

    /// What becomes of a request.
    fn answer(&mut self, lane: usize) {
        let partition = &mut self.partitions[lane];
        let Some(request) = partition.request.take() else {
            return;
        };
        match self.dice.random_range(0..20) {
            // Not stored, stored without an answer, stored later.
            0 => return self.resume(),
            1 => {
                partition.store(request);
                return self.resume();
            }
            2 => {
                partition.late = Some(request);
                return self.resume();
            }
            _ => {}
        }
        partition.store(request);
        self.flow.stored(lane);
    }

    fn step(&mut self) {
        let source = self.dice.random_range(0..self.sources.len());
        let lane = self.dice.random_range(0..self.partitions.len());
        match self.dice.random_range(0..100) {
            0..5 => {
                let source = &mut self.sources[source];
                source.visible = (source.visible + 10).min(source.records.len());
            }
            5..40 => self.read(source),
            40..65 => self.send(lane),
            65..98 => self.answer(lane),
            98 => self.resume(),
            _ => {
                if self.dice.random_bool(0.5) {
                    self.flow.make_room();
                }
            }
        }
    }

    /// Goes on without crashes until all is delivered.
    fn finish(&mut self) {
        for source in &mut self.sources {
            source.visible = source.records.len();
        }
        for _ in 0..10_000 {
            for number in 0..self.sources.len() {
                self.read(number);
            }
            for lane in 0..self.partitions.len() {
                self.send(lane);
                if let Some(request) = self.partitions[lane].request.take() {
                    self.partitions[lane].store(request);
                    self.flow.stored(lane);
                }
            }
            let all_ended = self.sources.iter().enumerate().all(|(number, source)| {
                self.flow.wants(number).is_none() || source.records.is_empty()
            });
            if all_ended && self.flow.is_done() && self.flow.is_quiet() {
                return;
            }
            self.flow.make_room();
        }
        panic!("it does not come to its end");
    }
}

fn flow(
    parameters: &Parameters,
    bounds: Bounds,
    is_stamped: bool,
    lanes: usize,
    former: BTreeMap<String, (u64, u64)>,
) -> Flow {
    let reader = Reader::new(parameters, is_stamped, lanes);
    Flow::new(FEEDER, parameters, bounds, reader, lanes, former)
}

/// The seeds of a test run; the environment variable `FEED_LIVES` says how many.
fn seeds() -> std::ops::Range<u64> {
    let lives = std::env::var("FEED_LIVES").ok();
    0..lives.map_or(LIVES, |lives| lives.parse().unwrap())
}

#[test]
fn every_event_is_stored_once_and_in_its_session() {
    let mut crashes = 0;
    for seed in seeds() {
        let mut world = World::new(seed, true, AMPLE);
        for _ in 0..world.dice.random_range(0..400) {
            world.step();
        }
        world.finish();
        let found = found(&world.partitions);
        let expected = expected(&world.sources);
        assert_eq!(found.len(), expected.len(), "seed {seed}");
        let ids: BTreeSet<&String> = found.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), expected.len(), "seed {seed}");
        for (id, output) in &found {
            let session = output["session_id"].as_str().map(str::to_owned);
            assert_eq!(
                Some(&session),
                expected.get(id),
                "seed {seed}: {id} {output}"
            );
            assert_ne!(output["session_late"], true, "seed {seed}: {id} {output}");
        }
        crashes += world.crashes;
    }
    assert!(u64::from(crashes) > 2 * seeds().end);
}

#[test]
fn in_a_narrow_window_every_event_is_stored_once_in_some_order() {
    let mut early = 0;
    for seed in 0..seeds().end / 3 {
        let mut world = World::new(seed, true, NARROW);
        for _ in 0..world.dice.random_range(0..400) {
            world.step();
        }
        world.finish();
        let mut found: Vec<String> = found(&world.partitions)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        found.sort_unstable();
        let expected: Vec<String> = expected(&world.sources).into_keys().collect();
        assert_eq!(found, expected, "seed {seed}");
        early += world.flow.counts().early;
    }
    assert!(early > 0);
}

#[test]
fn without_stamps_every_event_is_stored_at_least_once() {
    for seed in 0..seeds().end / 10 {
        let mut world = World::new(seed, false, AMPLE);
        for _ in 0..world.dice.random_range(0..400) {
            world.step();
        }
        world.finish();
        let found: BTreeSet<String> = found(&world.partitions)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        let expected: BTreeSet<String> = expected(&world.sources).into_keys().collect();
        assert_eq!(found, expected, "seed {seed}");
    }
}
