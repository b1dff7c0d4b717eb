//! A feeder's life: from the reading of the tails to the next failure.

mod sending;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use futures_util::StreamExt;
use tracing::{error, warn};

use super::waiting::{Event, Waiting, look, named};
use super::{Driver, Ended, Lane, Sources, Target};
use crate::failure::Failure;
use crate::feed::figures::SourceLabel;
use crate::feed::flow::{Counts, Flow, SourceState};
use crate::feed::resume::Resume;
use crate::feed::source::{Portion, Source, Start, Then};
use crate::outage::Outage;

/// From the reading of the tails to the next failure.
pub(super) struct Life<'l, 'a, O: Sources, T: Target> {
    pub(super) driver: &'l mut Driver<'a, O, T>,
    pub(super) flow: Flow,
    pub(super) resume: Resume,
    pub(super) lanes: Vec<Lane<T::Partition>>,
    pub(super) readings: Vec<Reading<O::Source>>,
    /// Families of which a source is fed.
    pub(super) families: BTreeSet<usize>,
    pub(super) waiting: Waiting<O::Source, T::Partition>,
    /// Batches that are on their way.
    pub(super) sending: usize,
    /// Nothing is sent any more, because of this.
    pub(super) failure: Option<Failure>,
    pub(super) counted: Counts,
    pub(super) outage: &'l mut Outage,
}

