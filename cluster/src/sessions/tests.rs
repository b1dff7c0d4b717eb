//! Topics in memory, whose answers get lost, and writers that die at every step.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use fluvio_future::task::run_block_on;
use fluvio_future::timer::sleep;
use fluvio_protocol::record::Record;
use futures_util::future::{Either, select};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Row, RowAccessor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sessionize_answers::folder::{Contents, LocalDisk, RowFolder};
use sessionize_answers::log::{LogReader, Place};
use sessionize_answers::row::{COLUMNS, SessionRow};
use sessionize_answers::write::JsonRow;
use tempfile::TempDir;

use super::folder_sink::FolderSink;
use super::lane::{Lane, Sink};
use super::plan::{Pace, Plan};
use super::stamp::Stamp;
use super::topic_sink::TopicSink;
use super::*;
use crate::feed::driver::testing::Topic as Cluster;
use crate::telling::Chunks;

/// As on a cluster, but much faster.
const FAST: Pace = Pace {
    poll: Duration::from_millis(1),
    look: Duration::from_millis(1),
    layout: Duration::from_secs(1),
    retry: (Duration::from_millis(1), Duration::from_millis(2)),
    settle: Duration::from_micros(100),
    patience: Duration::from_millis(20),
};

const PARAMETERS: [(&str, &str); 3] = [("gap", "100s"), ("lateness", "10s"), ("ttl", "200s")];

/// A topic with its sessions, and one that gets their rows.
struct World {
    dice: ChaCha8Rng,
    from: Cluster,
    to: Cluster,
    folder: TempDir,
    partitions: u32,
    /// Partitions of the other topic.
    count: u32,
    now: i64,
}

