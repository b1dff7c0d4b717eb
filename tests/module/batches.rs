//! The sessions do not depend on how records are cut into batches or split over partitions.

use std::collections::BTreeMap;

use fluvio_smartmodule::Record;
use harness::batch_job::{by_id, expected_by_id, sessions};
use harness::bounds::Bounds;
use harness::event::Event;
use harness::host::Instance;
use harness::sessionized::Sessionized;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::instance::{event, owned, process, started, texts};

/// Events of a few keys in order of time, with intervals from zero to beyond the gap.
fn log(events: usize) -> Vec<Event> {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut time = 1_700_000_000_000;
    let mut next = |_| {
        time += dice.random_range(0..2_000);
        Event::new(format!("192.0.2.{}", dice.random_range(0..60)), time)
    };
    (0..events).map(&mut next).collect()
}

fn bounds() -> Bounds {
    Bounds {
        gap: 120_000,
        max_events: Some(9),
        max_duration: Some(300_000),
        ttl: 240_000,
        ..Bounds::default()
    }
}

fn records(events: &[Event]) -> Vec<Record> {
    let record = |(n, of): (usize, &Event)| event(&of.key, of.time, &format!("/{n}"));
    events.iter().enumerate().map(record).collect()
}

fn instance() -> Box<dyn Instance> {
    let parameters = bounds().parameters();
    let pairs: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(owned(&pairs), parameters);
    started(&pairs)
}

fn sessionized(records: &[Record], batch: usize) -> Vec<String> {
    let mut instance = instance();
    let mut output = Vec::new();
    for (number, records) in (0..).zip(records.chunks(batch)) {
        output.extend(texts(&process(instance.as_mut(), number, records).records));
    }
    output
}

fn by_session(output: &[String]) -> BTreeMap<String, (i64, u64, u64)> {
    let fields: Vec<Sessionized> = output
        .iter()
        .map(|text| Sessionized::parse(text.as_bytes()).unwrap())
        .collect();
    by_id(&fields)
}

#[test]
fn batches_of_any_size_have_the_same_output() {
    let events = log(5_000);
    let records = records(&events);
    let whole = sessionized(&records, 5_000);
    assert_eq!(whole.len(), 5_000);
    assert_eq!(
        by_session(&whole),
        expected_by_id(&sessions(&events, &bounds()))
    );
    let cuts = whole
        .iter()
        .filter(|text| !text.contains(r#""session_cut":null"#))
        .count();
    assert!(cuts > 500, "{cuts} sessions");
    for batch in [1, 2, 7, 100, 1_000, 4_999] {
        assert!(sessionized(&records, batch) == whole, "batches of {batch}");
    }
}

#[test]
fn one_partition_or_four_have_the_same_sessions() {
    let events = log(8_000);
    let one = by_session(&sessionized(&records(&events), 100));
    let mut four = BTreeMap::new();
    for partition in 0..4 {
        let of_key =
            |event: &&Event| event.key.bytes().map(usize::from).sum::<usize>() % 4 == partition;
        let events: Vec<Event> = events.iter().filter(of_key).cloned().collect();
        four.extend(by_session(&sessionized(&records(&events), 100)));
    }
    assert_eq!(one, four);
}
