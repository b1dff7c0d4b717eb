//! A simulated topic's transform.

use anyhow::{Context, Result, ensure};
use fluvio_smartmodule::Record;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use super::expectation::{Expected, InvalidParameter, check, events, expect, same};
use super::probe::{answer, probe};
use super::producer::{Producer, TimeOrder, equal_lines, segment_batches};
use super::tally::Tally;
use crate::batch_job::{by_id, expected_by_id, sessions};
use crate::broker::{Leader, LookBack, Partition, RefusedRequest, StoredBatch};
use crate::event::Event;
use crate::host::Host;
use crate::reference::Reference;
use crate::sessionized::Sessionized;

/// More records than any simulated log has.
const ALL: LookBack = LookBack::Last(1_000_000);

struct Topic<'h> {
    leader: Leader<'h>,
    producer: Producer,
    invalid: InvalidParameter,
    look_back: LookBack,
    /// The state that the module should have, given its restarts.
    reference: Reference,
    /// The state that it would have without restarts.
    uninterrupted: Reference,
    /// Whether the two have agreed after every restart.
    covered: bool,
    /// Whether an event was counted and never stored, or stored and then counted again by another
    /// leader. No module can know that.
    muddled: bool,
    /// Whether a batch of one record was counted twice, because storing it failed the first time.
    /// To the module the second attempt looks like a new batch.
    counted_twice: bool,
    /// Every acknowledged event, once. That of a batch of one record counts each time it was sent.
    accepted: Vec<Event>,
    tally: Tally,
}

pub(super) fn run(dice: &mut ChaCha8Rng, host: &dyn Host) -> Result<Tally> {
    let producer = Producer::new(dice);
    let invalid = *[
        InvalidParameter::Tag,
        InvalidParameter::Drop,
        InvalidParameter::Fail,
    ]
    .choose(dice)
    .unwrap_or(&InvalidParameter::Tag);
    let mut parameters = producer.bounds.parameters();
    parameters.extend([invalid.parameter(), producer.format.parameter()]);
    let partition = Partition::with_segments(segment_batches(dice));
    let few = dice.random_range(1..40);
    let look_back = *[
        ALL,
        LookBack::Last(few),
        LookBack::Age {
            age: 60_000,
            last: few,
        },
        LookBack::Age {
            age: 60_000,
            last: 0,
        },
    ]
    .choose(dice)
    .unwrap_or(&ALL);
    let mut topic = Topic {
        leader: Leader::start(host, parameters, look_back, partition)?,
        reference: Reference::new(&producer.bounds),
        uninterrupted: Reference::new(&producer.bounds),
        producer,
        invalid,
        look_back,
        covered: true,
        muddled: false,
        counted_twice: false,
        accepted: Vec::new(),
        tally: Tally::default(),
    };
    for step in 0..dice.random_range(5..60) {
        topic.step(dice).with_context(|| format!("step {step}"))?;
    }
    topic.judge()?;
    Ok(topic.tally)
}

