//! The I/O around a flow: reads sources, sends batches, and begins anew after a failure.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use indicatif::ProgressBar;
use sessionize_core::parameters::{Parameters, Restore};
use sessionize_pipeline::error::Error;
use tracing::{error, info, warn};

use super::event::Reader;
use super::figures::{FeedFigures, PartitionLabel, SourceLabel};
use super::flow::{Bounds, Counts, Flow, OutgoingBatch, SourceState};
use super::resume::Resume;
use super::skew::HeavyKeys;
use super::source::{Portion, Source, Start, Then};
use super::stamp::Stamps;
use crate::failure::Failure;
use crate::outage::Outage;
use crate::partition::{Leaders, Partition};
use crate::tail::Tail;
use crate::telling::{Chunks, is_told};

/// Heaviest keys that a report has.
const HEAVIEST: usize = 5;

/// Sources that can be opened again and again.
pub(crate) trait Sources {
    /// One of them.
    type Source: Source + 'static;

    /// All sources.
    fn open(&self) -> impl Future<Output = Result<Vec<Self::Source>, Failure>> + Send;
}

/// A topic that is fed.
pub(crate) trait Target: Leaders {
    /// The number of its partitions.
    fn partitions(&self) -> impl Future<Output = Result<u32, Failure>> + Send;
}

/// When to look, and when to try again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How often to look whether a source is idle or the program is to stop.
    pub(crate) look: Duration,
    /// How often to look for new partitions.
    pub(crate) layout: Duration,
    /// How long after a failure to try again, the first time and at most.
    pub(crate) retry: (Duration, Duration),
    /// For how long the end of a log must not move before it is read. A request whose answer was
    /// lost may still be on its way.
    pub(crate) settle: Duration,
    /// How long to wait for the name of a source before the tails are read without it.
    pub(crate) name: Duration,
}

impl Pace {
    /// As it is on a cluster.
    pub(crate) const CLUSTER: Self = Self {
        look: Duration::from_millis(100),
        layout: Duration::from_secs(5),
        retry: (Duration::from_millis(250), Duration::from_secs(4)),
        settle: Duration::from_secs(1),
        name: Duration::from_millis(500),
    };
}

