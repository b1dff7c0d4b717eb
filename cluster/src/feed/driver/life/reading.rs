//! Reading sources, and taking what they have.

use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use tracing::{error, warn};

use super::{Life, Sources, Target};
use crate::failure::Failure;
use crate::feed::driver::waiting::{Event, named};
use crate::feed::figures::SourceLabel;
use crate::feed::flow::SourceState;
use crate::feed::source::{Portion, Source, Then};
use crate::outage::Outage;

/// A source within a life.
pub(in super::super) struct Reading<S> {
    pub(super) name: String,
    /// None while it is read.
    source: Option<S>,
    /// Since when there is nothing to read.
    silent: Option<Instant>,
    outage: Outage,
    has_failed: bool,
}

impl<S> Reading<S> {
    /// Nothing was read yet.
    pub(super) fn new(name: String, source: S) -> Self {
        Self {
            name,
            source: Some(source),
            silent: None,
            outage: Outage::default(),
            has_failed: false,
        }
    }

    /// Whether there has been nothing to read for so long.
    pub(super) fn is_silent_for(&self, long: Duration) -> bool {
        self.silent.is_some_and(|since| since.elapsed() >= long)
    }
}

impl<O: Sources, T: Target + 'static> Life<'_, '_, O, T>
where
    T::Partition: 'static,
{
    /// Has all sources read that have room.
    pub(super) fn read(&mut self) {
        for (number, reading) in self.readings.iter_mut().enumerate() {
            let Some(from) = self.flow.wants(number) else {
                continue;
            };
            let Some(mut source) = reading.source.take() else {
                continue;
            };
            let pause = match reading.has_failed {
                true => self.driver.plan.pace.retry.0,
                false => Duration::ZERO,
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
    pub(super) fn take(
        &mut self,
        number: usize,
        mut source: O::Source,
        portion: Result<Portion, Failure>,
    ) {
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
}
