//! Records in batches to instances of the module, by the visitor's key.

use std::hash::BuildHasher;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use foldhash::quality::FixedState;
use sessionize_formats::time::Millis;
use sessionize_smartmodule::wire::BatchBuilder;

use super::destination::Output;
use super::writer;
use crate::error::Error;
use crate::processor::engine::{Module, NO_APPEND_TIME, first_offset};
use crate::processor::worker::{self, Batch};
use crate::record::StreamRecord;
use crate::tally::{Summary, Tally};

/// A batch is processed when it has grown to so many bytes, however few its records are: as much as
/// a broker hands over at once.
const MAX_BATCH_SIZE: usize = 1 << 20;

/// Batches that may wait for an instance.
const QUEUED: usize = 2;

/// Instances of the module side by side, each with its own part of the visitors, and an output that
/// joins what they make.
///
/// Outputs are in the order in which batches were handed over. That is the same in any run, unless
/// the input stalls and batches are processed before they are full.
pub(crate) struct Partitions {
    partitions: Vec<Partition>,
    /// The most records of a batch.
    batch_size: u32,
    /// Number of the next batch.
    number: u64,
    /// Number of records without a key.
    keyless: usize,
    /// Buffers for outputs. Their number is fixed, which bounds how much is under way.
    buffers: Receiver<Vec<u8>>,
    workers: Vec<JoinHandle<Summary>>,
    writer: JoinHandle<Result<(), Error>>,
}

/// An instance of the module, and the records for it.
struct Partition {
    collected: BatchBuilder,
    /// Offset of the next batch.
    offset: i64,
    work: SyncSender<Batch>,
}

impl Partitions {
    /// Starts a thread for each module and one for the output. Copies of `tally` count what comes
    /// out. A batch has at most `batch_size` records.
    ///
    /// # Errors
    ///
    /// When the system has no more threads, or no randomness.
    pub(crate) fn start(
        modules: Vec<Module>,
        tally: &Tally,
        batch_size: u32,
        output: Output,
    ) -> Result<Self, Error> {
        let (send_outputs, outputs) = channel();
        let (give_back, buffers) = channel();
        for _ in 0..modules.len() * (QUEUED + 2) {
            // The receiver is right here.
            let _ = give_back.send(Vec::new());
        }
        let mut partitions = Vec::with_capacity(modules.len());
        let mut workers = Vec::with_capacity(modules.len());
        for (number, module) in modules.into_iter().enumerate() {
            let (work, queue) = sync_channel(QUEUED);
            partitions.push(Partition {
                collected: BatchBuilder::new(),
                offset: first_offset()?,
                work,
            });
            let (tally, outputs) = (tally.clone(), send_outputs.clone());
            workers.push(worker::start(number, module, tally, queue, outputs)?);
        }
        Ok(Self {
            partitions,
            batch_size,
            number: 0,
            keyless: 0,
            buffers,
            workers,
            writer: writer::start(output, outputs, give_back)?,
        })
    }

    /// Takes an event in its turn.
    ///
    /// # Errors
    ///
    /// When an instance or the writer has failed; [`Self::finish`] says why.
    pub(crate) fn take(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        self.collect(self.partition_of(record.key), record.line)
    }

    /// Takes a line that holds no event, or whose event nobody has looked for. Any instance can say
    /// what is wrong with it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn take_line(&mut self, line: &[u8]) -> Result<(), Error> {
        self.keyless += 1;
        self.collect(self.keyless % self.partitions.len(), line)
    }

    /// Takes an event that is too far ahead of the stream's time, in ms since the epoch, and can't
    /// wait any longer. It goes in a batch of its own that was appended at the stream's time: the
    /// module knows what to do with an event that is too far ahead of its append time.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn take_ahead(
        &mut self,
        record: &StreamRecord<'_>,
        stream_time: Millis,
    ) -> Result<(), Error> {
        let mut batch = BatchBuilder::new();
        batch.push(None, record.line);
        let number = self.partition_of(record.key);
        self.hand_over(number, batch.count(), batch.take(), stream_time)
    }

    /// Has all records so far processed, in full batches or not.
    ///
    /// # Errors
    ///
    /// Those of [`Self::take`].
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        (0..self.partitions.len()).try_for_each(|number| self.send(number))
    }

    /// Has all records processed that are left and their outputs written, and gives the sum of what
    /// was counted.
    ///
    /// # Errors
    ///
    /// When an instance or the writer has failed.
    pub(crate) fn finish(mut self) -> Result<Summary, Error> {
        // The writer fails before this does, and knows why.
        let flushed = self.flush();
        drop(self.partitions);
        drop(self.buffers);
        let mut summary = Summary::default();
        for worker in self.workers {
            let part = worker.join();
            summary.merge(part.map_err(|_| died("an instance of the module"))?);
        }
        self.writer.join().map_err(|_| died("the writer"))??;
        flushed.map(|()| summary)
    }

    /// The partition of a key: all events of a key are in the same one, as in a topic whose records
    /// carry the key.
    fn partition_of(&self, key: &[u8]) -> usize {
        match self.partitions.len() {
            1 => 0,
            count => (FixedState::default().hash_one(key) % count as u64) as usize,
        }
    }

    fn collect(&mut self, number: usize, line: &[u8]) -> Result<(), Error> {
        if let Some(partition) = self.partitions.get_mut(number) {
            let batch = &mut partition.collected;
            batch.push(None, line);
            if batch.count() < self.batch_size && batch.size() < MAX_BATCH_SIZE {
                return Ok(());
            }
        }
        self.send(number)
    }

    /// Has the records of a partition processed that were collected so far.
    fn send(&mut self, number: usize) -> Result<(), Error> {
        match self.partitions.get_mut(number) {
            Some(partition) if !partition.collected.is_empty() => {
                let batch = &mut partition.collected;
                let (count, raw) = (batch.count(), batch.take());
                self.hand_over(number, count, raw, NO_APPEND_TIME)
            }
            _ => Ok(()),
        }
    }

    fn hand_over(
        &mut self,
        number: usize,
        count: u32,
        raw: Vec<u8>,
        append_time: Millis,
    ) -> Result<(), Error> {
        let lines = self.buffers.recv().map_err(|_| died("the writer"))?;
        let Some(partition) = self.partitions.get_mut(number) else {
            return Err(Error::failure(format!("there is no partition {number}")));
        };
        let batch = Batch {
            number: self.number,
            offset: partition.offset,
            append_time,
            raw,
            lines,
        };
        self.number += 1;
        // An offset of its own for each batch: the module takes a batch that it has just seen for
        // presented twice.
        partition.offset += i64::from(count);
        let sent = partition.work.send(batch);
        sent.map_err(|_| died("an instance of the module"))
    }
}

fn died(who: &str) -> Error {
    Error::failure(format!("{who} stopped unexpectedly"))
}
