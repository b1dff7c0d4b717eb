//! Lines in batches to the module in the engine.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use sessionize_formats::time::Millis;

use super::collector::Collector;
use super::destination::Output;
use super::writer;
use crate::error::Error;
use crate::processed::Buffers;
use crate::processor::ModuleProcessor;
use crate::processor::line_batch::Lines;
use crate::processor::worker::{self, LineBatch};
use crate::record::StreamRecord;
use crate::tally::{Summary, Tally};
use crate::thread::died;

/// Batches that may wait for a processor.
const QUEUED: usize = 2;

/// Processors side by side, each with its own part of the visitors, and an output that joins what
/// they make.
///
/// Outputs are in the order in which batches were handed over. That is the same in any run, unless
/// the input stalls and batches are processed before they are full.
pub(crate) struct EngineSink {
    collector: Collector<Lines>,
    /// What is to be done, for each processor.
    work: Vec<SyncSender<LineBatch>>,
    /// Number of the next batch.
    number: u64,
    /// Free buffers for batches.
    buffers: Receiver<Buffers<Lines>>,
    workers: Vec<JoinHandle<Summary>>,
    writer: JoinHandle<Result<(), Error>>,
}

impl EngineSink {
    /// Starts a thread for each processor and one for the output. Copies of `tally` count what
    /// comes out. A batch has at most `batch_size` records.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(crate) fn start(
        processors: Vec<ModuleProcessor>,
        tally: &Tally,
        batch_size: usize,
        output: Output,
    ) -> Result<Self, Error> {
        let (send_processed, processed) = channel();
        let (give_back, buffers) = channel();
        for _ in 0..processors.len() * (QUEUED + 2) {
            // The receiver is right here.
            let _ = give_back.send(Buffers::default());
        }
        let mut work = Vec::with_capacity(processors.len());
        let mut workers = Vec::with_capacity(processors.len());
        for (number, processor) in processors.into_iter().enumerate() {
            let (send, queue) = sync_channel(QUEUED);
            work.push(send);
            let (tally, processed) = (tally.clone(), send_processed.clone());
            workers.push(worker::start(number, processor, tally, queue, processed)?);
        }
        Ok(Self {
            collector: Collector::new(work.len(), batch_size),
            work,
            number: 0,
            buffers,
            workers,
            writer: writer::start(output, processed, give_back)?,
        })
    }

    /// Takes an event in its turn.
    pub(super) fn take(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        self.collect(self.collector.of_key(record.key_text), record.text)
    }

    /// Takes a line that holds no event, or whose event nobody has looked for.
    pub(super) fn take_line(&mut self, line: &[u8]) -> Result<(), Error> {
        let partition = self.collector.of_keyless();
        self.collect(partition, line)
    }

    /// Takes an event that is too far ahead.
    pub(super) fn take_ahead(
        &mut self,
        record: &StreamRecord<'_>,
        stream_time: Millis,
    ) -> Result<(), Error> {
        let mut lines = Lines::default();
        lines.push(record.text);
        let partition = self.collector.of_key(record.key_text);
        self.hand_over(partition, lines, Some(stream_time))?;
        Ok(())
    }

    /// Has all records so far processed, in full batches or not.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        let mut partitions = self.collector.partitions();
        partitions.try_for_each(|partition| self.send(partition))
    }

    /// Has all records processed that are left and their outputs written, and gives the sum of what
    /// was counted.
    pub(super) fn finish(mut self) -> Result<Summary, Error> {
        // The writer fails before this does, and knows why.
        let flushed = self.flush();
        drop(self.work);
        drop(self.buffers);
        let mut summary = Summary::default();
        for worker in self.workers {
            let part = worker.join();
            summary.merge(part.map_err(|_| died("a processor"))?);
        }
        self.writer.join().map_err(|_| died("the writer"))??;
        flushed.map(|()| summary)
    }

    fn collect(&mut self, partition: usize, line: &[u8]) -> Result<(), Error> {
        match self.collector.push(partition, |lines| lines.push(line)) {
            true => self.send(partition),
            false => Ok(()),
        }
    }

    /// Has the lines of a partition processed that were collected so far.
    fn send(&mut self, partition: usize) -> Result<(), Error> {
        if let Some(lines) = self.collector.take(partition) {
            let free = self.hand_over(partition, lines, None)?;
            self.collector.reuse(partition, free);
        }
        Ok(())
    }

    /// Hands a batch over. Returns lines of an earlier batch that are done with.
    fn hand_over(
        &mut self,
        partition: usize,
        lines: Lines,
        append_time: Option<Millis>,
    ) -> Result<Lines, Error> {
        let mut buffers = self.buffers.recv().map_err(|_| died("the writer"))?;
        let Some(work) = self.work.get(partition) else {
            return Err(Error::failure(format!("there is no partition {partition}")));
        };
        let free = std::mem::replace(&mut buffers.batch, lines);
        let batch = LineBatch {
            number: self.number,
            append_time,
            buffers,
        };
        self.number += 1;
        let sent = work.send(batch);
        sent.map_err(|_| died("a processor"))?;
        Ok(free)
    }
}
