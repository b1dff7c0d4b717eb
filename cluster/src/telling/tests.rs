mod simulation;

use fluvio::Compression;
use fluvio_future::task::run_block_on;

use super::*;
use crate::testing::{Broker, event};

/// Sessions are live for 100 s, and the event time may be 50 s ahead of an event.
const SHORT: &[(&str, &str)] = &[
    ("gap", "30s"),
    ("ttl", "50s"),
    ("lateness", "50s"),
    ("max_events", "4"),
    ("restore", "require"),
];

/// Small chunks, so that a telling takes many.
const SMALL: Chunks = Chunks {
    least: 7,
    bytes: 10_000,
};

fn tell_by(broker: &Broker, nonce: u8, chunks: Chunks, within: i64) -> Result<Told, Failure> {
    let parameters = broker.parameters();
    let figures = Figures::default();
    let reach = Reach::of(&parameters).within(within);
    let mut teller = Teller::new(&parameters, reach, &figures);
    teller.chunks = chunks;
    let told = run_block_on(teller.tell(&mut broker.link(), [nonce; 16]));
    if let Ok(told) = told {
        assert_eq!(figures.sessions.get(), told.sessions);
        assert_eq!(figures.passed_over.get(), told.passed_over);
        assert_eq!(figures.read.get(), told.read);
    }
    told
}

fn tell(broker: &Broker, nonce: u8) -> Result<Told, Failure> {
    tell_by(broker, nonce, CHUNKS, i64::MAX)
}

fn asked(broker: &Broker) -> bool {
    run_block_on(is_told(&mut broker.link())).unwrap()
}

#[test]
fn an_empty_partition_is_told_at_once() {
    let broker = Broker::new(&[("restore", "require")]);
    assert!(!asked(&broker));
    assert_eq!(broker.events(&[event(1, 0)]), None);
    let told = tell(&broker, 1).unwrap();
    assert_eq!((told.sessions, told.read, told.passed_over), (0, 0, 0));
    assert!(asked(&broker));
    assert!(broker.events(&[event(1, 0)]).is_some());
    assert_eq!(broker.state().end(), 1, "nothing of the telling is stored");
}

#[test]
fn what_is_told_is_what_was_known() {
    let pairs: [&[(&str, &str)]; 3] = [&[], &[("id", "hash")], &[("prefix", "s.")]];
    for pairs in pairs {
        for compression in [Compression::None, Compression::Zstd] {
            let broker = Broker::new(&[pairs, &[("restore", "require")]].concat());
            broker.state().compression = compression;
            tell(&broker, 0).unwrap();
            broker.state().segment = 7;
            for i in 0..30 {
                let events: Vec<String> = (0..100)
                    .map(|n| event((i * 7 + n) % 200, i64::from(i) * 60))
                    .collect();
                broker.events(&events).unwrap();
            }
            let known = broker.sessions();
            broker.restart();
            let told = tell(&broker, 1).unwrap();
            assert_eq!(broker.sessions(), known);
            assert_eq!((told.sessions, told.read, told.passed_over), (200, 3000, 0));
        }
    }
}

#[test]
fn other_records_are_passed_over_and_counted() {
    let broker = Broker::new(&[("restore", "require")]);
    tell(&broker, 0).unwrap();
    broker.events(&[event(1, 0), event(2, 0)]).unwrap();
    let known = broker.sessions();
    // Not sessionized; with another prefix; damaged; of another form of id.
    broker.events(&["no event".into()]).unwrap();
    for pairs in [[("prefix", "other_")], [("id", "hash")]] {
        let other = Broker::new(&pairs);
        let stored = other.events(&[event(3, 5)]).unwrap();
        let record = Record::new(stored.concat());
        broker.state().store(vec![record]);
    }
    broker.state().store(vec![Record::new("")]);
    broker.restart();
    let told = tell(&broker, 1).unwrap();
    assert_eq!((told.sessions, told.read, told.passed_over), (2, 6, 4));
    assert_eq!(broker.sessions(), known);
}

#[test]
fn whoever_began_with_another_instance_cannot_end() {
    let broker = Broker::new(&[("restore", "require")]);
    tell(&broker, 0).unwrap();
    let events: Vec<String> = (0..250).map(|visitor| event(visitor % 200, 0)).collect();
    broker.events(&events).unwrap();
    let known = broker.sessions();
    // The begin mark, two requests for the log's end, one chunk, a batch of sessions, the end mark.
    for requests in 1..=5 {
        broker.restart();
        broker.state().restart_in = Some(requests);
        assert_eq!(tell(&broker, 1), Err(Failure::Replaced), "{requests}");
        assert!(!asked(&broker), "{requests}");
        assert_eq!(broker.events(&[event(1, 0)]), None, "{requests}");
        tell(&broker, 2).unwrap();
        assert_eq!(broker.sessions(), known, "{requests}");
    }
}

