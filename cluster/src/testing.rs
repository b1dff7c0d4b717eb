//! A partition in memory, whose instance of the module is the core's own session rule.

pub(crate) mod server;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use fluvio::Compression;
use fluvio_protocol::link::ErrorCode;
use fluvio_protocol::record::{Batch, RawRecords, Record, RecordData, RecordSet};
use fluvio_protocol::{Decoder, Encoder};
use sessionize_core::event;
use sessionize_core::key::Key;
use sessionize_core::parameters::Parameters;
use sessionize_core::session::Session;
use sessionize_core::sessionizer::{Outcome, Sessionizer};

use crate::failure::Failure;
use crate::partition::{Leaders, Offsets, Partition};

/// A broker with one partition.
#[derive(Clone)]
pub(crate) struct Broker(Arc<Mutex<State>>);

pub(crate) struct State {
    /// Whether records are stored as they are, as in a topic without a module.
    pub(crate) is_plain: bool,
    parameters: Parameters,
    instance: Sessionizer,
    /// The stored batches, encoded, with their first offset and their number of records.
    segments: VecDeque<Vec<(i64, i64, Vec<u8>)>>,
    /// Batches of a segment.
    pub(crate) segment: usize,
    pub(crate) compression: Compression,
    /// How far the high watermark is behind the log's end.
    pub(crate) lag: i64,
    /// After so many more requests, before the next one, the broker restarts.
    pub(crate) restart_in: Option<u32>,
    /// How many records a new instance looks back at, as the parameter of the topic says it.
    pub(crate) look_back: i64,
    /// After so many more requests, the one who sends them is gone.
    pub(crate) client_dies_in: Option<u32>,
    /// Whether connections end when the broker restarts.
    pub(crate) hangs_up: bool,
    /// Whether connections are refused.
    pub(crate) is_down: bool,
    /// Counts the restarts.
    life: u32,
    /// The most bytes that an answer was asked to have.
    pub(crate) most_asked: u32,
    /// Batches that were stored or dropped whole.
    pub(crate) produced: Vec<Vec<Record>>,
}

/// A connection to the broker.
pub(crate) struct Link {
    broker: Broker,
    life: u32,
}

impl Broker {
    pub(crate) fn new(pairs: &[(&str, &str)]) -> Self {
        let parameters = Parameters::from_pairs(pairs.iter().copied()).unwrap();
        Self(Arc::new(Mutex::new(State {
            is_plain: false,
            instance: Sessionizer::new(&parameters),
            parameters,
            segments: VecDeque::from([Vec::new()]),
            segment: usize::MAX,
            compression: Compression::None,
            lag: 0,
            restart_in: None,
            look_back: 0,
            client_dies_in: None,
            hangs_up: false,
            is_down: false,
            life: 0,
            most_asked: 0,
            produced: Vec::new(),
        })))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn parameters(&self) -> Parameters {
        self.state().parameters.clone()
    }

    pub(crate) fn link(&self) -> Link {
        Link {
            broker: self.clone(),
            life: self.state().life,
        }
    }

    pub(crate) fn restart(&self) {
        self.state().restart();
    }

    /// A producer's batch of events, as they come out. `None` if it is refused.
    pub(crate) fn events(&self, events: &[String]) -> Option<Vec<String>> {
        let records = events.iter().map(|event| Record::new(event.as_str()));
        self.state().produce(records.collect(), None).ok()?;
        let state = self.state();
        let (_, _, bytes) = state.batches_from(state.end() - 1).next().unwrap();
        let text = |record: Record| record.value.as_utf8_lossy_string().into_owned();
        Some(decoded(bytes).into_iter().map(text).collect())
    }

    /// The sessions that the instance knows.
    pub(crate) fn sessions(&self) -> Vec<(Key, Session)> {
        let mut sessions: Vec<_> = self.state().instance.sessions().collect();
        sessions.sort_unstable_by_key(|(key, _)| *key);
        sessions
    }
}

impl State {
    fn restart(&mut self) {
        self.instance = Sessionizer::new(&self.parameters);
        self.life += 1;
        let end = self.end() - self.lag;
        let begin = end - self.look_back;
        // As brokers do: to the high watermark, and no further than the segment goes.
        let shown: Vec<Record> = self
            .batches_from(begin.max(self.start()))
            .flat_map(|(base, _, bytes)| (*base..).zip(decoded(bytes)))
            .filter(|(offset, _)| (begin..end).contains(offset))
            .map(|(_, record)| record)
            .collect();
        for record in shown {
            let key = record.key.as_ref().map(AsRef::as_ref);
            self.instance.look_back(key, record.value.as_ref());
        }
    }

    /// The batches from the one on that holds an offset, up to the end of its segment.
    fn batches_from(&self, offset: i64) -> impl Iterator<Item = &(i64, i64, Vec<u8>)> {
        let holds = move |(base, count, _): &(i64, i64, Vec<u8>)| base + count > offset;
        let segment = self
            .segments
            .iter()
            .find(|segment| segment.iter().any(holds));
        segment
            .into_iter()
            .flatten()
            .skip_while(move |batch| !holds(batch))
    }