impl World {
    fn new(seed: u64, fails: u32) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let partitions = dice.random_range(1..4);
        let count = dice.random_range(1..3);
        let from = Cluster::new(partitions, &PARAMETERS, seed, fails);
        let to = Cluster::new(count, &[], seed + 1, fails);
        for broker in to.brokers.lock().unwrap().iter() {
            broker.state().is_plain = true;
        }
        for broker in from.brokers.lock().unwrap().iter() {
            broker.state().segment = 2;
        }
        Self {
            dice,
            from,
            to,
            folder: tempfile::tempdir().unwrap(),
            partitions,
            count,
            now: 1_000,
        }
    }

    /// Events of a few visitors: some close to each other, some after a gap, some late.
    fn produce(&mut self, count: usize) {
        for _ in 0..count {
            let step = match self.dice.random_range(0..12) {
                0 => self.dice.random_range(90..400),
                1..4 => -self.dice.random_range(0..30),
                4 => -self.dice.random_range(0..150),
                _ => self.dice.random_range(0..25),
            };
            let time = self.now + step;
            self.now = self.now.max(time);
            let visitor = self.dice.random_range(0..7);
            self.event(visitor % self.partitions, visitor, time);
        }
    }

    fn event(&self, partition: u32, visitor: u32, second: i64) {
        let time = 1_000_000_000 + second;
        let page = second % 5;
        let event = format!(
            r#"{{"ip":"192.0.2.{visitor}","timestamp":{time},"url":"/{page}","status":200}}"#
        );
        self.from.broker(partition).events(&[event]).unwrap();
    }

    /// An event in each partition long after all others, which ends all their sessions.
    fn end_sessions(&self) {
        for partition in 0..self.partitions {
            self.event(partition, 99, self.now + 100_000);
        }
    }

    fn plan(&self, step_bytes: usize) -> Arc<Plan> {
        let parameters = Parameters::from_pairs(PARAMETERS).unwrap();
        let every = match step_bytes {
            0 => Duration::ZERO,
            _ => Duration::from_secs(60),
        };
        let to = "topic rows".to_owned();
        Arc::new(Plan {
            is_once: true,
            step_bytes,
            every,
            pace: FAST,
            chunks: Chunks {
                least: 3,
                bytes: 1_000,
            },
            ..Plan::new("sessions", to, parameters, &Arc::default())
        })
    }

    fn lane<S>(&self, plan: &Arc<Plan>, partitions: Vec<u32>, sink: S) -> Lane<Cluster, S> {
        Lane {
            plan: plan.clone(),
            leaders: Arc::new(self.from.clone()),
            partitions,
            sink,
            figures: SessionsFigures::default(),
        }
    }

    /// Goes on until all is written or, if `is_killed` becomes true, until then.
    fn write(&self, mut is_killed: impl FnMut() -> bool, to_folder: bool) -> Result<(), Error> {
        for to in 0..self.count {
            let own = (0..self.partitions).filter(|from| from % self.count == to);
            let own: Vec<u32> = own.collect();
            if own.is_empty() || is_killed() {
                continue;
            }
            if to_folder {
                let plan = self.plan(2_000);
                let contents = Contents::of::<SessionRow>("sessions", &plan.parameters);
                let folder = RowFolder::open(self.folder.path(), &contents, LocalDisk)?;
                let folder = Arc::new(folder);
                for partition in own {
                    let sink = FolderSink {
                        folder: folder.clone(),
                        figures: SessionsFigures::default(),
                    };
                    run(self.lane(&plan, vec![partition], sink), &mut is_killed)?;
                }
            } else {
                let plan = self.plan(0);
                let figures = SessionsFigures::default();
                let leaders = Arc::new(self.to.clone());
                let sink = TopicSink::new(plan.clone(), figures, leaders, (to, self.count));
                run(self.lane(&plan, own, sink), &mut is_killed)?;
            }
        }
        Ok(())
    }

    /// The rows of each partition, as one undisturbed reader makes them.
    fn expected(&self) -> BTreeMap<u32, Vec<Value>> {
        let parameters = Parameters::from_pairs(PARAMETERS).unwrap();
        let mut json = JsonRow::default();
        let mut expected = BTreeMap::new();
        for (partition, values) in (0..).zip(self.from.values()) {
            let place = Place::beginning(0);
            let mut reader = LogSessions::resume(&parameters, partition, place);
            let mut rows = Vec::new();
            for (offset, value) in (0..).zip(values) {
                reader.take(offset, value.as_bytes());
                while let Some((_, row)) = reader.pop() {
                    rows.push(serde_json::from_slice(json.of(&row)).unwrap());
                }
            }
            expected.insert(partition, rows);
        }
        expected
    }

    /// The rows in the other topic, by the partition that they are of, without their stamps.
    fn found(&self) -> BTreeMap<u32, Vec<Value>> {
        let mut found: BTreeMap<u32, Vec<Value>> = (0..self.partitions)
            .map(|partition| (partition, Vec::new()))
            .collect();
        for (to, values) in (0..).zip(self.to.values()) {
            for value in values {
                let partition = Stamp::read(value.as_bytes()).unwrap().partition;
                assert_eq!(partition % self.count, to);
                let mut row: Value = serde_json::from_str(&value).unwrap();
                row.as_object_mut().unwrap().remove("source");
                found.get_mut(&partition).unwrap().push(row);
            }
        }
        found
    }

    /// Checks rows against what a batch job finds in the stored events: each session that was ended
    /// has a row, and the last one says all of it.
    fn judge(&self, rows: &BTreeMap<u32, Vec<Value>>) {
        let mut sessions: BTreeMap<String, (u64, f64, u64)> = BTreeMap::new();
        for value in self.from.values().concat() {
            let event: Value = serde_json::from_str(&value).unwrap();
            let id = event["session_id"].as_str().unwrap().to_owned();
            if event["session_cut"] == "late" || id.starts_with("192.0.2.99-") {
                continue;
            }
            let (events, duration, count) = sessions.entry(id).or_default();
            *events = event["session_events"].as_u64().unwrap().max(*events);
            *duration = event["session_duration"].as_f64().unwrap().max(*duration);
            *count += 1;
        }
        let mut last = BTreeMap::new();
        let mut revisions = BTreeSet::new();
        for row in rows.values().flatten().filter(|row| row["cut"] != "late") {
            let id = row["session_id"].as_str().unwrap().to_owned();
            let revision = row["revision"].as_u64().unwrap();
            assert!(revisions.insert((id.clone(), revision)), "{row}");
            assert_eq!(row["closed"], true);
            let figure = |name: &str| row[name].as_u64().unwrap();
            let duration = row["duration"].as_f64().unwrap();
            last.insert(id, (figure("events"), duration, figure("seen")));
        }
        assert_eq!(last, sessions);
    }
}

