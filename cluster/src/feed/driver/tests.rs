//! The driver against partitions in memory, whose answers get lost.

use std::collections::BTreeMap;
use std::sync::Mutex;

use fluvio_future::task::run_block_on;
use fluvio_protocol::record::{Batch, RawRecords, Record};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::feed::topic_source::TopicSource;
use crate::partition::Offsets;
use crate::testing::{Broker, Link};

/// As on a cluster, but a thousand times as fast.
const FAST: Pace = Pace {
    look: Duration::from_millis(1),
    layout: Duration::from_millis(5),
    retry: (Duration::from_millis(1), Duration::from_millis(2)),
    settle: Duration::from_millis(1),
    name: Duration::from_millis(1),
};

/// Topics in memory. Requests to them fail now and then.
#[derive(Clone)]
struct Topic {
    brokers: Arc<Mutex<Vec<Broker>>>,
    dice: Arc<Mutex<ChaCha8Rng>>,
    /// One of so many requests fails; none if it is 0.
    fails: u32,
}

struct FaultyLink {
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
    fn new(partitions: u32, pairs: &[(&str, &str)], seed: u64, fails: u32) -> Self {
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

    fn broker(&self, index: u32) -> Broker {
        self.brokers.lock().unwrap()[index as usize].clone()
    }

    /// Stores a record, as a producer does.
    fn put(&self, partition: u32, appended: i64, value: String) {
        let mut batch = Batch::from(vec![Record::new(value)]);
        batch.header.first_timestamp = appended;
        self.broker(partition).state().store_batch(batch);
    }

    /// All stored values, by partition.
    fn values(&self) -> Vec<Vec<String>> {
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

/// The partitions of a topic as sources that end.
struct Raw(Arc<Topic>);

impl Sources for Raw {
    type Source = TopicSource<Topic>;

    async fn open(&self) -> Result<Vec<TopicSource<Topic>>, Failure> {
        let count = self.0.partitions().await?;
        let poll = Duration::from_millis(1);
        let source = |partition| TopicSource::new(self.0.clone(), "weblog", partition, poll, true);
        Ok((0..count).map(source).collect())
    }
}

fn plan(pairs: &[(&str, &str)]) -> Plan {
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

fn feed(plan: &Plan, raw: &Topic, to: &Topic) -> Result<FeedReport, Error> {
    let (figures, stop) = (FeedFigures::default(), AtomicBool::new(false));
    let bar = ProgressBar::hidden();
    let raw = Raw(Arc::new(raw.clone()));
    let driver = Driver::new(plan, &raw, Arc::new(to.clone()), &figures, &stop, &bar);
    run_block_on(driver.run())
}

/// Fills a raw topic with events that are out of order by up to 60 s, spread over its partitions.
fn fill(raw: &Topic, count: i64, seed: u64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let partitions = raw.brokers.lock().unwrap().len() as u32;
    for id in 0..count {
        let clock = 1_700_000_000_000 + id * 700;
        let time = clock - dice.random_range(0..60_000);
        let visitor = dice.random_range(0..20);
        let event = format!(r#"{{"ip":"192.0.2.{visitor}","timestamp":{time},"id":{id}}}"#);
        raw.put(dice.random_range(0..partitions), clock, event);
    }
}

/// Checks that each event is stored once, and that those of a partition are in order of time.
fn check(to: &Topic, count: i64) {
    let mut ids = BTreeMap::new();
    for values in to.values() {
        let mut latest = 0;
        for value in values {
            let event: serde_json::Value = serde_json::from_str(&value).unwrap();
            *ids.entry(event["id"].as_i64().unwrap()).or_insert(0) += 1;
            let time = event["timestamp"].as_i64().unwrap();
            assert!(time >= latest, "{event}");
            latest = time;
        }
    }
    let expected = (0..count).map(|id| (id, 1)).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_topic_is_fed_in_order() {
    let (raw, to) = (Topic::new(3, &[], 0, 0), Topic::new(2, &[], 0, 0));
    fill(&raw, 500, 1);
    let report = feed(&plan(&[]), &raw, &to).unwrap();
    check(&to, 500);
    assert_eq!(report.stored.iter().sum::<u64>(), 500);
    assert_eq!(
        (report.late, report.early, report.failures, report.doubled),
        (0, 0, 0, 0)
    );
    assert_eq!(report.heaviest.len(), 5);
    // Once more: nothing is left to do.
    assert_eq!(feed(&plan(&[]), &raw, &to).unwrap().stored, [0, 0]);
    check(&to, 500);
}

#[test]
fn lost_requests_and_answers_do_not_show() {
    let mut failures = 0;
    for seed in 0..60 {
        let raw = Topic::new(1 + seed as u32 % 3, &[], seed, 30);
        let to = Topic::new(1 + seed as u32 % 4, &[], seed + 1000, 20);
        fill(&raw, 300, seed);
        let report = feed(&plan(&[]), &raw, &to).unwrap();
        check(&to, 300);
        assert_eq!(report.doubled, 0);
        failures += report.failures;
    }
    assert!(failures > 60, "{failures}");
}

#[test]
fn new_partitions_are_fed() {
    let (raw, to) = (Topic::new(1, &[], 0, 0), Topic::new(1, &[], 0, 0));
    fill(&raw, 100, 1);
    feed(&plan(&[]), &raw, &to).unwrap();
    to.brokers.lock().unwrap().push(Broker::new(&[]));
    raw.brokers.lock().unwrap().push(Broker::new(&[]));
    for id in 100..200 {
        let time = 1_700_000_600_000 + id;
        let event = format!(r#"{{"ip":"192.0.2.{id}","timestamp":{time},"id":{id}}}"#);
        raw.put(1, time, event);
    }
    let report = feed(&plan(&[]), &raw, &to).unwrap();
    assert!(report.stored.iter().all(|stored| *stored > 0), "{report:?}");
    check(&to, 200);
}

#[test]
fn what_a_source_has_lost_is_said() {
    let (raw, to) = (Topic::new(1, &[], 0, 0), Topic::new(1, &[], 0, 0));
    raw.broker(0).state().segment = 10;
    fill(&raw, 25, 1);
    raw.broker(0).state().evict();
    let report = feed(&plan(&[]), &raw, &to).unwrap();
    assert_eq!((report.stored, report.lost), (vec![15], 0));
    fill(&raw, 25, 1);
    raw.broker(0).state().evict();
    raw.broker(0).state().evict();
    raw.broker(0).state().evict();
    let report = feed(&plan(&[]), &raw, &to).unwrap();
    assert_eq!((report.stored, report.lost), (vec![10], 15));
}

#[test]
fn a_second_feeder_of_the_same_source_is_refused() {
    let (raw, to) = (Topic::new(1, &[], 0, 0), Topic::new(1, &[], 0, 0));
    fill(&raw, 50, 1);
    let raw_sources = Raw(Arc::new(raw.clone()));
    let (figures, stop) = (FeedFigures::default(), AtomicBool::new(false));
    let bar = ProgressBar::hidden();
    let plan = plan(&[]);
    let mut driver = Driver::new(
        &plan,
        &raw_sources,
        Arc::new(to.clone()),
        &figures,
        &stop,
        &bar,
    );
    driver.reached.insert("weblog/0".into(), 10);
    // Another one sends all of it meanwhile.
    feed(&plan, &raw, &to).unwrap();
    let refused = run_block_on(driver.run()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "another feeder sends weblog/0 to topic sessions, too; give each feeder its own sources"
    );
}

#[test]
fn a_topic_whose_module_waits_is_fed_once_it_is_told() {
    let require = &[("restore", "require")];
    let (raw, to) = (Topic::new(1, &[], 0, 0), Topic::new(1, require, 0, 0));
    fill(&raw, 50, 1);
    let broker = to.broker(0);
    let telling = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        let parameters = broker.parameters();
        let figures = crate::figures::Figures::default();
        let reach = crate::words::Reach::of(&parameters);
        let teller = crate::telling::Teller::new(&parameters, reach, &figures);
        run_block_on(teller.tell(&mut broker.link(), [1; 16])).unwrap();
    });
    let report = feed(&plan(require), &raw, &to).unwrap();
    telling.join().unwrap();
    assert!(report.failures > 0);
    check(&to, 50);
}

#[test]
fn a_feeder_that_is_stopped_finishes_what_is_on_its_way() {
    let (raw, to) = (Topic::new(2, &[], 0, 0), Topic::new(2, &[], 0, 0));
    fill(&raw, 500, 1);
    let (figures, stop) = (FeedFigures::default(), Arc::new(AtomicBool::new(false)));
    let bar = ProgressBar::hidden();
    let plan = plan(&[]);
    let raw_sources = Raw(Arc::new(raw.clone()));
    let driver = Driver::new(
        &plan,
        &raw_sources,
        Arc::new(to.clone()),
        &figures,
        &stop,
        &bar,
    );
    let (flag, batches) = (stop.clone(), figures.batches.clone());
    let stopping = std::thread::spawn(move || {
        while batches.get() < 3 {
            std::thread::yield_now();
        }
        flag.store(true, Ordering::Relaxed);
    });
    let report = run_block_on(driver.run()).unwrap();
    stopping.join().unwrap();
    let stored: u64 = to.values().iter().map(|values| values.len() as u64).sum();
    assert_eq!(report.stored.iter().sum::<u64>(), stored);
    feed(&plan, &raw, &to).unwrap();
    check(&to, 500);
}
