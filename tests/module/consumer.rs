//! A consumer's stream over 100,000 events, with the response size of Fluvio's consumers.

use std::collections::HashMap;

use anyhow::Result;
use fluvio_smartmodule::{Record, RecordData};
use harness::broker::{NO_TIMESTAMP, Partition, StoredBatch, Stream};
use harness::event::Event;
use harness::host::{Engine, Host, Instance, Processed, raw};
use harness::sessionized::Sessionized;

const EVENTS: usize = 100_000;
const BATCH: usize = 500;

/// The default `max_bytes` of a consumer.
const MAX_BYTES: usize = 1_048_576;

fn topic() -> Partition {
    let mut partition = Partition::default();
    let records: Vec<Record> = (0..EVENTS)
        .map(|n| {
            let event = Event::new(format!("192.0.2.{}", n % 250), 1_700_000_000_000 + n as i64);
            Record::new(RecordData::from(event.json()))
        })
        .collect();
    for records in records.chunks(BATCH) {
        partition.append(StoredBatch::produced(NO_TIMESTAMP, records.to_vec()));
    }
    partition
}

/// Returns how many running counts were wrong, and how many batches were presented again.
fn consume(host: &dyn Host) -> (usize, usize) {
    let partition = topic();
    let parameters = [("max_events".to_owned(), "none".to_owned())];
    let mut stream = Stream::open(host, &parameters, &partition, 0, None, MAX_BYTES).unwrap();
    let mut counts: HashMap<String, u64> = HashMap::new();
    let (mut wrong, mut again, mut records) = (0, 0, 0);
    while stream.offset() < partition.high_watermark() {
        let response = stream.fetch(&partition).unwrap();
        assert_eq!(response.skipped, 0);
        again += response.presented_again;
        for record in response.records {
            let value = record.value.as_ref();
            let count = counts
                .entry(Event::parse(value, None).unwrap().key)
                .or_default();
            *count += 1;
            records += 1;
            wrong += usize::from(Sessionized::parse(value).unwrap().events != *count);
        }
    }
    assert_eq!(records, EVENTS);
    (wrong, again)
}

#[test]
fn no_count_is_wrong_in_a_stream_that_presents_batches_twice() {
    let (wrong, again) = consume(&Engine::new().unwrap());
    assert_eq!(wrong, 0);
    assert!(again > 10, "{again} batches presented again");
}

/// The same module without its undo: an empty batch follows each one, so no batch is ever presented
/// while it is still the latest.
struct WithoutUndo(Engine);

struct InstanceWithoutUndo(Box<dyn Instance>);

impl Host for WithoutUndo {
    fn start(&self, parameters: &[(String, String)]) -> Result<Box<dyn Instance>> {
        Ok(Box::new(InstanceWithoutUndo(self.0.start(parameters)?)))
    }
}

impl Instance for InstanceWithoutUndo {
    fn process(&mut self, batch: Vec<u8>, offset: i64, timestamp: i64) -> Result<Processed> {
        let processed = self.0.process(batch, offset, timestamp)?;
        self.0.process(raw(&Vec::new())?, offset, timestamp)?;
        Ok(processed)
    }

    fn look_back(&mut self, records: Vec<Record>) -> Result<()> {
        self.0.look_back(records)
    }
}

#[test]
fn without_the_undo_most_counts_are_wrong() {
    let (wrong, _) = consume(&WithoutUndo(Engine::new().unwrap()));
    assert!(wrong > EVENTS / 2, "{wrong} wrong counts");
}
