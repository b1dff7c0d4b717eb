//! The driver against topics in memory.

use std::collections::BTreeMap;

use fluvio_future::task::run_block_on;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::testing::{Topic, plan};
use super::*;
use crate::feed::topic_source::TopicSource;
use crate::testing::Broker;

/// The partitions of a topic as sources.
struct Raw {
    topic: Arc<Topic>,
    /// Whether they end where their records end.
    is_once: bool,
}

impl Raw {
    fn once(topic: &Topic) -> Self {
        let topic = Arc::new(topic.clone());
        Self {
            topic,
            is_once: true,
        }
    }
}

impl Sources for Raw {
    type Source = TopicSource<Topic>;

    async fn open(&self) -> Result<Vec<TopicSource<Topic>>, Failure> {
        let count = self.topic.partitions().await?;
        let poll = Duration::from_millis(1);
        let source = |partition| {
            let topic = self.topic.clone();
            TopicSource::new(topic, "weblog", partition, poll, self.is_once)
        };
        Ok((0..count).map(source).collect())
    }

    fn count(&self) -> impl Future<Output = Option<usize>> + Send + 'static {
        let topic = self.topic.clone();
        async move { Some(topic.partitions().await.ok()? as usize) }
    }
}

fn feed(plan: &Plan, raw: &Topic, to: &Topic) -> Result<FeedReport, Error> {
    testing::feed(plan, &Raw::once(raw), to)
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
fn a_source_that_comes_while_it_feeds_is_fed() {
    let (raw, to) = (Topic::new(1, &[], 0, 0), Topic::new(1, &[], 0, 0));
    fill(&raw, 50, 1);
    let sources = Raw {
        is_once: false,
        ..Raw::once(&raw)
    };
    let plan = Plan {
        idle: Duration::from_millis(5),
        ..plan(&[])
    };
    let is_added = AtomicBool::new(false);
    testing::run(&plan, &sources, &to, |to| {
        let stored = to.values().concat().len();
        if stored == 50 && !is_added.swap(true, Ordering::Relaxed) {
            let broker = Broker::new(&[]);
            raw.brokers.lock().unwrap().push(broker);
            for id in 50..100 {
                let time = 1_700_000_600_000 + id;
                let event = format!(r#"{{"ip":"192.0.2.{id}","timestamp":{time},"id":{id}}}"#);
                raw.put(1, time, event);
            }
        }
        stored == 100
    });
    check(&to, 100);
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
    let raw_sources = Raw::once(&raw);
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
    let raw_sources = Raw::once(&raw);
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
