//! A feeder's life: from the reading of the tails to the next failure.

mod reading;
mod sending;

use std::collections::BTreeSet;
use std::time::Instant;

use futures_util::StreamExt;
use tracing::warn;

use super::waiting::{Event, Waiting, look, named};
use super::{Driver, Ended, Lane, Sources, Target};
use crate::failure::Failure;
use crate::feed::flow::{Counts, Flow, SourceState};
use crate::feed::resume::Resume;
use crate::feed::source::{Source, Start};
use crate::outage::Outage;
use reading::Reading;

/// From the reading of the tails to the next failure.
pub(super) struct Life<'l, 'a, O: Sources, T: Target> {
    pub(super) driver: &'l mut Driver<'a, O, T>,
    pub(super) flow: Flow,
    pub(super) resume: Resume,
    pub(super) lanes: Vec<Lane<T::Partition>>,
    /// Sources that were there at the beginning.
    pub(super) opened: usize,
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
                        let sources = self.driver.sources.count();
                        self.waiting.push(Box::pin(async move {
                            Event::Partitions(target.partitions().await, sources.await)
                        }));
                    }
                }
                Event::Partitions(Err(Failure::Reconfigured), _) => {
                    self.failure = Some(Failure::Reconfigured);
                }
                Event::Partitions(partitions, sources) => {
                    // Whether they can be reached, batches and readings show.
                    let lanes = partitions.map_or(self.lanes.len(), |count| count as usize);
                    let sources = sources.unwrap_or(self.opened);
                    if (lanes, sources) != (self.lanes.len(), self.opened) {
                        self.failure = Some(Failure::Moved);
                    }
                }
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
        let former = self.resume.listed(&name);
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
        self.readings.push(Reading::new(name, source));
        Ok(())
    }

    /// Looks which sources are idle by now.
    fn look(&mut self) {
        self.waiting.push(look(self.driver.plan.pace.look));
        if self.flow.is_quiet() {
            self.outage.end("feeding goes on");
        }
        for (number, reading) in self.readings.iter().enumerate() {
            let is_silent = reading.is_silent_for(self.driver.plan.idle);
            if self.flow.is_open(number) && is_silent {
                self.flow.set_state(number, SourceState::Idle);
            }
        }
        self.driver.show_keys();
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
