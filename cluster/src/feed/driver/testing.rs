//! Topics in memory, whose answers get lost.

use std::sync::Mutex;

use fluvio_future::task::run_block_on;
use fluvio_protocol::record::{Batch, RawRecords, Record};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sessionize_core::parameters::Parameters;

use super::*;
use crate::feed::flow::Bounds;
use crate::feed::plan::Pace;
use crate::feed::source::Start;
use crate::partition::{Offsets, Partition};
use crate::tail::Tail;
use crate::telling::Chunks;
use crate::testing::{Broker, Link};

/// As on a cluster, but a thousand times as fast.
pub(crate) const FAST: Pace = Pace {
    look: Duration::from_millis(1),
    layout: Duration::from_millis(5),
    retry: (Duration::from_millis(1), Duration::from_millis(2)),
    settle: Duration::from_millis(1),
    name: Duration::from_millis(1),
};

/// Topics in memory. Requests to them fail now and then.
#[derive(Clone)]
pub(crate) struct Topic {
    pub(crate) brokers: Arc<Mutex<Vec<Broker>>>,
    dice: Arc<Mutex<ChaCha8Rng>>,
    /// One of so many requests fails; none if it is 0.
    fails: u32,
}

pub(crate) struct FaultyLink {
    link: Link,
    topic: Topic,
}

/// What becomes of a request.
enum Fate {
    Answered,
    /// It is not received.
    Lost,
    /// It is done, and the answer is lost.
    Unanswered,
}

impl Topic {
    pub(crate) fn new(partitions: u32, pairs: &[(&str, &str)], seed: u64, fails: u32) -> Self {
        let brokers = (0..partitions).map(|_| Broker::new(pairs)).collect();
        Self {
            brokers: Arc::new(Mutex::new(brokers)),
            dice: Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))),
            fails,
        }
    }

    fn fate(&self) -> Fate {
        let mut dice = self.dice.lock().unwrap();
        if self.fails == 0 || dice.random_range(0..self.fails) > 0 {
            return Fate::Answered;
        }
        match dice.random_bool(0.5) {
            true => Fate::Lost,
            false => Fate::Unanswered,
        }
    }

    pub(crate) fn broker(&self, index: u32) -> Broker {
        self.brokers.lock().unwrap()[index as usize].clone()
    }

    /// Stores a record, as a producer does.
    pub(crate) fn put(&self, partition: u32, appended: i64, value: String) {
        let mut batch = Batch::from(vec![Record::new(value)]);
        batch.header.first_timestamp = appended;
        self.broker(partition).state().store_batch(batch);
    }

    /// All stored values, by partition.
    pub(crate) fn values(&self) -> Vec<Vec<String>> {
        let brokers = self.brokers.lock().unwrap().clone();
        let values = |broker: Broker| {
            let mut values = Vec::new();
            let mut link = broker.link();
            run_block_on(async {
                let mut tail = Tail::new(&mut link);
                let (start, end) = tail.bounds().await.unwrap();
                let take = |record: Record| values.push(record.value.as_utf8_lossy_string().into());
                tail.read(start, end, take).await.unwrap();
            });
            values
        };
        brokers.into_iter().map(values).collect()
    }
}

fn lost() -> Failure {
    Failure::Connection("connection is closed".into())
}

impl Partition for FaultyLink {
    fn is_there(&self) -> bool {
        self.link.is_there()
    }

    async fn offsets(&mut self) -> Result<Offsets, Failure> {
        match self.topic.fate() {
            Fate::Answered => self.link.offsets().await,
            Fate::Lost | Fate::Unanswered => Err(lost()),
        }
    }

    async fn fetch(
        &mut self,
        offset: i64,
        max_bytes: u32,
    ) -> Result<Vec<Batch<RawRecords>>, Failure> {
        match self.topic.fate() {
            Fate::Answered => self.link.fetch(offset, max_bytes).await,
            Fate::Lost | Fate::Unanswered => Err(lost()),
        }
    }

    async fn produce_at(
        &mut self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> Result<i64, Failure> {
        match self.topic.fate() {
            Fate::Answered => self.link.produce_at(records, appended).await,
            Fate::Lost => Err(lost()),
            Fate::Unanswered => {
                self.link.produce_at(records, appended).await?;
                Err(lost())
            }
        }
    }
}

impl Leaders for Topic {
    type Partition = FaultyLink;

    async fn connect(&self, partition: u32) -> Result<FaultyLink, Failure> {
        let link = self.broker(partition).connect(partition).await?;
        Ok(FaultyLink {
            link,
            topic: self.clone(),
        })
    }
}

impl Target for Topic {
    async fn partitions(&self) -> Result<u32, Failure> {
        Ok(self.brokers.lock().unwrap().len() as u32)
    }
}

pub(crate) fn plan(pairs: &[(&str, &str)]) -> Plan {
    Plan {
        feeder: "weblog".into(),
        topic: "sessions".into(),
        parameters: Parameters::from_pairs(pairs.iter().copied()).unwrap(),
        is_stamped: true,
        is_alone: true,
        bounds: Bounds {
            window: 20_000,
            batch: 1_000,
        },
        start: Start::Beginning,
        idle: Duration::from_secs(10),
        pace: FAST,
        chunks: Chunks {
            least: 5,
            bytes: 2_000,
        },
    }
}

/// Feeds a topic until its sources have ended.
pub(crate) fn feed<O: Sources>(plan: &Plan, sources: &O, to: &Topic) -> Result<FeedReport, Error> {
    let (figures, stop) = (FeedFigures::default(), AtomicBool::new(false));
    let bar = ProgressBar::hidden();
    let driver = Driver::new(plan, sources, Arc::new(to.clone()), &figures, &stop, &bar);
    run_block_on(driver.run())
}

/// Feeds a topic until something is true of it.
pub(crate) fn run<O: Sources + Sync>(
    plan: &Plan,
    sources: &O,
    to: &Topic,
    is_done: impl Fn(&Topic) -> bool + Sync,
) {
    let (figures, stop) = (FeedFigures::default(), AtomicBool::new(false));
    let bar = ProgressBar::hidden();
    let began = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done(to) && began.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(2));
            }
            stop.store(true, Ordering::Relaxed);
        });
        let driver = Driver::new(plan, sources, Arc::new(to.clone()), &figures, &stop, &bar);
        run_block_on(driver.run()).unwrap();
    });
    assert!(is_done(to));
}