impl<O: Sources, T: Target + 'static> Life<'_, '_, O, T>
where
    T::Partition: 'static,
{
    pub(super) async fn run(mut self, first: Vec<(usize, O::Source, String)>) -> Ended {
        for (_, source, name) in first {
            if let Err(ended) = self.add(source, name).await {
                return ended;
            }
        }
        let mut looked = Instant::now();
        self.waiting.push(look(self.driver.plan.pace.look));
        loop {
            let is_ending = self.failure.is_some() || self.driver.is_stopped();
            if is_ending && self.sending == 0 {
                self.count();
                return match self.failure.take() {
                    Some(failure) => Ended::Anew(failure),
                    None => Ended::Done,
                };
            }
            if !is_ending {
                self.read();
                self.send();
                if self.flow.is_quiet() {
                    if self.has_ended() {
                        self.count();
                        return Ended::Done;
                    }
                    if self.flow.make_room() {
                        continue;
                    }
                }
            }
            let Some(event) = self.waiting.next().await else {
                return Ended::Done;
            };
            match event {
                Event::Named(_, source, Ok(Some(name))) => {
                    if let Err(ended) = self.add(source, name).await {
                        self.failure = match ended {
                            Ended::Anew(failure) => Some(failure),
                            other => return other,
                        };
                    }
                }
                Event::Named(_, _, Ok(None)) | Event::Enough => {}
                Event::Named(number, source, Err(failure)) => {
                    self.outage.begin("a source is out of reach", &failure);
                    let pause = self.driver.plan.pace.retry.0;
                    self.waiting.push(named(number, source, pause));
                }
                Event::Read(number, source, portion) => self.take(number, source, portion),
                Event::Sent(number, partition, bytes, sent) => {
                    self.sent(number, partition, bytes, sent);
                }
                Event::Look => {
                    self.look();
                    if looked.elapsed() >= self.driver.plan.pace.layout {
                        looked = Instant::now();
                        let target = self.driver.target.clone();
                        self.waiting.push(Box::pin(async move {
                            Event::Partitions(target.partitions().await)
                        }));
                    }
                }
                Event::Partitions(Ok(count)) if count as usize != self.lanes.len() => {
                    self.failure = Some(Failure::Moved);
                }
                Event::Partitions(Err(Failure::Reconfigured)) => {
                    self.failure = Some(Failure::Reconfigured);
                }
                // Whether it can be reached, the batches show.
                Event::Partitions(_) => {}
            }
        }
    }

    /// Adds a source that has a name now.
    async fn add(&mut self, mut source: O::Source, name: String) -> Result<(), Ended> {
        if self.readings.iter().any(|reading| reading.name == name) {
            warn!(
                name,
                "two files begin with the same line: one of them is left out"
            );
            return Ok(());
        }
        let family = source.family();
        let known = self.resume.low(&name);
        let former = self.resume.former().get(&name).copied();
        let low = match (known, former) {
            (Some(low), _) => low,
            // It was there before this feeder was started, and what was delivered of it is not
            // known in full.
            (None, Some((low, unsent))) if low < unsent => {
                self.driver.returned.insert(name);
                return Err(Ended::Anew(Failure::Moved));
            }
            (None, Some((low, _))) => low,
            (None, None) => {
                if family.is_some_and(|family| !self.families.contains(&family)) {
                    // It is older than all of it that was fed.
                    return Ok(());
                }
                // What comes after something that was fed is fed from its beginning.
                let start = match self.resume.has_any() {
                    true => Start::Beginning,
                    false => self.driver.plan.start,
                };
                source.start(start).await?
            }
        };
        self.families.extend(family);
        let number = self.flow.add(&name, self.resume.ledger(&name, low));
        debug_assert_eq!(number, self.readings.len());
        self.readings.push(Reading {
            name,
            source: Some(source),
            silent: None,
            outage: Outage::default(),
            has_failed: false,
        });
        Ok(())
    }

    /// Has all sources read that have room.
    fn read(&mut self) {
        for (number, reading) in self.readings.iter_mut().enumerate() {
            let Some(from) = self.flow.wants(number) else {
                continue;
            };
            let Some(mut source) = reading.source.take() else {
                continue;
            };
            let retry = self.driver.plan.pace.retry.0;
            let pause = if reading.has_failed {
                retry
            } else {
                Duration::ZERO
            };
            self.waiting.push(Box::pin(async move {
                if !pause.is_zero() {
                    sleep(pause).await;
                }
                let portion = source.read(from).await;
                Event::Read(number, source, portion)
            }));
        }
    }

    /// Takes what was read of a source.
    fn take(&mut self, number: usize, mut source: O::Source, portion: Result<Portion, Failure>) {
        if let Some(successor) = source.successor() {
            let number = self.readings.len();
            self.waiting.push(named(number, successor, Duration::ZERO));
        }
        let Some(reading) = self.readings.get_mut(number) else {
            return;
        };
        reading.source = Some(source);
        let portion = match portion {
            Ok(portion) => portion,
            Err(Failure::Moved) => {
                self.failure.get_or_insert(Failure::Moved);
                return;
            }
            Err(failure) => {
                // One that can't be reached is not idle.
                reading.has_failed = true;
                reading.silent = None;
                self.flow.set_state(number, SourceState::Active);
                reading.outage.begin("a source is out of reach", &failure);
                return;
            }
        };
        if let Some(why) = &portion.failure {
            error!("{why}");
            self.driver.report.unreadable.push(why.clone());
        }
        reading.has_failed = false;
        reading.outage.end("the source is within reach again");
        let figures = self.driver.figures;
        let source = reading.name.clone();
        self.driver.behind.insert(source.clone(), portion.behind);
        figures
            .behind
            .get_or_create(&SourceLabel { source })
            .set(portion.behind as i64);
        if !portion.records.is_empty() {
            reading.silent = None;
            self.flow.set_state(number, SourceState::Active);
        }
        let passed = self.flow.take(number, &portion.records, portion.next);
        let lost = portion.lost.saturating_sub(passed);
        if lost > 0 {
            let name = &reading.name;
            warn!(
                name,
                lost, "the source has lost records before they were read"
            );
            self.driver.report.lost += lost;
            figures.lost.inc_by(lost);
        }
        let reached = self.driver.reached.entry(reading.name.clone());
        let reached = reached.or_default();
        *reached = portion.next.max(*reached);
        match portion.then {
            Then::More => {}
            Then::CaughtUp => {
                reading.silent.get_or_insert_with(Instant::now);
            }
            Then::End => self.flow.set_state(number, SourceState::Ended),
        }
        self.count();
    }

    /// Looks which sources are idle by now.
    fn look(&mut self) {
        self.waiting.push(look(self.driver.plan.pace.look));
        if self.flow.is_quiet() {
            self.outage.end("feeding goes on");
        }
        for (number, reading) in self.readings.iter().enumerate() {
            let silent = reading.silent.map(|since| since.elapsed());
            let is_open = self.flow.is_open(number);
            if is_open && silent.is_some_and(|silent| silent >= self.driver.plan.idle) {
                self.flow.set_state(number, SourceState::Idle);
            }
        }
        let heaviest = self.driver.keys.heaviest(1);
        let share = heaviest.first().map_or(0.0, |(_, share)| *share);
        self.driver.figures.heaviest.set((share * 1e6) as i64);
        self.count();
        self.driver.show();
    }

    /// Whether all sources have ended and all of them is delivered.
    fn has_ended(&self) -> bool {
        let all = (0..self.readings.len()).all(|number| !self.flow.is_open(number));
        // What is waited for beside the next look are sources without a name.
        all && self.waiting.len() <= 1 && self.flow.is_done()
    }

    /// Brings figures and report up to date.
    fn count(&mut self) {
        let figures = self.driver.figures;
        figures.held.set(self.flow.held() as i64);
        let (now, before) = (self.flow.counts(), self.counted);
        self.counted = now;
        figures.read.inc_by(now.read - before.read);
        let report = &mut self.driver.report;
        if report.early == 0 && now.early > before.early {
            warn!("events are sent before their turn; a larger --window holds them back");
        }
        for (counter, total, more) in [
            (
                &figures.invalid,
                &mut report.invalid,
                now.invalid - before.invalid,
            ),
            (&figures.ahead, &mut report.ahead, now.ahead - before.ahead),
            (&figures.late, &mut report.late, now.late - before.late),
            (&figures.early, &mut report.early, now.early - before.early),
        ] {
            counter.inc_by(more);
            *total += more;
        }
    }
}

/// A source within a life.
pub(super) struct Reading<S> {
    name: String,
    /// None while it is read.
    source: Option<S>,
    /// Since when there is nothing to read.
    silent: Option<Instant>,
    outage: Outage,
    has_failed: bool,
}
