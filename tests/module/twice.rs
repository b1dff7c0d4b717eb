//! A batch that is presented twice in a row is counted once.

use fluvio_smartmodule::Record;
use harness::host::Instance;
use harness::sessionized::Sessionized;

use crate::instance::{event, process, started, texts};

fn counts(output: &[Record]) -> Vec<u64> {
    let count = |text: &String| Sessionized::parse(text.as_bytes()).unwrap().events;
    texts(output).iter().map(count).collect()
}

fn batch(first: i64) -> Vec<Record> {
    [0, 1]
        .map(|n| event("192.0.2.1", 1_700_000_000_000 + first + n, "/"))
        .into()
}

fn present(instance: &mut dyn Instance, offset: i64, records: &[Record]) -> Vec<u64> {
    counts(&process(instance, offset, records).records)
}

#[test]
fn the_latest_batch_again_is_counted_once() {
    let mut module = started(&[]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [1, 2]);
    for _ in 0..3 {
        assert_eq!(present(module.as_mut(), 2, &batch(2)), [3, 4]);
    }
    assert_eq!(present(module.as_mut(), 4, &batch(4)), [5, 6]);
}

/// A producer's requests all have base offset 0. Of two equal batches with several records, the
/// second counts as the first, sent again.
#[test]
fn a_producer_that_tries_again_is_counted_once() {
    let mut module = started(&[]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [1, 2]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [1, 2]);
    assert_eq!(present(module.as_mut(), 0, &batch(2)), [3, 4]);
}

/// `fluvio produce` sends each line of its standard input as a batch of its own, and a source
/// connector does so with each record.
#[test]
fn equal_lines_that_a_producer_sends_one_by_one_are_all_counted() {
    let mut module = started(&[]);
    let line = &batch(0)[..1];
    for count in 1..=20 {
        assert_eq!(present(module.as_mut(), 0, line), [count]);
    }
}

/// In a stream the offset distinguishes equal events. Any batch but the first may be presented
/// again.
#[test]
fn a_single_record_that_a_stream_presents_again_is_counted_once() {
    let mut module = started(&[]);
    let line = &batch(0)[..1];
    assert_eq!(present(module.as_mut(), 0, line), [1]);
    for _ in 0..3 {
        assert_eq!(present(module.as_mut(), 1, line), [2]);
    }
    assert_eq!(present(module.as_mut(), 2, line), [3]);
}

#[test]
fn the_same_records_at_another_offset_are_others() {
    let mut module = started(&[]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [1, 2]);
    assert_eq!(present(module.as_mut(), 2, &batch(0)), [3, 4]);
}

#[test]
fn an_older_batch_again_can_not_be_told_from_a_new_one() {
    let mut module = started(&[]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [1, 2]);
    assert_eq!(present(module.as_mut(), 2, &batch(2)), [3, 4]);
    assert_eq!(present(module.as_mut(), 0, &batch(0)), [5, 6]);
}

/// The undo takes back everything: sessions that were opened, replaced or evicted, and the event
/// time.
#[test]
fn cuts_evictions_and_event_time_are_taken_back() {
    let parameters = [
        ("gap", "10ms"),
        ("ttl", "20ms"),
        ("lateness", "0s"),
        ("max_keys", "2"),
    ];
    let mut module = started(&parameters);
    let at = |ip, time: i64| event(ip, 1_700_000_000_000 + time, "/");
    let first = [at("192.0.2.1", 0), at("192.0.2.2", 1)];
    let second = [
        at("192.0.2.1", 11),
        at("192.0.2.3", 12),
        at("192.0.2.4", 500),
    ];
    process(module.as_mut(), 0, &first);
    let once = texts(&process(module.as_mut(), 2, &second).records);
    assert!(
        once[0].contains(r#""session_previous":"192.0.2.1-1700000000000""#),
        "{}",
        once[0]
    );
    for _ in 0..2 {
        assert_eq!(texts(&process(module.as_mut(), 2, &second).records), once);
    }
}