/// What to do.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Who feeds. It stands in checkpoints.
    pub(crate) feeder: String,
    /// The topic, for messages.
    pub(crate) topic: String,
    pub(crate) parameters: Parameters,
    pub(crate) is_stamped: bool,
    /// Whether nobody else writes to the topic.
    pub(crate) is_alone: bool,
    pub(crate) bounds: Bounds,
    pub(crate) start: Start,
    /// How long a source must be silent before nobody waits for it.
    pub(crate) idle: Duration,
    pub(crate) pace: Pace,
    pub(crate) chunks: Chunks,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct FeedReport {
    /// Records that are stored, by partition.
    pub stored: Vec<u64>,
    /// Records that could not be sessionized, whose clock was ahead, that came after their turn,
    /// and that were sent before it.
    pub invalid: u64,
    /// Events whose clock was ahead.
    pub ahead: u64,
    /// Events that came after their turn.
    pub late: u64,
    /// Events that were sent before their turn, because the window is too small.
    pub early: u64,
    /// Records that were found more than once in the tails of the partitions.
    pub doubled: u64,
    /// Records that a source had lost before they were read.
    pub lost: u64,
    /// Times that it began anew.
    pub failures: u64,
    /// Why sources could not be read to their ends.
    pub unreadable: Vec<String>,
    /// The heaviest keys, with their shares of all events.
    pub heaviest: Vec<(String, f64)>,
    /// Whether it was stopped before its sources ended.
    pub stopped: bool,
    /// How long it took.
    pub took: Duration,
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

/// What was waited for.
enum Event<S, P> {
    Named(usize, S, Result<Option<String>, Failure>),
    Read(usize, S, Result<Portion, Failure>),
    Sent(usize, P, usize, Result<i64, Failure>),
    Look,
    Partitions(Result<u32, Failure>),
    /// Nobody waits for names any longer.
    Enough,
}

type Waiting<S, P> = FuturesUnordered<Pin<Box<dyn Future<Output = Event<S, P>> + Send>>>;

/// The connection to a partition.
struct Lane<P> {
    /// None while a batch is on its way.
    partition: Option<P>,
    /// Where the next batch may begin, at most.
    end: i64,
}

/// A source within a life.
struct Reading<S> {
    name: String,
    /// None while it is read.
    source: Option<S>,
    /// Since when there is nothing to read.
    silent: Option<Instant>,
    outage: Outage,
    has_failed: bool,
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
                Event::Read(..) | Event::Sent(..) | Event::Partitions(_) | Event::Look => {}
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
            resume.former().clone(),
        );
        let life = Life {
            driver: self,
            flow,
            resume,
            lanes,
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

    /// Reads the tails of all partitions.
    async fn resume(
        &mut self,
        names: BTreeSet<String>,
        lanes: &mut [Lane<T::Partition>],
    ) -> Result<Resume, Ended> {
        let plan = self.plan;
        let began = Instant::now();
        let stamps = Stamps::new(&plan.parameters);
        let mut resume = Resume::new(
            &plan.feeder,
            stamps,
            plan.is_stamped,
            names.clone(),
            lanes.len(),
        );
        let bounds = settled(lanes, plan.pace.settle).await?;
        let mut starts = Vec::new();
        for (lane, (start, end)) in lanes.iter_mut().zip(bounds) {
            lane.end = end;
            starts.push((start, end, plan.chunks.least));
        }
        // The newest records of all partitions first: the more is known of what is delivered, the
        // less has to be read.
        let mut records = 0;
        let mut is_first = true;
        let mut is_enough = false;
        while !is_enough {
            is_enough = true;
            let pieces = lanes.iter_mut().zip(&mut starts).enumerate();
            for (index, (lane, (start, to, chunk))) in pieces {
                if *to <= *start || !is_first && resume.is_enough(index) {
                    continue;
                }
                let Some(partition) = &mut lane.partition else {
                    continue;
                };
                let from = (*to - *chunk).max(*start);
                let take = |record: fluvio_protocol::record::Record| {
                    let key = record.key.as_ref().map(AsRef::as_ref);
                    resume.take(index, key, record.value.as_ref());
                };
                let read = Tail::new(partition).read(from, *to, take).await?;
                records += read.records;
                *chunk = plan.chunks.next(&read);
                *to = from;
                is_enough = false;
            }
            is_first = false;
            if self.is_stopped() {
                return Err(Ended::Done);
            }
        }
        let (doubled, foreign) = resume.strange();
        if doubled > 0 {
            warn!(doubled, "records are stored more than once");
            self.report.doubled += doubled;
            self.figures.doubled.inc_by(doubled);
        }
        for name in &names {
            let sent = resume.unsent(name);
            let reached = self.reached.get(name).copied();
            if reached.is_some_and(|reached| sent > reached) {
                return Err(Ended::Refused(Error::failure(format!(
                    "another feeder sends {name} to topic {}, too; give each feeder its own sources",
                    plan.topic
                ))));
            }
            self.reached
                .insert(name.clone(), sent.max(reached.unwrap_or(0)));
        }
        let seconds = began.elapsed().as_secs_f64();
        info!(records, foreign, seconds, "read where to go on");
        Ok(resume)
    }
}

/// The bounds of the partitions' logs, once their ends do not move any more.
async fn settled<P: Partition>(
    lanes: &mut [Lane<P>],
    settle: Duration,
) -> Result<Vec<(i64, i64)>, Failure> {
    let mut before = None;
    loop {
        let mut bounds = Vec::new();
        for partition in lanes.iter_mut().filter_map(|lane| lane.partition.as_mut()) {
            bounds.push(Tail::new(partition).bounds().await?);
        }
        if before.as_ref() == Some(&bounds) {
            return Ok(bounds);
        }
        before = Some(bounds);
        sleep(settle).await;
    }
}

fn named<S: Source + 'static, P: Send>(
    number: usize,
    mut source: S,
    pause: Duration,
) -> Pin<Box<dyn Future<Output = Event<S, P>> + Send>> {
    Box::pin(async move {
        sleep(pause).await;
        let name = source.name().await;
        Event::Named(number, source, name)
    })
}

