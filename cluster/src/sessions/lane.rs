//! The way from partitions of the topic to where their rows go.

mod reading;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sessionize_answers::log::{LogReader, Place};
use sessionize_answers::row::TableRow;
use sessionize_pipeline::error::Error;
use tracing::{debug, warn};

use super::figures::SessionsFigures;
use super::plan::Plan;
use crate::failure::Failure;
use crate::feed::source::Then;
use crate::feed::topic_source::TopicSource;
use crate::outage::Outage;
use crate::partition::Leaders;
use reading::{Event, Reading, Waiting, look, read};

/// Rows on their way, in the order in which they became due.
pub(crate) struct Rows<R> {
    /// Each with its partition, and the place behind it.
    pub(crate) rows: Vec<(u32, Place, R)>,
    /// What was read of each partition since the last time: from an offset up to a place.
    pub(crate) read: BTreeMap<u32, (u64, Place)>,
}

/// Where rows go.
pub(crate) trait Sink<R>: Send {
    /// Where to go on in each of these partitions. One of which nothing is known is left out.
    fn resume(
        &mut self,
        partitions: &[u32],
    ) -> impl Future<Output = Result<BTreeMap<u32, Place>, Ended>> + Send;

    /// Stores rows. After a failure, what became of them is not known, and `resume` tells.
    fn store(&mut self, rows: Rows<R>) -> impl Future<Output = Result<(), Ended>> + Send;
}

