//! The life of a topic's transform.

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::Tally;
use super::expectation::{Expected, Invalid, check, expect};
use super::traffic::{Order, Traffic};
use crate::broker::{Leader, LookBack, Partition, Refusal, StoredBatch};
use crate::event::Event;
use crate::host::{Host, Instance, raw};
use crate::oracle::{by_id, expected_by_id, sessions};
use crate::reference::Reference;
use crate::sessionized::Sessionized;

/// Far more than any simulated log has.
const ALL: LookBack = LookBack::Last(1_000_000);

struct Topic<'h> {
    leader: Leader<'h>,
    traffic: Traffic,
    invalid: Invalid,
    look_back: LookBack,
    /// What the module should know, restarts included.
    reference: Reference,
    /// What it would know without restarts.
    uninterrupted: Reference,
    /// Whether that has always been the same.
    covered: bool,
    /// Whether something was counted that is not stored, or stored and then counted again: what no module can tell.
    muddled: bool,
    /// Every event that was acknowledged, once.
    accepted: Vec<Event>,
    tally: Tally,
}

pub(super) fn run(dice: &mut ChaCha8Rng, host: &dyn Host) -> Result<Tally> {
    let traffic = Traffic::new(dice);
    let invalid = *[Invalid::Tag, Invalid::Drop, Invalid::Fail]
        .choose(dice)
        .unwrap_or(&Invalid::Tag);
    let mut parameters = traffic.rule.parameters();
    parameters.push(invalid.parameter());
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
        leader: Leader::start(host, parameters, look_back)?,
        reference: Reference::new(&traffic.rule),
        uninterrupted: Reference::new(&traffic.rule),
        traffic,
        invalid,
        look_back,
        covered: true,
        muddled: false,
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
            return self.restart();
        }
        let batch = self.traffic.batch(dice, &self.reference);
        match dice.random_range(0..100) {
            // Storing fails, and the producer sends the batch again, at once or to the next leader, or gives up.
            0..10 => {
                let before = (self.reference.clone(), self.uninterrupted.clone());
                self.produce(&batch, true)?;
                let next = dice.random_range(0..10);
                if next == 0 {
                    self.muddled = true;
                    return Ok(());
                }
                (self.reference, self.uninterrupted) = before;
                if next == 1 {
                    self.restart()?;
                }
                self.tally.presented_again += 1;
                self.produce(&batch, false)
            }
            // The answer is lost after the batch was stored: it is stored twice, and counted once.
            10..20 => {
                let before = (
                    self.reference.clone(),
                    self.uninterrupted.clone(),
                    self.accepted.len(),
                );
                self.produce(&batch, false)?;
                for _ in 0..dice.random_range(1..3) {
                    self.reference = before.0.clone();
                    self.uninterrupted = before.1.clone();
                    self.accepted.truncate(before.2);
                    self.tally.presented_again += 1;
                    self.produce(&batch, false)?;
                }
                Ok(())
            }
            // The same with another leader in between, which can't know.
            20..22 => {
                self.produce(&batch, false)?;
                self.restart()?;
                self.muddled = true;
                self.produce(&batch, false)
            }
            _ => self.produce(&batch, false),
        }
    }

    fn produce(&mut self, batch: &StoredBatch, storage_fails: bool) -> Result<()> {
        let expected = expect(&mut self.reference, batch, self.invalid);
        let undisturbed = expect(&mut self.uninterrupted, batch, self.invalid);
        let produced = self
            .leader
            .produce(std::slice::from_ref(batch), storage_fails)?;
        let stored = match (produced, &expected) {
            (Err(Refusal::Record(_)), None) => {
                self.tally.refused += 1;
                return Ok(());
            }
            (Err(Refusal::Storage), Some(_)) => return Ok(()),
            (Ok(stored), Some(_)) => stored,
            (produced, _) => anyhow::bail!("expected {expected:?}, got {produced:?}"),
        };
        let expected = expected.unwrap_or_default();
        check(&expected, &stored.records)?;
        self.tally.records += expected.len() as u64;
        self.accepted.extend(
            expected
                .iter()
                .filter_map(Expected::event)
                .map(|(event, _)| event.clone()),
        );
        if self.covered && !self.muddled {
            check(&undisturbed.unwrap_or_default(), &stored.records)
                .context("not what it would be without restarts")?;
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.leader.restart(self.traffic.clock)?;
        self.reference = restored(
            &self.traffic,
            self.leader.partition(),
            self.look_back,
            self.traffic.clock,
        );
        let covered = self.reference.agrees(&self.uninterrupted);
        ensure!(
            covered
                || self.muddled
                || !self.covered
                || self.look_back != ALL
                || !self.traffic.rule.late_kept,
            "the whole log does not restore the state"
        );
        self.covered &= covered;
        self.tally.restarts += 1;
        self.tally.covered += u64::from(covered);
        Ok(())
    }

    /// At the end: the state is that of a fresh replay, and the sessions are those of the batch job.
    fn judge(&mut self) -> Result<()> {
        let exact = self.covered && !self.muddled;
        if exact && self.traffic.order == Order::Sorted {
            let stored: Vec<Sessionized> = self
                .leader
                .partition()
                .records()
                .filter_map(|record| Sessionized::parse(record.value.as_ref()).ok())
                .collect();
            // What was stored twice makes more rows, and nothing else.
            let found = by_id(&stored)
                .into_iter()
                .map(|(id, (duration, events, _))| (id, (duration, events)));
            let sessions = expected_by_id(&sessions(&self.accepted, &self.traffic.rule));
            let expected = sessions
                .into_iter()
                .map(|(id, (duration, events, _))| (id, (duration, events)));
            ensure!(
                found.eq(expected),
                "the sessions are not those of the batch job"
            );
            self.tally.judged += 1;
        }
        let mut fresh = self.leader.successor(ALL, self.traffic.clock)?;
        let mut replayed = restored(
            &self.traffic,
            self.leader.partition(),
            ALL,
            self.traffic.clock,
        );
        let probe = probe(&self.traffic, &replayed);
        let expected =
            expect(&mut replayed, &probe, self.invalid).context("the probe has been refused")?;
        check(&expected, &answer(fresh.as_mut(), &probe)?).context("a fresh replay")?;
        if exact {
            check(&expected, &answer(self.leader.instance(), &probe)?)
                .context("not what a fresh replay says")?;
        }
        Ok(())
    }
}

