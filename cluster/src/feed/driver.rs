//! The I/O around a flow: reads sources, sends batches, and begins anew after a failure.

mod life;
mod tails;
mod waiting;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use indicatif::ProgressBar;
use sessionize_core::parameters::Restore;
use sessionize_pipeline::error::Error;

use super::event::Reader;
use super::figures::{FeedFigures, KeyLabel};
use super::flow::{Counts, Flow};
use super::plan::{FeedReport, Plan};
use super::source::Source;
use crate::failure::Failure;
use crate::outage::Outage;
use crate::partition::Leaders;
use crate::skew::HeavyKeys;
use crate::telling::is_told;
use life::Life;
use waiting::{Event, Waiting, enough, named};

/// Heaviest keys that a report has.
const HEAVIEST: usize = 5;

/// Sources that can be opened again and again.
pub(crate) trait Sources {
    /// One of them.
    type Source: Source + 'static;

    /// All sources.
    fn open(&self) -> impl Future<Output = Result<Vec<Self::Source>, Failure>> + Send;

    /// How many there are by now; none if that is not known, or says nothing.
    fn count(&self) -> impl Future<Output = Option<usize>> + Send + 'static;
}

/// A topic that is fed.
pub(crate) trait Target: Leaders {
    /// The number of its partitions.
    fn partitions(&self) -> impl Future<Output = Result<u32, Failure>> + Send;
}

/// Feeds a topic.
pub(crate) struct Driver<'a, O: Sources, T: Target> {
    plan: &'a Plan,
    sources: &'a O,
    target: Arc<T>,
    figures: &'a FeedFigures,
    stop: &'a AtomicBool,
    bar: &'a ProgressBar,
    report: FeedReport,
    keys: HeavyKeys,
    /// How far each source was read or was known to be sent.
    reached: HashMap<String, u64>,
    /// Records of each source that were not read yet.
    behind: HashMap<String, u64>,
    /// When the speed was measured last, what was stored then, and the events in a second.
    speed: (Instant, u64, f64),
    /// Sources that matter although they were not there at the beginning.
    returned: BTreeSet<String>,
}

/// How a life ends.
enum Ended {
    /// All is delivered, or it is to stop.
    Done,
    /// It has to begin anew.
    Anew(Failure),
    /// It makes no sense to go on.
    Refused(Error),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Anew(failure)
    }
}

/// The connection to a partition.
struct Lane<P> {
    /// None while a batch is on its way.
    partition: Option<P>,
    /// Where the next batch may begin, at most.
    end: i64,
}