fn enough<S, P>(pause: Duration) -> Pin<Box<dyn Future<Output = Event<S, P>> + Send>> {
    Box::pin(async move {
        sleep(pause).await;
        Event::Enough
    })
}

fn look<S, P>(pause: Duration) -> Pin<Box<dyn Future<Output = Event<S, P>> + Send>> {
    Box::pin(async move {
        sleep(pause).await;
        Event::Look
    })
}

/// From the reading of the tails to the next failure.
struct Life<'l, 'a, O: Sources, T: Target> {
    driver: &'l mut Driver<'a, O, T>,
    flow: Flow,
    resume: Resume,
    lanes: Vec<Lane<T::Partition>>,
    readings: Vec<Reading<O::Source>>,
    /// Families of which a source is fed.
    families: BTreeSet<usize>,
    waiting: Waiting<O::Source, T::Partition>,
    /// Batches that are on their way.
    sending: usize,
    /// Nothing is sent any more, because of this.
    failure: Option<Failure>,
    counted: Counts,
    outage: &'l mut Outage,
}

impl<O: Sources, T: Target + 'static> Life<'_, '_, O, T>
where
    T::Partition: 'static,
{
    async fn run(mut self, first: Vec<(usize, O::Source, String)>) -> Ended {
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

    /// Sends a batch to each partition that has none on its way.
    fn send(&mut self) {
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            if lane.partition.is_none() {
                continue;
            }
            let Some(batch) = self.flow.batch(number) else {
                continue;
            };
            let OutgoingBatch {
                records,
                appended,
                bytes,
            } = batch;
            for record in &records {
                if let Some(key) = &record.key {
                    self.driver.keys.add(key.as_ref());
                }
            }
            let Some(mut partition) = lane.partition.take() else {
                continue;
            };
            self.sending += 1;
            self.waiting.push(Box::pin(async move {
                let sent = partition.produce_at(records, Some(appended)).await;
                Event::Sent(number, partition, bytes, sent)
            }));
        }
    }

    /// Takes the answer to a batch.
    fn sent(
        &mut self,
        number: usize,
        partition: T::Partition,
        bytes: usize,
        sent: Result<i64, Failure>,
    ) {
        self.sending -= 1;
        let base = match sent {
            Ok(base) => base,
            Err(failure) => {
                self.failure.get_or_insert(failure);
                return;
            }
        };
        self.outage.end("feeding goes on");
        let records = self.flow.stored(number);
        let driver = &mut *self.driver;
        let figures = driver.figures;
        let partition_label = PartitionLabel {
            partition: number as u32,
        };
        figures
            .stored
            .get_or_create(&partition_label)
            .inc_by(records as u64);
        figures.bytes.inc_by(bytes as u64);
        figures.batches.inc();
        if let Some(stored) = driver.report.stored.get_mut(number) {
            *stored += records as u64;
        }
        let Some(lane) = self.lanes.get_mut(number) else {
            return;
        };
        lane.partition = Some(partition);
        // Records that the module drops leave the end where it was, so it is known as a bound.
        if base > lane.end && driver.plan.is_alone {
            self.failure.get_or_insert(Failure::Foreign);
        }
        lane.end = lane.end.max(base) + records as i64;
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
        if let Some(reached) = self.driver.reached.get_mut(&reading.name) {
            *reached = portion.next.max(*reached);
        } else {
            self.driver
                .reached
                .insert(reading.name.clone(), portion.next);
        }
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
            if more > 0 && *total == 0 && std::ptr::eq(counter, &figures.early) {
                warn!("events are sent before their turn; a larger --window holds them back");
            }
            *total += more;
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
