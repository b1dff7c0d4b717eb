//! Against brokers in memory: what is seen of their partitions, and what is said of it.

use fluvio_future::task::run_block_on;
use fluvio_protocol::record::Record;
use fluvio_sc_schema::topic::TopicSpec;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sessionize_core::restore::Mark;

use super::*;
use crate::telling::Chunks;
use crate::testing::server::Server;
use crate::testing::{Broker, event};
use crate::topic::tests::spec;

const MINUTE: Millis = 60_000;

fn topic(pairs: &[(&str, &str)], count: u64) -> Topic {
    let mut topic = Topic::from_spec("sessions", &spec(pairs)).unwrap();
    topic.lookback.count = count;
    topic
}

/// Looks at a partition in small chunks.
fn examine(broker: &Broker, topic: &Topic, limit: u64) -> PartitionReport {
    let examination = Examination {
        topic,
        within: topic.parameters.rule.ttl + topic.parameters.lateness,
        limit,
        chunks: Chunks {
            least: 10,
            bytes: 5000,
        },
        read: &AtomicU64::new(0),
    };
    run_block_on(examination.examine(0, &mut broker.link())).unwrap()
}

/// An event a second, of the visitors in turn.
fn seconds(seconds: std::ops::Range<i64>, visitors: u32) -> Vec<String> {
    let visitor = |second: i64| (second % i64::from(visitors)) as u32;
    seconds
        .map(|second| event(visitor(second), second))
        .collect()
}