/// Why it can't go on.
#[derive(Debug)]
pub(crate) enum Ended {
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

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Makes rows of some partitions, and stores them.
pub(crate) struct Lane<L, S> {
    pub(crate) plan: Arc<Plan>,
    pub(crate) leaders: Arc<L>,
    pub(crate) partitions: Vec<u32>,
    pub(crate) sink: S,
    pub(crate) figures: SessionsFigures,
}

impl<L: Leaders, S> Lane<L, S>
where
    L::Partition: 'static,
{
    /// Goes on until the partitions end, or until it is stopped.
    ///
    /// # Errors
    ///
    /// When it makes no sense to go on.
    pub(crate) async fn run<R: LogReader>(mut self) -> Result<(), Error>
    where
        S: Sink<R::Row>,
    {
        let mut outage = Outage::default();
        let (first, most) = self.plan.pace.retry;
        let mut pause = first;
        let mut gone_since: Option<Instant> = None;
        while !self.plan.is_stopped() {
            let stored = self.figures.rows.get();
            let began = Instant::now();
            let failure = match self.life::<R>(&mut outage).await {
                Ok(()) => break,
                Err(Ended::Refused(error)) => return Err(error),
                Err(Ended::Anew(failure)) => failure,
            };
            outage.begin("writing sessions is interrupted", &failure);
            self.figures.failures.inc();
            match failure {
                // A broker that has just started may not have read all of its log.
                Failure::Gone(..) => {
                    if began.elapsed() >= self.plan.pace.patience {
                        gone_since = None;
                    }
                    let since = *gone_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= self.plan.pace.patience {
                        return Err(self.plan.shorter(&failure));
                    }
                }
                _ => gone_since = None,
            }
            if self.figures.rows.get() > stored {
                pause = first;
            }
            self.wait(pause).await;
            pause = (2 * pause).min(most);
        }
        Ok(())
    }

    async fn wait(&self, pause: Duration) {
        let began = Instant::now();
        while began.elapsed() < pause && !self.plan.is_stopped() {
            sleep(self.plan.pace.look.min(pause)).await;
        }
    }

    /// From what the sink tells to the next failure.
    async fn life<R: LogReader>(&mut self, outage: &mut Outage) -> Result<(), Ended>
    where
        S: Sink<R::Row>,
    {
        let places = self.sink.resume(&self.partitions).await?;
        self.figures.resumes.inc();
        let mut readings: Vec<Reading<R>> = Vec::new();
        let waiting: Waiting<L> = FuturesUnordered::new();
        for (number, &partition) in self.partitions.iter().enumerate() {
            let Plan { topic, pace, .. } = &*self.plan;
            let leaders = self.leaders.clone();
            let mut source =
                TopicSource::new(leaders, topic, partition, pace.poll, self.plan.is_once);
            let place = self.begin(&mut source, partition, &places).await?;
            debug!(partition, ?place, "goes on");
            readings.push(Reading {
                partition,
                reader: R::resume(&self.plan.parameters, partition, place),
                next: place.from,
                begin: place.offset,
                stored: place.offset,
                has_ended: false,
                outage: Outage::default(),
            });
            waiting.push(read(number, source, place.from, Duration::ZERO));
        }
        waiting.push(look(self.plan.pace.look));
        self.go_on(readings, waiting, outage).await
    }

    /// Where to go on in a partition.
    async fn begin(
        &self,
        source: &mut TopicSource<L>,
        partition: u32,
        places: &BTreeMap<u32, Place>,
    ) -> Result<Place, Ended> {
        let (start, end) = source.bounds().await?;
        let (start, end) = (start.unsigned_abs(), end.unsigned_abs());
        let Some(&place) = places.get(&partition) else {
            return Ok(Place::beginning(start));
        };
        if place.offset > end {
            return Err(Failure::Gone(end as i64, place.offset as i64).into());
        }
        if place.from >= start {
            return Ok(place);
        }
        // What is missing is counted once it is read.
        warn!(
            partition,
            from = place.from,
            to = start,
            "the topic has deleted records on which sessions depend that are not over"
        );
        Ok(place)
    }

    async fn go_on<R: LogReader>(
        &mut self,
        mut readings: Vec<Reading<R>>,
        mut waiting: Waiting<L>,
        outage: &mut Outage,
    ) -> Result<(), Ended>
    where
        S: Sink<R::Row>,
    {
        let mut rows: Vec<(u32, Place, R::Row)> = Vec::new();
        let mut bytes = 0;
        let mut began = Instant::now();
        loop {
            let is_stopped = self.plan.is_stopped();
            let is_over = is_stopped || readings.iter().all(|reading| reading.has_ended);
            let is_due = bytes >= self.plan.step_bytes || began.elapsed() >= self.plan.every;
            if is_over || is_due {
                self.store(std::mem::take(&mut rows), &mut readings).await?;
                (bytes, began) = (0, Instant::now());
            }
            if is_over {
                return Ok(());
            }
            match waiting.next().await {
                Some(Event::Look) => waiting.push(look(self.plan.pace.look)),
                Some(Event::Read(number, source, Ok(portion))) => {
                    let Some(reading) = readings.get_mut(number) else {
                        continue;
                    };
                    outage.end("writing sessions goes on");
                    reading.outage.end("the partition is within reach again");
                    let before = rows.len();
                    reading.take(&portion, &self.figures, &mut rows);
                    let new = rows.get(before..).unwrap_or_default();
                    bytes += new.iter().map(|(.., row)| row.size()).sum::<usize>();
                    if portion.then == Then::End {
                        reading.has_ended = true;
                    } else {
                        waiting.push(read(number, source, reading.next, Duration::ZERO));
                    }
                }
                Some(Event::Read(_, _, Err(failure @ Failure::Gone(..)))) => {
                    return Err(failure.into());
                }
                Some(Event::Read(number, source, Err(failure))) => {
                    if let Some(reading) = readings.get_mut(number) {
                        let what = format!("partition {} is out of reach", reading.partition);
                        reading.outage.begin(&what, &failure);
                        let pause = self.plan.pace.retry.0;
                        waiting.push(read(number, source, reading.next, pause));
                    }
                }
                None => return Ok(()),
            }
        }
    }

    /// Stores the rows that came since the last time, and how far that is.
    async fn store<R: LogReader>(
        &mut self,
        rows: Vec<(u32, Place, R::Row)>,
        readings: &mut [Reading<R>],
    ) -> Result<(), Ended>
    where
        S: Sink<R::Row>,
    {
        let count = rows.len() as u64;
        let read = readings.iter().filter(|reading| reading.is_ahead());
        let read: BTreeMap<u32, (u64, Place)> = read
            .map(|reading| (reading.partition, (reading.stored, reading.place())))
            .collect();
        if read.is_empty() {
            return Ok(());
        }
        self.sink.store(Rows { rows, read }).await?;
        for reading in readings.iter_mut().filter(|reading| reading.is_ahead()) {
            reading.stored = reading.next;
        }
        self.figures.rows.inc_by(count);
        Ok(())
    }
}
