use fluvio::Compression;
use fluvio_future::task::run_block_on;

use super::*;
use crate::testing::Broker;

/// A broker that has stored `batches` batches of 10 numbered records, each of some bytes.
fn broker(batches: usize, segment: usize, compression: Compression) -> Broker {
    let broker = Broker::new(&[]);
    let mut state = broker.state();
    state.segment = segment;
    state.compression = compression;
    for batch in 0..batches {
        let records = (0..10).map(|i| Record::new(format!("{:0100}", batch * 10 + i)));
        state.store(records.collect());
    }
    drop(state);
    broker
}

/// Reads from one offset to another, and returns the numbers of the records.
fn read(broker: &Broker, from: i64, to: i64, max_bytes: u32) -> (Result<Read, Failure>, Vec<i64>) {
    let mut link = broker.link();
    let mut numbers = Vec::new();
    let read = run_block_on(
        Tail::with_answers_of(&mut link, max_bytes).read(from, to, |record| {
            numbers.push(record.value.as_str().unwrap().parse().unwrap());
        }),
    );
    (read, numbers)
}

#[test]
fn every_record_is_read_once_whatever_the_answers_are() {
    let codecs = [
        Compression::None,
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ];
    for codec in codecs {
        for segment in [1, 3, usize::MAX] {
            let broker = broker(12, segment, codec);
            for max_bytes in [70, 1000, 1500, 2500, 100_000] {
                for (from, to) in [(0, 120), (0, 1), (5, 15), (29, 31), (110, 120), (7, 7)] {
                    let (read, numbers) = read(&broker, from, to, max_bytes);
                    let expected: Vec<i64> = (from..to).collect();
                    let place = format!("{codec} {segment} {max_bytes} {from}..{to}");
                    assert_eq!(numbers, expected, "{place}");
                    assert_eq!(read.unwrap().records, (to - from) as u64, "{place}");
                }
            }
        }
    }
}

#[test]
fn a_batch_that_is_larger_than_an_answer_is_asked_for_as_a_whole() {
    let broker = broker(2, usize::MAX, Compression::None);
    let (_, numbers) = read(&broker, 0, 20, 100);
    assert_eq!(numbers.len(), 20);
    let asked = broker.state().most_asked;
    assert!((1000..2000).contains(&asked), "{asked}");
}

#[test]
fn the_end_is_that_of_the_log_and_not_the_high_watermark() {
    for segment in [1, 2, usize::MAX] {
        for lag in [0, 1, 25, 120, 1000] {
            for max_bytes in [70, 1500, 100_000] {
                let broker = broker(12, segment, Compression::None);
                broker.state().lag = lag;
                let mut link = broker.link();
                let mut tail = Tail::with_answers_of(&mut link, max_bytes);
                let bounds = run_block_on(tail.bounds()).unwrap();
                assert_eq!(bounds, (0, 120), "{segment} {lag} {max_bytes}");
            }
        }
    }
}

#[test]
fn an_empty_log_ends_where_it_begins() {
    let broker = broker(0, 1, Compression::None);
    let mut link = broker.link();
    assert_eq!(run_block_on(Tail::new(&mut link).bounds()), Ok((0, 0)));
    assert_eq!(read(&broker, 0, 0, 100).1, Vec::<i64>::new());
}

#[test]
fn what_is_evicted_meanwhile_is_left_out() {
    let broker = broker(12, 4, Compression::None);
    broker.state().evict();
    let (got, numbers) = read(&broker, 0, 120, 1500);
    assert_eq!(numbers, (40..120).collect::<Vec<i64>>());
    assert_eq!(got.unwrap().damaged, 0);
}

#[test]
fn a_log_that_has_become_shorter_is_an_error() {
    let broker = broker(2, 4, Compression::None);
    let (got, _) = read(&broker, 0, 25, 1500);
    assert_eq!(got, Err(Failure::Gone(20, 25)));
}

#[test]
fn a_damaged_batch_is_left_out_and_counted() {
    let broker = broker(3, usize::MAX, Compression::Gzip);
    broker.state().damage(1);
    let (got, numbers) = read(&broker, 0, 30, 100_000);
    let expected: Vec<i64> = (0..10).chain(20..30).collect();
    assert_eq!(numbers, expected);
    let got = got.unwrap();
    assert_eq!((got.records, got.damaged), (20, 10));
}

#[test]
fn the_beginnings_of_segments_show() {
    // Three batches of ten records in each segment; whatever the answers are, and where they begin.
    for (max_bytes, from) in [(2500, 0), (2500, 7), (100_000, 29), (100_000, 0)] {
        let broker = broker(8, 3, Compression::None);
        let mut link = broker.link();
        let mut tail = Tail::with_answers_of(&mut link, max_bytes);
        run_block_on(tail.read(from, 80, |_| {})).unwrap();
        let segments: Vec<i64> = tail.segments().iter().copied().collect();
        assert_eq!(segments, [30, 60, 80], "{max_bytes} {from}");
    }
}