#[test]
fn the_figures_of_a_partition() {
    let broker = Broker::new(&[]);
    // An hour in which 100 visitors come, and an hour in which 50 of them do.
    broker.events(&seconds(3600..7200, 100)).unwrap();
    broker.events(&seconds(7200..10_800, 50)).unwrap();
    // Of the last visitor, an event that is behind, and one that is too late.
    broker.events(&[event(49, 10_000), event(49, 0)]).unwrap();
    broker
        .events(&["?".into(), r#"{"ip":"::1"}"#.into()])
        .unwrap();
    let report = examine(&broker, &topic(&[], 1000), u64::MAX);
    let event_time = 1_000_010_799_000;
    assert_eq!(report.event_time, Some(event_time));
    assert_eq!((report.records, report.events), (7204, 7202));
    assert_eq!((report.log_start, report.log_end), (0, 7204));
    assert_eq!(report.read_until, ReadUntil::LogStart);
    assert_eq!((report.visitors_in_gap, report.visitors_in_ttl), (50, 100));
    assert_eq!(report.visitors_at_risk, 50);
    // In the order in which they came, the visitor with the oldest latest event came 49 s before
    // the last one, and four records are behind.
    assert_eq!(report.look_back_needed, 54);
    assert_eq!(report.look_back_misses, 0);
    let events = |share: f64| (share * 7202.0).round() as i64;
    assert_eq!((events(report.late), events(report.fragments)), (2, 1));
    assert_eq!(report.invalid, Some(2.0 / 7204.0));
    let reason = "no time: field `timestamp` is missing or null";
    assert_eq!(report.invalid_reason.as_deref(), Some(reason));
    assert!(
        (0.98..1.05).contains(&report.events_per_second),
        "{report:?}"
    );
    assert!(
        (0.98..1.05).contains(&report.most_events_per_second),
        "{report:?}"
    );
    assert_eq!(report.heaviest.len(), 3);
    assert_eq!(report.is_told, None);
    assert_eq!(report.crash, Crash::NearlyExact);
}

#[test]
fn no_more_is_read_than_is_asked_for() {
    let broker = Broker::new(&[]);
    broker.events(&seconds(0..100_000, 10)).unwrap();
    for (pairs, limit, until, records) in [
        (
            &[("ttl", "30m")][..],
            u64::MAX,
            ReadUntil::Within,
            1861..2000,
        ),
        (&[], 100_000, ReadUntil::Limit, 200..500),
        (&[("max_keys", "9")], u64::MAX, ReadUntil::Enough, 10..11),
    ] {
        let report = examine(&broker, &topic(pairs, 1), limit);
        assert_eq!(report.read_until, until);
        assert!(
            records.contains(&report.records),
            "{until:?} {}",
            report.records
        );
    }
}

#[test]
fn records_of_another_module_are_soon_enough() {
    let broker = Broker::new(&[]);
    for _ in 0..50 {
        broker
            .state()
            .store((0..1000).map(|n| Record::new(format!("{n}"))).collect());
    }
    let report = examine(&broker, &topic(&[], 1), u64::MAX);
    assert_eq!(
        (report.read_until, report.strange),
        (ReadUntil::Enough, 1.0)
    );
    assert!(
        (10_000..11_000).contains(&report.records),
        "{}",
        report.records
    );
}

/// What is said of a crash is what happens in one.
#[test]
fn the_sessions_that_a_restart_forgets() {
    let mut splits = 0;
    for seed in 0..300 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let pairs = [("gap", "10m"), ("ttl", "20m")];
        let broker = Broker::new(&pairs);
        let count = random.random_range(1..400);
        broker.state().segment = random.random_range(2..40);
        broker.state().look_back = count;
        let mut second = 0;
        for _ in 0..random.random_range(1..60) {
            let events: Vec<String> = (0..random.random_range(1..12))
                .map(|_| {
                    second += random.random_range(0..20);
                    let behind = random.random_range(0..90);
                    event(random.random_range(0..60), (second - behind).max(0))
                })
                .collect();
            broker.events(&events).unwrap();
        }
        let report = examine(&broker, &topic(&pairs, count as u64), u64::MAX);
        let before = broker.sessions();
        broker.restart();
        let after = broker.sessions();
        let time = before
            .iter()
            .map(|(_, session)| session.last)
            .max()
            .unwrap();
        let at_risk = |session: &&(_, sessionize_core::session::Session)| {
            session.1.last >= time - 11 * MINUTE
        };
        let at_risk: Vec<_> = before.iter().filter(at_risk).collect();
        let forgotten = at_risk
            .iter()
            .filter(|known| !after.contains(known))
            .count() as u64;
        assert_eq!(report.event_time, Some(time), "seed {seed}");
        assert_eq!(report.visitors_at_risk, at_risk.len() as u64, "seed {seed}");
        assert_eq!(
            report.look_back_misses, forgotten,
            "seed {seed}: {report:?}"
        );
        assert_eq!(report.crash == Crash::Splits, forgotten > 0, "seed {seed}");
        splits += usize::from(forgotten > 0);
    }
    assert!((50..250).contains(&splits), "{splits} of 300");
}

fn options() -> DoctorOptions {
    DoctorOptions {
        profile: None,
        topic: "sessions".into(),
        within: None,
        limit: 1 << 30,
        timeout: Duration::ZERO,
    }
}

fn looked(server: &Server, options: &DoctorOptions) -> Result<DoctorReport, Error> {
    let cluster = Cluster::of_config(server.config(), "sessions").unwrap();
    run_block_on(look(options, Arc::new(cluster), &Progress::default()))
}

/// Two partitions: one with an event a second for an hour, one without any.
fn server(pairs: &[(&str, &str)]) -> (Server, Vec<Broker>) {
    let brokers: Vec<Broker> = (0..2).map(|_| Broker::new(pairs)).collect();
    let server = Server::start(spec(pairs), brokers.clone());
    (server, brokers)
}

#[test]
fn a_report_for_people() {
    let (server, brokers) = server(&[]);
    brokers[0].events(&seconds(0..3600, 7)).unwrap();
    let report = looked(&server, &options()).unwrap();
    assert_eq!(
        report.to_string(),
        r#"topic sessions: a crash of the broker now would split sessions
warning: a crash now would split up to 6 of 7 live sessions of partition 0: look-back shows only 1 of the last 7 records, which tell them [partition 0]
    `restore: "require"` with `sessionize restore --watch`; or a look-back `count: 2800`
warning: segment-size 1073741824 is not the largest, 4000000000, as `segment-size: 4 GB` under `retention`: look-back ends with the segment in which it begins, and more restarts than necessary restore an old state
note: restore off: a crash under load hides from look-back what was stored in the last moments
    `restore: "require"` with `sessionize restore --watch`
note: about 0.0 % of restarts restore an old state, once a partition has filled a segment: look-back count 1 × 251 bytes a record (as stored) ÷ segment-size 1073741824
note: there are no events to judge by [partition 1]
note: partition 0 takes 100.0 % of the events of 2 partitions [partition 0]
    its heaviest key is the reason; more partitions do not help that key
note: 192.0.2.0 has 14.3 % of the events of partition 0 [partition 0]
    leave it out in front if it is a bot; or make the key finer, as in `key: "ip,user_agent"`

partition  crash now  events/s  at most  visitors in gap  in ttl    late  too late  invalid  bytes  read back       heaviest key
        0     splits       1.0      1.0                7       7  0.00 %    0.00 %   0.00 %    251         1h  192.0.2.0 14.31 %
        1      exact       0.0      0.0                0       0  0.00 %    0.00 %   0.00 %      0         0s

event time is 2001-09-09T02:46:39Z
"#
    );
}

/// The verdict and what was found, without the table.
fn said(report: &DoctorReport) -> String {
    let text = report.to_string();
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_report_for_programs() {
    let (server, brokers) = server(&[]);
    brokers[0].events(&seconds(0..3600, 7)).unwrap();
    let report = looked(&server, &options()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(
        (&json["topic"], &json["crash"]),
        (&"sessions".into(), &"splits".into())
    );
    assert_eq!(json["findings"][0]["level"], "warning");
    assert_eq!(json["findings"][0]["partitions"], serde_json::json!([0]));
    let partition = &json["partitions"][0];
    assert_eq!(partition["look_back_needed"], 7);
    assert_eq!(
        partition["look_back_shown"],
        serde_json::json!([3599, 3600])
    );
    assert_eq!(partition["read_until"], "log_start");
    assert_eq!(json["partitions"][1]["crash"], "exact");
}

#[test]
fn a_module_that_was_not_told() {
    let not_told = [
        (
            "accept",
            r#"topic sessions: a crash of the broker now would split no session
warning: sessions may be split now: the module has not been told its sessions since it started [partition 0, 1]
    run `sessionize restore --topic sessions --watch`
note: restore accept: keep `sessionize restore --watch` running; what comes before it has told the sessions may split them
    alert on its figure sessionize_restore_partitions_waiting: nobody can see from here whether it runs
note: there are no events to judge by [partition 0, 1]"#,
        ),
        (
            "require",
            r#"topic sessions: a crash of the broker now would change nothing, as events are refused already
warning: every event is refused: the module has not been told its sessions since it started [partition 0, 1]
    run `sessionize restore --topic sessions --watch`
note: restore require: keep `sessionize restore --watch` running; until it has told the sessions, every event is refused
    alert on its figure sessionize_restore_partitions_waiting: nobody can see from here whether it runs
note: there are no events to judge by [partition 0, 1]"#,
        ),
    ];
    for (restore, text) in not_told {
        let (server, _) = server(&[("restore", restore)]);
        assert_eq!(said(&looked(&server, &options()).unwrap()), text);
    }
}

#[test]
fn a_module_that_was_told() {
    let (server, brokers) = server(&[("restore", "require")]);
    let nonce = *b"0123456789abcdef";
    for broker in &brokers {
        for mark in [Mark::Begin(nonce), Mark::End(nonce)] {
            let record = Record {
                key: Some(mark.write().into()),
                ..Record::default()
            };
            broker.state().produce(vec![record], None).unwrap();
        }
        broker.events(&seconds(0..3600, 20)).unwrap();
    }
    let report = looked(&server, &options()).unwrap();
    assert_eq!(
        said(&report),
        "topic sessions: a crash of the broker now would split no session\n\
         note: restore require: keep `sessionize restore --watch` running; until it has told the \
         sessions, every event is refused\n    \
         alert on its figure sessionize_restore_partitions_waiting: nobody can see from here \
         whether it runs"
    );
    assert!(
        report
            .partitions
            .iter()
            .all(|part| part.is_told == Some(true))
    );
    // Nothing of what was asked is stored.
    assert_eq!(brokers[0].state().end(), 3600);
}

#[test]
fn topics_that_are_none_of_ours() {
    let (server, brokers) = server(&[]);
    let refused = |topic: Option<TopicSpec>| {
        server.state().topic = topic;
        looked(&server, &options()).unwrap_err()
    };
    let rows = [
        (None, "the cluster has no topic sessions"),
        (
            Some(TopicSpec::default()),
            "topic sessions has no transform; it belongs under `deduplication.filter.transform` of \
             its configuration",
        ),
        (
            Some(spec(&[("spec", "[]")])),
            "topic sessions: unknown parameter `spec` (value `[]`); allowed are `gap`, `max_events`",
        ),
    ];
    for (topic, message) in rows {
        let error = refused(topic).to_string();
        assert!(error.starts_with(message), "{error}");
    }
    brokers[1]
        .state()
        .store(vec![Record::new("?"), Record::new("!")]);
    let error = refused(Some(spec(&[])));
    assert_eq!(
        error.to_string(),
        "topic sessions: none of the 2 records that were read tells of a session; its transform is \
         `sessionize/sessionize@0.1.0`, which is another module or has stored them with other \
         parameters"
    );
    assert_eq!(error.kind(), sessionize_pipeline::error::ErrorKind::Usage);
}

#[test]
fn a_partition_out_of_reach_is_named() {
    let (server, brokers) = server(&[]);
    brokers[1].state().is_down = true;
    let report = looked(&server, &options()).unwrap();
    assert_eq!(report.partitions.len(), 1);
    assert_eq!(report.crash, Crash::Unknown);
    let reason = "connection is closed".into();
    assert_eq!(
        report.failed,
        [FailedPartition {
            partition: 1,
            reason
        }]
    );
}

#[test]
fn a_reach_that_says_nothing_of_a_crash_is_refused() {
    let topic = topic(&[], 1);
    let within = |within| {
        super::within(
            &DoctorOptions {
                within,
                ..options()
            },
            &topic,
        )
    };
    assert_eq!(within(None).unwrap(), 721 * MINUTE);
    assert_eq!(within(Some(31 * MINUTE)).unwrap(), 31 * MINUTE);
    assert_eq!(
        within(Some(31 * MINUTE - 1)).unwrap_err().to_string(),
        "--within must be at least `gap` + `lateness` of the topic's module, which is 1860 s: \
         sessions that a crash may split go back that far"
    );
}