/// Runs a lane until it ends or is killed.
fn run<S: Sink<SessionRow>>(
    lane: Lane<Cluster, S>,
    mut is_killed: impl FnMut() -> bool,
) -> Result<(), Error> {
    run_block_on(async {
        let killed = async {
            while !is_killed() {
                sleep(FAST.look).await;
            }
        };
        match select(pin!(lane.run::<LogSessions>()), pin!(killed)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => Ok(()),
        }
    })
}

/// Whether whoever sends requests to one of the partitions is gone.
fn is_gone(cluster: &Cluster) -> bool {
    let brokers = cluster.brokers.lock().unwrap();
    brokers
        .iter()
        .any(|broker| broker.state().client_dies_in == Some(0))
}

/// After so many requests to a partition, who sends them is gone.
fn dies_in(cluster: &Cluster, requests: Option<u32>) {
    for broker in cluster.brokers.lock().unwrap().iter() {
        broker.state().client_dies_in = requests;
    }
}

#[test]
fn every_row_is_in_the_topic_once() {
    let mut kills = 0;
    for seed in 0..60 {
        let fails = [0, 7, 30][seed as usize % 3];
        let mut world = World::new(seed, fails);
        // The writer dies after one request more each time, at one topic or at the other.
        for requests in 0..25 {
            world.produce(6);
            let victim = match world.dice.random_bool(0.7) {
                true => world.to.clone(),
                false => world.from.clone(),
            };
            dies_in(&victim, Some(requests));
            world.write(|| is_gone(&victim), false).unwrap();
            kills += u32::from(is_gone(&victim));
            dies_in(&victim, None);
        }
        world.end_sessions();
        world.write(|| false, false).unwrap();
        assert_eq!(world.found(), world.expected(), "seed {seed}");
        world.judge(&world.found());
    }
    assert!(kills > 500, "{kills}");
}

#[test]
fn every_row_is_in_the_folder_once() {
    let mut kills = 0;
    for seed in 0..30 {
        let fails = [0, 7, 30][seed as usize % 3];
        let mut world = World::new(seed, fails);
        for requests in 0..25 {
            world.produce(6);
            let victim = world.from.clone();
            dies_in(&victim, Some(requests));
            world.write(|| is_gone(&victim), true).unwrap();
            kills += u32::from(is_gone(&victim));
            dies_in(&victim, None);
        }
        world.end_sessions();
        world.write(|| false, true).unwrap();
        let expected = world.expected();
        let mut rows: Vec<(String, u64, u64)> = expected.values().flatten().map(figures).collect();
        rows.sort_unstable();
        assert_eq!(world.rows_in_folder(), rows, "seed {seed}");
        world.judge(&world.expected());
    }
    assert!(kills > 200, "{kills}");
}

/// What tells one row from another.
fn figures(row: &Value) -> (String, u64, u64) {
    let id = row["session_id"].as_str().unwrap().to_owned();
    let figure = |name: &str| row[name].as_u64().unwrap();
    (id, figure("revision"), figure("events"))
}

/// The same of a row in a file.
fn in_file(row: &Row) -> (String, u64, u64) {
    let column = |name: &str| {
        let mut names = COLUMNS.iter().map(|column| column.name);
        names.position(|of| of == name).unwrap()
    };
    let figure = |name: &str| row.get_long(column(name)).unwrap() as u64;
    let id = row.get_string(column("session_id")).unwrap();
    (id.clone(), figure("revision"), figure("events"))
}