impl Topic<'_> {
    fn step(&mut self, dice: &mut ChaCha8Rng) -> Result<()> {
        if dice.random_bool(0.08) {
            return self.restart(dice);
        }
        let batch = self.producer.batch(dice, &self.reference);
        match dice.random_range(0..100) {
            0..10 => self.storing_fails(dice, &batch),
            10..20 => self.answer_gets_lost(dice, &batch),
            // The same with a new leader in between, which cannot know the batch.
            20..22 => {
                self.produce(&batch, false)?;
                self.restart(dice)?;
                self.muddled = true;
                self.produce(&batch, false)
            }
            22..32 => self.two_at_once(dice, &batch),
            32..40 => equal_lines(dice, batch)
                .iter()
                .try_for_each(|batch| self.produce(batch, false)),
            _ => self.produce(&batch, false),
        }
    }

    /// Storing fails. The producer sends the batch again, to this leader or to the next one, or
    /// gives up.
    fn storing_fails(&mut self, dice: &mut ChaCha8Rng, batch: &StoredBatch) -> Result<()> {
        let before = (self.reference.clone(), self.uninterrupted.clone());
        self.produce(batch, true)?;
        let next = dice.random_range(0..10);
        if next == 0 {
            self.muddled = true;
            return Ok(());
        }
        let by_another = next == 1;
        if by_another || is_recognised(batch) {
            (self.reference, self.uninterrupted) = before;
        } else {
            self.counted_twice = true;
        }
        if by_another {
            self.restart(dice)?;
        }
        self.tally.presented_again += 1;
        self.produce(batch, false)
    }

    /// The batch is stored, but the answer is lost, and the producer sends it again. It is then
    /// stored twice, and counted once if it has several records.
    fn answer_gets_lost(&mut self, dice: &mut ChaCha8Rng, batch: &StoredBatch) -> Result<()> {
        let before = (
            self.reference.clone(),
            self.uninterrupted.clone(),
            self.accepted.len(),
        );
        self.produce(batch, false)?;
        for _ in 0..dice.random_range(1..3) {
            if is_recognised(batch) {
                self.reference = before.0.clone();
                self.uninterrupted = before.1.clone();
                self.accepted.truncate(before.2);
            }
            self.tally.presented_again += 1;
            self.produce(batch, false)?;
        }
        Ok(())
    }

    /// Two producers write at once, and the batch that is transformed second is stored first.
    fn two_at_once(&mut self, dice: &mut ChaCha8Rng, first: &StoredBatch) -> Result<()> {
        let second = self.producer.batch(dice, &self.reference);
        let first = self.transform(first)?;
        let second = self.transform(&second)?;
        self.tally.reordered += u64::from(first.is_some() && second.is_some());
        for transformed in [second, first].into_iter().flatten() {
            self.leader.store(transformed);
        }
        Ok(())
    }

    /// Transforms a batch and stores it, unless `storage_fails`.
    fn produce(&mut self, batch: &StoredBatch, storage_fails: bool) -> Result<()> {
        let accepted = self.accepted.len();
        let transformed = self.transform(batch)?;
        if storage_fails {
            self.accepted.truncate(accepted);
        } else if let Some(transformed) = transformed {
            self.leader.store(transformed);
        }
        Ok(())
    }

    /// Transforms a batch and checks every record that is to be stored. Returns `None` if the
    /// module refuses the batch.
    fn transform(&mut self, batch: &StoredBatch) -> Result<Option<StoredBatch>> {
        let events = events(batch, self.producer.format);
        let expected = expect(&mut self.reference, batch, &events, self.invalid);
        let undisturbed = expect(&mut self.uninterrupted, batch, &events, self.invalid);
        let transformed = self.leader.transform(std::slice::from_ref(batch))?;
        let (transformed, expected) = match (transformed, expected) {
            (Err(RefusedRequest(_)), None) => {
                self.tally.refused += 1;
                return Ok(None);
            }
            (Ok(transformed), Some(expected)) => (transformed, expected),
            (transformed, expected) => {
                anyhow::bail!("expected {expected:?}, got {transformed:?}")
            }
        };
        check(&expected, &transformed.records)?;
        self.tally.records += expected.len() as u64;
        let accepted = expected.iter().filter_map(Expected::event);
        let accepted = accepted.map(|(event, _)| event.clone());
        self.accepted.extend(accepted);
        if self.covered && !self.muddled {
            same(&expected, &undisturbed.unwrap_or_default())?;
        }
        Ok(Some(transformed))
    }

    fn restart(&mut self, dice: &mut ChaCha8Rng) -> Result<()> {
        let lag = if dice.random_bool(0.2) {
            dice.random_range(1..5)
        } else {
            0
        };
        let now = self.producer.clock;
        self.leader.restart(now, lag)?;
        let partition = self.leader.partition();
        let shown = partition.look_back(self.look_back, now);
        self.reference = restored(&self.producer, &shown);
        let covered = self.reference.agrees(&self.uninterrupted);
        ensure!(
            covered || self.muddled || !self.covered || shown.len() < partition.records().count(),
            "the whole log does not restore the state"
        );
        self.covered &= covered;
        self.tally.restarts += 1;
        self.tally.covered += u64::from(covered);
        Ok(())
    }

    /// Checks at the end: the state is that of a fresh replay, and the sessions are those of the
    /// batch job.
    fn judge(&mut self) -> Result<()> {
        let exact = self.covered && !self.muddled;
        if exact && !self.counted_twice && self.producer.order == TimeOrder::Sorted {
            let stored: Vec<Sessionized> = self
                .leader
                .partition()
                .records()
                .filter_map(|record| Sessionized::parse(record.value.as_ref()).ok())
                .collect();
            // A batch that was stored twice makes more rows, and changes nothing else.
            let found = by_id(&stored)
                .into_iter()
                .map(|(id, (duration, events, _))| (id, (duration, events)));
            let sessions = expected_by_id(&sessions(&self.accepted, &self.producer.bounds));
            let expected = sessions
                .into_iter()
                .map(|(id, (duration, events, _))| (id, (duration, events)));
            ensure!(
                found.eq(expected),
                "the sessions are not those of the batch job"
            );
            self.tally.judged += 1;
        }
        let all: Vec<Record> = self.leader.partition().records().cloned().collect();
        let mut replayed = restored(&self.producer, &all);
        let mut fresh = self.leader.successor(all)?;
        let probe = probe(&self.producer, &replayed);
        let events = events(&probe, self.producer.format);
        let expected = expect(&mut replayed, &probe, &events, self.invalid)
            .context("the probe was refused")?;
        check(&expected, &answer(fresh.as_mut(), &probe)?).context("a fresh replay")?;
        if exact {
            check(&expected, &answer(self.leader.instance(), &probe)?)
                .context("not what a fresh replay says")?;
        }
        Ok(())
    }
}

/// Whether the module recognises a batch that a producer sends again. An equal batch of one record
/// counts as new.
fn is_recognised(batch: &StoredBatch) -> bool {
    batch.records.len() > 1
}

/// A reference that has looked back at the module's output.
fn restored(producer: &Producer, stored: &[Record]) -> Reference {
    let sessions = stored.iter().filter_map(|record| {
        let value: Map<String, Value> = serde_json::from_slice(record.value.as_ref()).ok()?;
        let visitor = value.get("ip")?.as_str()?.to_owned();
        Some((visitor, Sessionized::of(&value).ok()?))
    });
    let mut reference = Reference::new(&producer.bounds);
    reference.restore(sessions.collect());
    reference
}
