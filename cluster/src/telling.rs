//! Telling an instance of the module its sessions.

use std::time::{Duration, Instant};

use fluvio_protocol::record::{Record, RecordData};
use sessionize_core::parameters::Parameters;
use sessionize_core::restore::{Mark, Nonce};

use crate::failure::Failure;
use crate::figures::Figures;
use crate::partition::Partition;
use crate::tail::{Read, Tail};
use crate::words::{Event, LastWords, Reach};

/// Most records of a batch, and most bytes of its keys and values. A batch of that size takes the
/// module some milliseconds.
const BATCH_RECORDS: usize = 1000;
const BATCH_BYTES: usize = 500_000;

/// How much is read at once, before it is known whether that is enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunks {
    /// Records of the first chunk, and of the smallest one.
    pub(crate) least: i64,
    /// Bytes of the others, roughly. Several answers: the last one of each goes on into the chunk
    /// behind. Two chunks more are read than necessary.
    pub(crate) bytes: u64,
}

pub(crate) const CHUNKS: Chunks = Chunks {
    least: 1000,
    bytes: 4 << 20,
};

impl Chunks {
    /// Records of the next chunk, if they are as large as those that were read.
    pub(crate) fn next(self, read: &Read) -> i64 {
        let size = (read.bytes / read.records.max(1)).max(1);
        self.least.max((self.bytes / size) as i64)
    }
}

/// How the sessions of a topic's partitions are told.
pub struct Teller<'a> {
    parameters: &'a Parameters,
    reach: Reach,
    figures: &'a Figures,
    chunks: Chunks,
}

/// What an instance was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Sessions of live visitors.
    pub sessions: u64,
    /// Records that were read for it.
    pub read: u64,
    /// Records among them that tell nothing: damaged ones, ones that could not be sessionized, and
    /// ones with other parameters.
    pub passed_over: u64,
    /// How long it took.
    pub took: Duration,
}

/// Whether a partition's instance has been told its sessions.
///
/// # Errors
///
/// When the partition does not answer.
pub async fn is_told(partition: &mut impl Partition) -> Result<bool, Failure> {
    match partition.produce(vec![marked(Mark::Probe)]).await {
        Ok(_) => Ok(true),
        Err(Failure::Refused) => Ok(false),
        Err(failure) => Err(failure),
    }
}

impl<'a> Teller<'a> {
    /// Tells what modules with these parameters have stored. Partitions are read back as far as
    /// `reach`, and it all is counted in `figures`.
    pub fn new(parameters: &'a Parameters, reach: Reach, figures: &'a Figures) -> Self {
        Self {
            parameters,
            reach,
            figures,
            chunks: CHUNKS,
        }
    }

    /// Tells a partition's instance its sessions. `nonce` has never been used before.
    ///
    /// # Errors
    ///
    /// When the partition does not answer. [`Failure::Replaced`] when it has got another instance
    /// meanwhile: then all has to be told anew.
    pub async fn tell(
        &self,
        partition: &mut impl Partition,
        nonce: Nonce,
    ) -> Result<Told, Failure> {
        let began = Instant::now();
        // The begin mark comes before the look for the log's end. If the instance still knows it
        // when all is told, nothing was stored behind the end while it waited.
        partition.produce(vec![marked(Mark::Begin(nonce))]).await?;
        let (words, read) = self.listen(partition).await?;
        let passed_over = read.1 + words.passed_over();
        let live = words.live();
        let sessions = live.len() as u64;
        for batch in batches(live) {
            let count = batch.len() as u64;
            partition.produce(batch).await?;
            self.figures.sessions.inc_by(count);
        }
        let ended = partition.produce(vec![marked(Mark::End(nonce))]).await;
        ended.map_err(|failure| match failure {
            Failure::Refused => Failure::Replaced,
            other => other,
        })?;
        Ok(Told {
            sessions,
            read: read.0,
            passed_over,
            took: began.elapsed(),
        })
    }

    /// Reads the partition backwards, chunk by chunk, as far as its live sessions reach. Returns
    /// the last words, and how many records were read and were damaged.
    async fn listen(
        &self,
        partition: &mut impl Partition,
    ) -> Result<(LastWords, (u64, u64)), Failure> {
        let mut words = LastWords::new(self.parameters, self.reach);
        let mut tail = Tail::new(partition);
        let (start, mut to) = tail.bounds().await?;
        let (mut records, mut damaged) = (0, 0);
        let mut chunk = self.chunks.least;
        while to > start {
            let from = start.max(to - chunk);
            let before = words.passed_over();
            let read = tail.read(from, to, |record| words.take(record)).await?;
            self.figures.read.inc_by(read.records);
            let passed_over = read.damaged + words.passed_over() - before;
            self.figures.passed_over.inc_by(passed_over);
            records += read.records;
            damaged += read.damaged;
            if !words.end_chunk() {
                break;
            }
            chunk = self.chunks.next(&read);
            to = from;
        }
        Ok((words, (records, damaged)))
    }
}

/// The events, marked, in batches.
fn batches(events: Vec<Event>) -> impl Iterator<Item = Vec<Record>> {
    let mut events = events.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let mut batch = Vec::new();
        while let Some(event) = events.next_if(|event| {
            let size = event.size();
            batch.is_empty() || batch.len() < BATCH_RECORDS && bytes + size <= BATCH_BYTES
        }) {
            bytes += event.size();
            batch.push(told(event));
        }
        (!batch.is_empty()).then_some(batch)
    })
}

/// A stored event as it is told.
fn told(event: Event) -> Record {
    let key = event.key.as_ref().map_or(&[][..], AsRef::as_ref);
    Record {
        key: Some(RecordData::from(Mark::Session(key).write())),
        value: event.value,
        ..Record::default()
    }
}

/// A record that is a mark and nothing else.
fn marked(mark: Mark<'_>) -> Record {
    Record {
        key: Some(RecordData::from(mark.write())),
        ..Record::default()
    }
}

#[cfg(test)]
mod tests;
