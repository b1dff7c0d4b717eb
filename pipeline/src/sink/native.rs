//! Events to the session rule in this process.

use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

use sessionize_core::output::Output as EventOutput;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::Sessionizer;
use sessionize_formats::time::Millis;

use super::collector::Collector;
use super::destination::Output;
use super::writer;
use crate::error::Error;
use crate::pool::BatchQueue;
use crate::processed::{Buffers, Processed};
use crate::processor::native::{self, EventBatch};
use crate::reading::NoEvent;
use crate::record::StreamRecord;
use crate::tally::{Summary, Tally};
use crate::thread::died;

/// Batches that may be under way in a pool, for each of its threads: as much work as the blocks of
/// lines that may be.
const QUEUED: usize = 8;

/// Sessionizers, each with its own part of the visitors, and an output that joins what they make.
///
/// Events get their sessions on the thread that calls, in order; outputs are written on this thread
/// as well, or by a pool. They come out in the order in which batches became full. That is the same
/// in any run and for any number of threads, unless the input stalls and batches are processed
/// before they are full.
pub(crate) struct NativeSink {
    collector: Collector<EventBatch>,
    /// One for each partition.
    sessionizers: Vec<Sessionizer>,
    tally: Tally,
    writing: Writing,
    /// Why nothing more is processed.
    failure: Option<Error>,
}

/// Where outputs are written.
enum Writing {
    Here {
        event_output: Box<EventOutput>,
        outputs: Vec<u8>,
        output: Box<Output>,
    },
    Pool {
        batches: BatchQueue,
        free: Receiver<Buffers<EventBatch>>,
        writer: JoinHandle<Result<(), Error>>,
    },
}

/// A pool that writes outputs.
pub(crate) struct OutputPool {
    pub(crate) threads: usize,
    pub(crate) batches: BatchQueue,
    pub(crate) processed: Receiver<Processed<EventBatch>>,
}

impl NativeSink {
    /// Starts so many sessionizers. A batch has at most `batch_size` records. Without a pool,
    /// outputs are written by the thread that hands events over.
    ///
    /// # Errors
    ///
    /// When the system has no randomness, or no more threads.
    pub(crate) fn start(
        partitions: usize,
        parameters: &Parameters,
        tally: Tally,
        batch_size: usize,
        output: Output,
        pool: Option<OutputPool>,
    ) -> Result<Self, Error> {
        let writing = match pool {
            None => Writing::Here {
                event_output: Box::new(EventOutput::new(parameters)),
                outputs: Vec::new(),
                output: Box::new(output),
            },
            Some(pool) => {
                let (give_back, free) = channel();
                for _ in 0..pool.threads * QUEUED {
                    // The receiver is right here.
                    let _ = give_back.send(Buffers::default());
                }
                Writing::Pool {
                    batches: pool.batches,
                    free,
                    writer: writer::start(output, pool.processed, give_back)?,
                }
            }
        };
        Ok(Self {
            sessionizers: (0..partitions.max(1))
                .map(|_| native::sessionizer(parameters))
                .collect::<Result<_, _>>()?,
            collector: Collector::new(partitions, batch_size),
            tally,
            writing,
            failure: None,
        })
    }

    /// Takes an event in its turn.
    pub(super) fn take(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        let partition = self.collector.of_key(record.key_text);
        self.collect(partition, |batch| batch.push(record))
    }

    /// Takes a line that holds no event.
    pub(super) fn take_no_event(
        &mut self,
        other: NoEvent<'_>,
        line_length: usize,
    ) -> Result<(), Error> {
        let partition = self.collector.of_keyless();
        self.collect(partition, |batch| batch.push_no_event(other, line_length))
    }

    /// Takes an event that is too far ahead.
    pub(super) fn take_ahead(
        &mut self,
        record: &StreamRecord<'_>,
        stream_time: Millis,
    ) -> Result<(), Error> {
        let mut batch = EventBatch::default();
        batch.push_no_event(NoEvent::Line(record.text), record.line_length);
        let partition = self.collector.of_key(record.key_text);
        self.hand_over(partition, batch, Some(stream_time))?;
        Ok(())
    }

    /// Has all records so far processed and written.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.send_all()?;
        match &mut self.writing {
            Writing::Here { output, .. } => output.flush(),
            // The writer does so by itself.
            Writing::Pool { .. } => Ok(()),
        }
    }

    /// Has all records processed that are left and their outputs written, and gives what was
    /// counted.
    pub(super) fn finish(mut self) -> Result<Summary, Error> {
        let sent = match self.failure {
            None => self.send_all(),
            Some(_) => Ok(()),
        };
        let written = match self.writing {
            Writing::Here { output, .. } => output.finish(),
            Writing::Pool {
                batches,
                free,
                writer,
            } => {
                drop(free);
                let finished = batches.finish();
                // The writer fails first, and knows why.
                let written = writer.join().map_err(|_| died("the writer"))?;
                written.and(finished)
            }
        };
        written?;
        self.failure.map_or(Ok(()), Err)?;
        sent.map(|()| self.tally.finish())
    }

    fn collect(
        &mut self,
        partition: usize,
        push: impl FnOnce(&mut EventBatch),
    ) -> Result<(), Error> {
        match self.collector.push(partition, push) {
            true => self.send(partition),
            false => Ok(()),
        }
    }

    /// Has all records processed that were collected so far.
    fn send_all(&mut self) -> Result<(), Error> {
        let mut partitions = self.collector.partitions();
        partitions.try_for_each(|partition| self.send(partition))
    }

    /// Has the records of a partition processed that were collected so far.
    fn send(&mut self, partition: usize) -> Result<(), Error> {
        if let Some(batch) = self.collector.take(partition) {
            let free = self.hand_over(partition, batch, None)?;
            self.collector.reuse(partition, free);
        }
        Ok(())
    }

    /// Gives the events of a batch their sessions, and has the outputs written. Returns a batch
    /// that is done with.
    fn hand_over(
        &mut self,
        partition: usize,
        mut batch: EventBatch,
        append_time: Option<Millis>,
    ) -> Result<EventBatch, Error> {
        let Some(sessionizer) = self.sessionizers.get_mut(partition) else {
            return Err(Error::failure(format!("there is no partition {partition}")));
        };
        if self.failure.is_some() {
            return Err(died("a processor"));
        }
        if let Err(error) = batch.place(sessionizer, append_time, &mut self.tally) {
            self.failure = Some(error);
            return Err(died("a processor"));
        }
        match &mut self.writing {
            Writing::Here {
                event_output,
                outputs,
                output,
            } => {
                outputs.clear();
                batch.write(event_output, outputs);
                output.write(outputs)?;
                Ok(batch)
            }
            Writing::Pool { batches, free, .. } => {
                let mut buffers = free.recv().map_err(|_| died("the writer"))?;
                let free = std::mem::replace(&mut buffers.batch, batch);
                batches.send(buffers)?;
                Ok(free)
            }
        }
    }
}