    /// What the broker does with a batch.
    pub(crate) fn produce(
        &mut self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> Result<i64, Failure> {
        if self.is_plain {
            let offset = self.end();
            self.store(records);
            return Ok(offset);
        }
        self.instance.begin_batch(appended);
        let mut stored = Vec::new();
        for record in &records {
            let record = event::Record {
                key: record.key.as_ref().map(AsRef::as_ref),
                value: record.value.as_ref(),
                append_time: appended.map(|at| at + record.timestamp_delta()),
            };
            match self.instance.process(&record) {
                Outcome::Emit { key, value } => stored.push(Record {
                    key: key.map(RecordData::from),
                    value: RecordData::from(value.concat()),
                    ..Record::default()
                }),
                Outcome::Drop => {}
                Outcome::Fail(_) => return Err(Failure::Refused),
            }
        }
        self.produced.push(records);
        let offset = self.end();
        if !stored.is_empty() {
            self.store(stored);
        }
        Ok(offset)
    }

    /// Stores records as they are.
    pub(crate) fn store(&mut self, records: Vec<Record>) {
        self.store_batch(Batch::from(records));
    }

    /// Stores a batch as it is.
    pub(crate) fn store_batch(&mut self, mut batch: Batch) {
        let count = batch.records().len() as i64;
        batch.set_base_offset(self.end());
        batch.get_mut_header().set_compression(self.compression);
        let batch = Batch::<RawRecords>::try_from(batch).unwrap();
        let batch = (self.end(), count, batch.as_bytes(0).unwrap().to_vec());
        if self.segments.back().unwrap().len() >= self.segment {
            self.segments.push_back(Vec::new());
        }
        self.segments.back_mut().unwrap().push(batch);
    }

    /// Exchanges the latest two batches, as two producers may have them stored.
    pub(crate) fn swap_latest(&mut self) {
        let segment = self.segments.back_mut().unwrap();
        let Some(at) = segment.len().checked_sub(2) else {
            return;
        };
        segment.swap(at, at + 1);
        let mut offset = segment[at].0.min(segment[at + 1].0);
        for (base, count, bytes) in &mut segment[at..] {
            *base = offset;
            bytes[..8].copy_from_slice(&offset.to_be_bytes());
            offset += *count;
        }
    }

    /// Has a stored batch lose its end.
    pub(crate) fn damage(&mut self, index: usize) {
        let (_, _, bytes) = &mut self.segments.back_mut().unwrap()[index];
        let content = bytes.split_off(80);
        // The length in its header holds, and what is missing is zeros.
        bytes.extend(content.iter().map(|_| 0xFF));
    }

    /// The oldest segment is deleted.
    pub(crate) fn evict(&mut self) {
        self.segments.pop_front();
    }

    pub(crate) fn start(&self) -> i64 {
        let first = self.segments.iter().flatten().next();
        first.map_or(0, |(base, ..)| *base)
    }

    pub(crate) fn end(&self) -> i64 {
        let last = self.segments.iter().flatten().next_back();
        last.map_or(0, |(base, count, _)| base + count)
    }

    fn fetch(&mut self, offset: i64, max_bytes: u32) -> Result<Vec<Batch<RawRecords>>, Failure> {
        self.most_asked = self.most_asked.max(max_bytes);
        if offset > self.end() {
            return Err(Failure::Broker(ErrorCode::Other("beyond the end".into())));
        }
        if offset < self.start() {
            let start = self.start();
            return Err(Failure::Evicted { start });
        }
        let mut bytes = Vec::new();
        for (_, _, batch) in self.batches_from(offset) {
            if bytes.len() >= max_bytes as usize {
                break;
            }
            bytes.extend_from_slice(batch);
        }
        bytes.truncate(max_bytes as usize);
        let mut answer = (bytes.len() as i32).to_be_bytes().to_vec();
        answer.extend(bytes);
        let set = RecordSet::<RawRecords>::decode_from(&mut answer.as_slice(), 0).unwrap();
        Ok(set.batches)
    }
}

/// The records of a stored batch.
fn decoded(mut batch: &[u8]) -> Vec<Record> {
    let batch = Batch::<RawRecords>::decode_from(&mut batch, 0).unwrap();
    batch.memory_records().unwrap()
}

impl Link {
    fn state(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let mut state = self.broker.state();
        match &mut state.restart_in {
            Some(0) => {
                state.restart_in = None;
                state.restart();
            }
            Some(more) => *more -= 1,
            None => {}
        }
        match &mut state.client_dies_in {
            Some(0) => return Err(Failure::Connection("the client is gone".into())),
            Some(more) => *more -= 1,
            None => {}
        }
        if state.is_down || state.hangs_up && state.life != self.life {
            return Err(Failure::Connection("connection is closed".into()));
        }
        Ok(state)
    }
}

impl Partition for Link {
    fn is_there(&self) -> bool {
        let state = self.broker.state();
        !state.is_down && (!state.hangs_up || state.life == self.life)
    }

    async fn offsets(&mut self) -> Result<Offsets, Failure> {
        let state = self.state()?;
        Ok(Offsets {
            start: state.start(),
            high_watermark: (state.end() - state.lag).max(state.start()),
        })
    }

    async fn fetch(
        &mut self,
        offset: i64,
        max_bytes: u32,
    ) -> Result<Vec<Batch<RawRecords>>, Failure> {
        self.state()?.fetch(offset, max_bytes)
    }

    async fn produce_at(
        &mut self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> Result<i64, Failure> {
        self.state()?.produce(records, appended)
    }
}

impl Leaders for Broker {
    type Partition = Link;

    async fn connect(&self, _: u32) -> Result<Link, Failure> {
        if self.state().is_down {
            return Err(Failure::Connection("connection refused".into()));
        }
        Ok(self.link())
    }
}

/// An event of a visitor at a second.
pub(crate) fn event(visitor: u32, second: i64) -> String {
    format!(
        r#"{{"ip":"192.0.2.{visitor}","timestamp":{}}}"#,
        1_000_000_000 + second
    )
}