impl World {
    /// The rows in all files, sorted.
    fn rows_in_folder(&self) -> Vec<(String, u64, u64)> {
        let mut rows = Vec::new();
        for day in std::fs::read_dir(self.folder.path()).unwrap() {
            for file in std::fs::read_dir(day.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "parquet")
                {
                    let file = std::fs::File::open(path).unwrap();
                    let reader = SerializedFileReader::new(file).unwrap();
                    let read = reader.get_row_iter(None).unwrap();
                    rows.extend(read.map(|row| in_file(&row.unwrap())));
                }
            }
        }
        rows.sort_unstable();
        rows
    }
}

/// What a writer says that has to end.
fn refused(world: &World) -> String {
    world.write(|| false, false).unwrap_err().to_string()
}

/// A world with one partition on each side, and rows in the other topic.
fn written(seed: u64) -> World {
    let mut world = (seed..)
        .map(|seed| World::new(seed, 0))
        .find(|world| (world.partitions, world.count) == (1, 1))
        .unwrap();
    world.produce(100);
    world.write(|| false, false).unwrap();
    assert!(!world.found()[&0].is_empty());
    world
}

#[test]
fn rows_of_another_topic_are_refused() {
    let world = written(0);
    let store = |topic: &str, of| {
        let stamp = Stamp {
            topic: topic.into(),
            partition: 0,
            place: Place::beginning(5),
            of,
            others: Some(BTreeMap::new()),
        };
        let mut row = br#"{"row":1}"#.to_vec();
        stamp.add_to(&mut row);
        world.to.broker(0).state().store(vec![Record::new(row)]);
    };
    store("clicks", 1);
    assert_eq!(
        refused(&world),
        "topic rows holds sessions of topic clicks, and not of topic sessions: name another one"
    );
    store("sessions", 3);
    assert_eq!(
        refused(&world),
        "topic rows had 3 partitions when sessions were written to it, and has 1 now, so that it \
         is not known where to go on: name another one"
    );
}

#[test]
fn records_of_others_are_passed_over() {
    let mut world = written(0);
    let record = Record::new("not a row");
    world.to.broker(0).state().store(vec![record]);
    world.produce(50);
    world.end_sessions();
    world.write(|| false, false).unwrap();
    let values = world.to.values().concat();
    let rows = values.iter().filter(|value| *value != "not a row").count();
    assert_eq!(rows, world.expected()[&0].len());
}

#[test]
fn a_log_that_is_shorter_is_refused() {
    let world = written(0);
    let mut other = World::new(1, 0);
    (other.partitions, other.count) = (1, 1);
    other.from = Cluster::new(1, &PARAMETERS, 0, 0);
    other.to = world.to.clone();
    other.produce(3);
    let said = refused(&other);
    let place = Stamp::read(world.to.values()[0].last().unwrap().as_bytes());
    let offset = place.unwrap().place.offset;
    assert_eq!(
        said,
        format!(
            "topic sessions: its log lacks the records from offset 3 to {offset}, which were read \
             before; if it was deleted and created again, name another place than topic rows"
        )
    );
}

#[test]
fn a_topic_that_has_deleted_its_rows_is_refused() {
    let world = written(0);
    let broker = world.to.broker(0);
    broker.state().segment = 1;
    broker.state().store(vec![Record::new("not a row")]);
    broker.state().evict();
    assert_eq!(
        refused(&world),
        "topic rows has deleted the rows that tell where to go on: name another one"
    );
}

#[test]
fn records_that_the_topic_has_deleted_are_counted() {
    let mut world = written(0);
    world.produce(200);
    let broker = world.from.broker(0);
    let evicted = loop {
        broker.state().evict();
        let start = broker.state().start();
        if start > 150 {
            break start;
        }
    };
    let plan = world.plan(0);
    let figures = SessionsFigures::default();
    let leaders = Arc::new(world.to.clone());
    let sink = TopicSink::new(plan.clone(), figures.clone(), leaders, (0, 1));
    let mut lane = world.lane(&plan, vec![0], sink);
    lane.figures = figures.clone();
    run(lane, || false).unwrap();
    assert!((50..=evicted as u64).contains(&figures.lost.get()));
}