#[test]
fn several_tellers_do_no_harm() {
    let broker = Broker::new(&[("restore", "require")]);
    tell(&broker, 0).unwrap();
    broker.events(&[event(1, 0), event(2, 0)]).unwrap();
    broker.restart();
    // One is interrupted behind its begin mark; another one comes to its end.
    let mut slow = broker.link();
    let begin = marked(Mark::Begin([7; 16]));
    run_block_on(slow.produce(vec![begin])).unwrap();
    tell(&broker, 1).unwrap();
    broker.events(&[event(1, 10), event(3, 10)]).unwrap();
    let known = broker.sessions();
    // The first one tells what it read before that event.
    let old = broker.state().produced.iter().flatten().find_map(|r| {
        let key = r.key.as_ref()?;
        matches!(Mark::read(key), Some(Mark::Session(b"192.0.2.1"))).then(|| r.clone())
    });
    run_block_on(slow.produce(vec![old.unwrap()])).unwrap();
    run_block_on(slow.produce(vec![marked(Mark::End([7; 16]))])).unwrap();
    assert_eq!(broker.sessions(), known);
    // And once more from the beginning.
    tell(&broker, 2).unwrap();
    assert_eq!(broker.sessions(), known);
}

#[test]
fn batches_have_at_most_1000_records_and_500_kb() {
    let broker = Broker::new(&[("restore", "accept")]);
    let padding = "x".repeat(2000);
    let visitors = |range: std::ops::Range<u32>, padding: &str| -> Vec<String> {
        let visitor = |n| {
            format!(
                r#"{{"ip":"10.0.{}.{}","timestamp":1,"p":"{padding}"}}"#,
                n / 256,
                n % 256
            )
        };
        range.map(visitor).collect()
    };
    for range in [0..2500, 2500..3000] {
        broker.events(&visitors(range, "")).unwrap();
    }
    broker.events(&visitors(3000..4000, &padding)).unwrap();
    broker
        .events(&visitors(5000..5001, &"x".repeat(600_000)))
        .unwrap();
    broker.restart();
    broker.state().produced.clear();
    assert_eq!(tell(&broker, 1).unwrap().sessions, 4001);
    let state = broker.state();
    let (begin, rest) = state.produced.split_first().unwrap();
    let (end, told) = rest.split_last().unwrap();
    assert_eq!((begin.len(), end.len()), (1, 1));
    assert_eq!(told.iter().map(Vec::len).sum::<usize>(), 4001);
    for batch in told {
        let bytes: usize = batch.iter().map(|r| r.value.len()).sum();
        assert!(batch.len() <= 1000, "{}", batch.len());
        assert!(bytes <= 500_000 || batch.len() == 1, "{bytes}");
    }
    assert!(told.len() < 20, "{}", told.len());
}

#[test]
fn reading_ends_where_nothing_can_be_live() {
    let broker = Broker::new(SHORT);
    tell(&broker, 0).unwrap();
    // One event per second. Sessions reach back 100 s, and one has to read twice as far.
    for second in 0..2000 {
        broker
            .events(&[event(second % 250, second.into())])
            .unwrap();
    }
    // What is no longer live may not have been forgotten yet.
    let mut known = broker.sessions();
    known.retain(|(_, session)| session.last >= 1_000_001_899_000);
    assert_eq!(known.len(), 101);
    broker.restart();
    let told = tell_by(&broker, 1, SMALL, i64::MAX).unwrap();
    assert_eq!(broker.sessions(), known);
    assert_eq!(told.sessions, 101);
    // 200 events, to the end of their chunk, and two chunks of about 30 events more.
    assert!((240..=300).contains(&told.read), "{}", told.read);
}

#[test]
fn reading_may_be_bounded() {
    let broker = Broker::new(&[("restore", "require")]);
    tell(&broker, 0).unwrap();
    // One event per minute. Everybody comes back after 40 minutes.
    for minute in 0..2000 {
        broker
            .events(&[event(minute % 40, i64::from(minute) * 60)])
            .unwrap();
    }
    for (within, read) in [
        (31, 60..=120),
        (120, 150..=220),
        (i64::MAX / 60_000, 1480..=1550),
    ] {
        broker.restart();
        let told = tell_by(&broker, 1, SMALL, within * 60_000).unwrap();
        assert_eq!(told.sessions, 40, "{within}");
        assert!(read.contains(&told.read), "{within}: {}", told.read);
    }
}

#[test]
fn a_fragment_does_not_end_the_reading() {
    let broker = Broker::new(SHORT);
    tell(&broker, 0).unwrap();
    broker.events(&[event(1, 10_000)]).unwrap();
    let fragments: Vec<String> = (0..5000).map(|n| event(2, n)).collect();
    broker.events(&fragments).unwrap();
    let known = broker.sessions();
    assert_eq!(known.len(), 1);
    broker.restart();
    assert_eq!(tell(&broker, 1).unwrap().sessions, 1);
    assert_eq!(broker.sessions(), known);
}

#[test]
fn the_event_time_is_told_even_if_its_visitor_has_another_session_since() {
    let broker = Broker::new(SHORT);
    tell(&broker, 0).unwrap();
    // The visitor's session is full, and the late event begins another one, which ends earlier.
    for second in [1000, 1010, 1020, 1030, 1005] {
        broker.events(&[event(1, second)]).unwrap();
    }
    broker.restart();
    let told = tell(&broker, 1).unwrap();
    assert_eq!(told.sessions, 2);
    // It is 101 s behind the event time of 1030, and 76 s behind the time of its session.
    let late = broker.events(&[event(2, 929)]).unwrap();
    assert!(late[0].contains(r#""session_late":true"#), "{late:?}");
}