/// What the reference knows after it looked back at the module's output.
fn restored(traffic: &Traffic, partition: &Partition, look_back: LookBack, now: i64) -> Reference {
    let mut reference = Reference::new(&traffic.rule);
    for record in partition.look_back(look_back, now) {
        let value = record.value.as_ref();
        if let (Some(event), Ok(fields)) = (Event::parse(value, None), Sessionized::parse(value)) {
            reference.restore(&event.key, &fields);
        }
    }
    reference
}

/// One more event of every key, where its session could still be joined or just has ended.
pub(super) fn probe(traffic: &Traffic, reference: &Reference) -> StoredBatch {
    let gap = traffic.rule.gap;
    let keys = (0..8).map(|n| format!("10.0.0.{n}"));
    let records = keys.flat_map(|key| {
        let (start, last) = reference
            .bounds(&key)
            .unwrap_or((traffic.clock, traffic.clock));
        // From the past on, so that no probe makes the next one's session forgotten.
        [start - gap - 1, start, last, last + gap, last + gap + 1]
            .map(|time| Event::new(key.clone(), time).json())
    });
    let records = records.map(fluvio_smartmodule::Record::new).collect();
    StoredBatch::produced(traffic.clock + 1_000_000, records)
}

pub(super) fn answer(
    instance: &mut dyn Instance,
    batch: &StoredBatch,
) -> Result<Vec<fluvio_smartmodule::Record>> {
    let processed = instance.process(raw(&batch.records)?, 0, batch.base_timestamp)?;
    ensure!(processed.refused.is_none(), "the probe has been refused");
    Ok(processed.records)
}
