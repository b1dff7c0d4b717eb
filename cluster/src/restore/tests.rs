//! Over the wire, against a cluster in this process.

use fluvio::Compression;
use fluvio_sc_schema::topic::{CompressionAlgorithm, TopicSpec};

use super::*;
use crate::testing::server::Server;
use crate::testing::{Broker, event};
use crate::topic::tests::spec;

const REQUIRE: &[(&str, &str)] = &[("restore", "require")];

fn options() -> RestoreOptions {
    RestoreOptions {
        profile: None,
        topic: "sessions".into(),
        force: false,
        within: None,
        timeout: Duration::from_secs(10),
    }
}

/// A cluster with some partitions that were told, and know some visitors.
fn cluster(partitions: u32) -> (Server, Vec<Broker>) {
    let mut topic = spec(REQUIRE);
    topic.set_compression_type(CompressionAlgorithm::Lz4);
    let brokers: Vec<Broker> = (0..partitions).map(|_| broker()).collect();
    let server = Server::start(topic, brokers.clone());
    assert_eq!(
        restored(&server, &options()).unwrap().told.len(),
        brokers.len()
    );
    for (index, broker) in (0..).zip(&brokers) {
        let events: Vec<String> = (0..5000)
            .map(|n| event(n % (10 + index), n.into()))
            .collect();
        broker.events(&events).unwrap();
    }
    (server, brokers)
}

fn broker() -> Broker {
    let broker = Broker::new(REQUIRE);
    let mut state = broker.state();
    state.hangs_up = true;
    state.compression = Compression::Lz4;
    state.lag = 1500;
    drop(state);
    broker
}

fn restored(server: &Server, options: &RestoreOptions) -> Result<RestoreReport, Error> {
    let cluster = Cluster::of_config(server.config(), "sessions").unwrap();
    let figures = Figures::default();
    run_block_on(restore_all(options, Arc::new(cluster), &figures))
}

fn refusal(topic: Option<TopicSpec>) -> String {
    let server = Server::start(TopicSpec::default(), Vec::new());
    server.state().topic = topic;
    restored(&server, &options()).unwrap_err().to_string()
}

#[test]
fn all_partitions_are_told_once() {
    let (server, brokers) = cluster(3);
    let known: Vec<_> = brokers.iter().map(Broker::sessions).collect();
    let report = restored(&server, &options()).unwrap();
    assert_eq!((report.told.len(), report.told_before), (0, 3));
    brokers[1].restart();
    let report = restored(&server, &options()).unwrap();
    assert_eq!((report.told.len(), report.told_before), (1, 2));
    assert_eq!((report.told[0].sessions, report.told[0].read), (11, 5000));
    let force = RestoreOptions {
        force: true,
        ..options()
    };
    assert_eq!(restored(&server, &force).unwrap().told.len(), 3);
    let now: Vec<_> = brokers.iter().map(Broker::sessions).collect();
    assert_eq!(now, known);
}

#[test]
fn topics_that_cannot_be_restored() {
    assert_eq!(refusal(None), "the cluster has no topic sessions");
    assert_eq!(
        refusal(Some(spec(&[("restore", "off")]))),
        "topic sessions: parameter `restore` is `off`, but must be `accept` or `require`"
    );
}

#[test]
fn a_partition_out_of_reach_is_named() {
    let (server, brokers) = cluster(2);
    brokers[0].restart();
    brokers[1].state().is_down = true;
    let briefly = RestoreOptions {
        timeout: Duration::from_millis(600),
        ..options()
    };
    let report = restored(&server, &briefly).unwrap();
    assert_eq!(report.told.len(), 1);
    let (index, failure) = &report.failed[0];
    assert_eq!(
        (*index, failure.to_string().as_str()),
        (1, "connection is closed")
    );

    server.state().leader = 7;
    let report = restored(&server, &briefly).unwrap();
    let failures: Vec<String> = report.failed.iter().map(|(_, f)| f.to_string()).collect();
    assert_eq!(failures, ["the cluster does not know its leader 7"; 2]);
}

#[test]
fn a_watcher_follows_the_topic() {
    let (server, brokers) = cluster(2);
    let known: Vec<_> = brokers.iter().map(Broker::sessions).collect();
    let figures = Figures::default();
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (server, figures, stop) = (server.clone(), figures.clone(), stop.clone());
        std::thread::spawn(move || {
            let cluster = Cluster::of_config(server.config(), "sessions").unwrap();
            let options = options();
            let work = watch_all(&options, Arc::new(cluster), &figures);
            run_until(work, &stop, || {})
        })
    };
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    until("both were told", &|| {
        figures.partitions.get() == 2 && figures.waiting.get() == 0
    });
    for (restarts, broker) in (1..).zip(&brokers) {
        broker.restart();
        until("told", &|| figures.tellings.get() == restarts);
    }
    let now: Vec<_> = brokers.iter().map(Broker::sessions).collect();
    assert_eq!(now, known);
    // A partition is added, and has never been told.
    server.state().partitions.push(broker());
    until("the new one was told", &|| figures.tellings.get() == 3);
    assert_eq!(figures.partitions.get(), 3);
    // The topic is made anew without the parameter.
    server.state().topic = Some(spec(&[]));
    let ended = watcher.join().unwrap();
    assert_eq!(
        ended.unwrap().unwrap_err().to_string(),
        "topic sessions: parameter `restore` is `off`, but must be `accept` or `require`"
    );
    assert_eq!(figures.waiting.get(), 0);
    stop.store(true, Ordering::Relaxed);
}

#[test]
fn a_reach_that_splits_sessions_is_refused() {
    let mut options = options();
    let parameters = Parameters::default();
    for within in [None, Some(32 * 60_000), Some(i64::MAX)] {
        options.within = within;
        orders(&options, &parameters, &Figures::default()).unwrap();
    }
    options.within = Some(32 * 60_000 - 1);
    let refused = orders(&options, &parameters, &Figures::default()).map(|_| ());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "--within must be at least `gap` + twice `lateness` of the topic's module, which is 1920 s: \
         otherwise sessions are split"
    );
}