impl<'a, O: Sources, T: Target + 'static> Driver<'a, O, T>
where
    T::Partition: 'static,
{
    pub(crate) fn new(
        plan: &'a Plan,
        sources: &'a O,
        target: Arc<T>,
        figures: &'a FeedFigures,
        stop: &'a AtomicBool,
        bar: &'a ProgressBar,
    ) -> Self {
        Self {
            plan,
            sources,
            target,
            figures,
            stop,
            bar,
            report: FeedReport::default(),
            keys: HeavyKeys::default(),
            reached: HashMap::new(),
            behind: HashMap::new(),
            speed: (Instant::now(), 0, 0.0),
            returned: BTreeSet::new(),
        }
    }

    /// Feeds until all sources have ended, or until it is stopped.
    ///
    /// # Errors
    ///
    /// When it makes no sense to go on.
    pub(crate) async fn run(mut self) -> Result<FeedReport, Error> {
        let began = Instant::now();
        let mut outage = Outage::default();
        let (first, most) = self.plan.pace.retry;
        let mut pause = first;
        loop {
            if self.is_stopped() {
                break;
            }
            let stored = self.figures.batches.get();
            match self.life(&mut outage).await {
                Ended::Done => break,
                Ended::Refused(error) => return Err(error),
                Ended::Anew(Failure::Reconfigured) => {
                    return Err(Error::failure(format!(
                        "topic {} has another configuration now; start feed again",
                        self.plan.topic
                    )));
                }
                Ended::Anew(failure) => {
                    self.report.failures += 1;
                    outage.begin("feeding is interrupted", &failure);
                }
            }
            if self.figures.batches.get() > stored {
                pause = first;
            }
            self.wait(pause).await;
            pause = (2 * pause).min(most);
        }
        self.report.stopped = self.is_stopped();
        self.report.heaviest = self.keys.heaviest(HEAVIEST);
        self.report.took = began.elapsed();
        Ok(self.report)
    }

    /// Shows how far it has come.
    fn show(&mut self) {
        let stored: u64 = self.report.stored.iter().sum();
        let behind = self.behind.values().sum();
        let (at, before, per_second) = &mut self.speed;
        let seconds = at.elapsed().as_secs_f64();
        if seconds >= 1.0 {
            *per_second = (stored - *before) as f64 / seconds;
            (*at, *before) = (Instant::now(), stored);
        }
        super::show(self.bar, self.figures, stored, *per_second, behind);
    }

    /// Brings the figures of the heaviest keys up to date.
    fn show_keys(&self) {
        let family = &self.figures.heaviest;
        // Keys that are no longer among them go.
        family.clear();
        for (key, share) in self.keys.heaviest(HEAVIEST) {
            let gauge = family.get_or_create(&KeyLabel { key });
            gauge.set((share * 1e6) as i64);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    async fn wait(&self, pause: Duration) {
        let began = Instant::now();
        while began.elapsed() < pause && !self.is_stopped() {
            sleep(self.plan.pace.look.min(pause)).await;
        }
    }

    /// From the reading of the tails to the next failure.
    async fn life(&mut self, outage: &mut Outage) -> Ended {
        let (mut lanes, count) = match self.connect().await {
            Ok(connected) => connected,
            Err(failure) => return failure.into(),
        };
        let sources = match self.sources.open().await {
            Ok(sources) => sources,
            Err(failure) => return failure.into(),
        };
        let opened = sources.len();
        let mut waiting: Waiting<O::Source, T::Partition> = FuturesUnordered::new();
        for (number, source) in sources.into_iter().enumerate() {
            waiting.push(named(number, source, Duration::ZERO));
        }
        waiting.push(enough(self.plan.pace.name));
        let mut named = Vec::new();
        // Those that have no name yet come later.
        while let Some(event) = waiting.next().await {
            match event {
                Event::Named(number, source, Ok(Some(name))) => named.push((number, source, name)),
                Event::Named(_, _, Ok(None)) => {}
                Event::Named(_, source, Err(_)) if source.family().is_some() => {}
                Event::Named(_, _, Err(failure)) => return failure.into(),
                Event::Enough => break,
                Event::Read(..) | Event::Sent(..) | Event::Partitions(..) | Event::Look => {}
            }
            if waiting.len() == 1 {
                break;
            }
        }
        named.sort_by_key(|(number, ..)| *number);
        let names = named.iter().map(|(_, _, name)| name.clone());
        let names = names.chain(self.returned.iter().cloned()).collect();
        let resume = match self.resume(names, &mut lanes).await {
            Ok(resume) => resume,
            Err(ended) => return ended,
        };
        self.figures.resumed.inc();
        let reader = Reader::new(&self.plan.parameters, self.plan.is_stamped, count);
        let flow = Flow::new(
            &self.plan.feeder,
            &self.plan.parameters,
            self.plan.bounds,
            reader,
            count,
            resume.former(),
        );
        let life = Life {
            driver: self,
            flow,
            resume,
            lanes,
            opened,
            readings: Vec::new(),
            families: BTreeSet::new(),
            waiting,
            sending: 0,
            failure: None,
            counted: Counts::default(),
            outage,
        };
        life.run(named).await
    }

    /// Connects to all partitions, and waits until they can take events.
    async fn connect(&mut self) -> Result<(Vec<Lane<T::Partition>>, usize), Failure> {
        let count = self.target.partitions().await?;
        self.report.stored.resize(count as usize, 0);
        let mut lanes = Vec::new();
        for index in 0..count {
            let mut partition = self.target.connect(index).await?;
            if self.plan.parameters.restore == Restore::Require && !is_told(&mut partition).await? {
                return Err(Failure::Refused);
            }
            lanes.push(Lane {
                partition: Some(partition),
                end: 0,
            });
        }
        Ok((lanes, count as usize))
    }
}
