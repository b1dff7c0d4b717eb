//! Instances of the module side by side, each with its own part of the keys, and the writer that joins what they make.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use foldhash::quality::FixedState;
use sessionize_smartmodule::wire::BatchBuilder;

use super::destination::Output;
use crate::error::Error;
use crate::order::Sink;
use crate::processor::engine::{Module, NO_APPEND_TIME, first_offset};
use crate::tally::{Summary, Tally};
use crate::thread;

/// A batch is processed when it has grown to so many bytes, however few its records are: what a broker hands over at once.
const MAX_BATCH_SIZE: usize = 1 << 20;

/// Batches that may wait for an instance.
const QUEUED: usize = 2;

/// How long the writer waits for more before it lets go of what it has collected.
const IDLE: Duration = Duration::from_millis(200);

/// The partition of a key: all events of a key are in the same one, as in a topic whose records carry it.
pub(crate) fn partition_of_key(key: u128, partitions: usize) -> usize {
    match partitions {
        1 => 0,
        _ => (FixedState::default().hash_one(key) % partitions as u64) as usize,
    }
}

/// A batch on its way to an instance.
struct Work {
    number: u64,
    offset: i64,
    /// When it was appended, in ms since the epoch, or that this isn't known.
    append_time: i64,
    raw: Vec<u8>,
    /// Takes what comes out. The number of these buffers is fixed, which bounds what is under way.
    lines: Vec<u8>,
}

/// A batch on its way to the writer.
struct Done {
    number: u64,
    lines: Vec<u8>,
    error: Option<Error>,
}

/// Feeds the instances. The output is in the order in which batches were handed over: the same in any run, unless the
/// input stalls and batches go out before they are full.
pub(crate) struct Partitions {
    batches: Vec<BatchBuilder>,
    offsets: Vec<i64>,
    /// The most records of a batch.
    batch_size: u32,
    number: u64,
    work: Vec<SyncSender<Work>>,
    buffers: Receiver<Vec<u8>>,
    instances: Vec<JoinHandle<Summary>>,
    writer: JoinHandle<Result<(), Error>>,
}

impl Partitions {
    /// Starts a thread for each module and one for the output. What comes out is summed up by copies of `tally`.
    ///
    /// # Errors
    ///
    /// When the system has no more threads, or no randomness.
    pub(crate) fn start(
        modules: Vec<Module>,
        tally: Tally,
        batch_size: u32,
        output: Output,
    ) -> Result<Self, Error> {
        let (done, finished) = channel();
        let (give_back, buffers) = channel();
        for _ in 0..modules.len() * (QUEUED + 2) {
            // The receiver is right here.
            let _ = give_back.send(Vec::new());
        }
        let partitions = modules.len();
        let offsets = (0..partitions)
            .map(|_| first_offset())
            .collect::<Result<_, _>>()?;
        let mut work = Vec::with_capacity(partitions);
        let mut instances = Vec::with_capacity(partitions);
        for (number, module) in modules.into_iter().enumerate() {
            let (sender, queue) = sync_channel(QUEUED);
            let (done, tally) = (done.clone(), tally.clone());
            work.push(sender);
            instances.push(thread::spawn(format!("module {number}"), move || {
                process(module, tally, &queue, &done)
            })?);
        }
        Ok(Self {
            batches: (0..partitions).map(|_| BatchBuilder::new()).collect(),
            offsets,
            batch_size,
            number: 0,
            work,
            buffers,
            instances,
            writer: thread::spawn("writer".into(), move || {
                write(output, &finished, &give_back)
            })?,
        })
    }

    /// Number of partitions.
    pub(crate) fn count(&self) -> usize {
        self.work.len()
    }

    /// Has what was taken so far processed, full batches or not.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        (0..self.count()).try_for_each(|partition| self.send(partition))
    }

    /// Has all that is left processed and written, and sums up.
    pub(crate) fn finish(mut self) -> Result<Summary, Error> {
        // What fails here has failed in the writer first, which knows why.
        let flushed = self.flush();
        drop(self.work);
        drop(self.buffers);
        let mut summary = Summary::default();
        for instance in self.instances {
            summary.merge(
                instance
                    .join()
                    .map_err(|_| died("an instance of the module"))?,
            );
        }
        self.writer.join().map_err(|_| died("the writer"))??;
        flushed.map(|()| summary)
    }

    /// Has the batch of a partition processed, if there is something in it.
    fn send(&mut self, partition: usize) -> Result<(), Error> {
        match self.batches.get_mut(partition) {
            Some(batch) if batch.is_empty() => Ok(()),
            Some(batch) => {
                let (count, raw) = (batch.count(), batch.take());
                self.hand_over(partition, count, raw, NO_APPEND_TIME)
            }
            None => Err(no_partition(partition)),
        }
    }

    fn hand_over(
        &mut self,
        partition: usize,
        count: u32,
        raw: Vec<u8>,
        append_time: i64,
    ) -> Result<(), Error> {
        let parts = (self.offsets.get_mut(partition), self.work.get(partition));
        let (Some(offset), Some(work)) = parts else {
            return Err(no_partition(partition));
        };
        let lines = self.buffers.recv().map_err(|_| died("the writer"))?;
        let sent = work.send(Work {
            number: self.number,
            offset: *offset,
            append_time,
            raw,
            lines,
        });
        self.number += 1;
        // An offset of its own for each batch: the module takes one that it has just seen for presented twice.
        *offset += i64::from(count);
        sent.map_err(|_| died("an instance of the module"))
    }
}

impl Sink for Partitions {
    fn take(&mut self, partition: usize, line: &[u8]) -> Result<(), Error> {
        if let Some(batch) = self.batches.get_mut(partition) {
            batch.push(None, line);
            if batch.count() < self.batch_size && batch.size() < MAX_BATCH_SIZE {
                return Ok(());
            }
        }
        self.send(partition)
    }

    /// The module knows what to do with an event that is too far beyond its append time. So it gets this one in a batch
    /// of its own, appended at the stream's time.
    fn take_ahead(&mut self, partition: usize, line: &[u8], stream_time: i64) -> Result<(), Error> {
        let mut batch = BatchBuilder::new();
        batch.push(None, line);
        self.hand_over(partition, batch.count(), batch.take(), stream_time)
    }
}

/// An instance at work, until there is no more of it or the writer has gone.
fn process(
    mut module: Module,
    mut tally: Tally,
    queue: &Receiver<Work>,
    done: &Sender<Done>,
) -> Summary {
    for work in queue {
        let mut lines = work.lines;
        let error = match module.process(work.raw, work.offset, work.append_time) {
            Ok(outcome) => {
                for record in &outcome.records {
                    let value: &[u8] = record.value.as_ref();
                    lines.extend_from_slice(value);
                    lines.push(b'\n');
                    tally.add(record.key.as_ref().map(|key| key.as_ref()), value);
                }
                outcome.refused
            }
            Err(error) => Some(error),
        };
        let failed = error.is_some();
        let number = work.number;
        if done
            .send(Done {
                number,
                lines,
                error,
            })
            .is_err()
            || failed
        {
            break;
        }
    }
    tally.finish()
}

/// The writer at work, until all instances have ended or one of them has failed.
fn write(
    mut output: Output,
    finished: &Receiver<Done>,
    give_back: &Sender<Vec<u8>>,
) -> Result<(), Error> {
    let mut next = 0;
    let mut early = BTreeMap::new();
    loop {
        match finished.recv_timeout(IDLE) {
            Ok(done) => {
                early.insert(done.number, done);
            }
            Err(RecvTimeoutError::Timeout) => output.flush()?,
            Err(RecvTimeoutError::Disconnected) => return output.finish(),
        }
        while let Some(mut done) = early.remove(&next) {
            next += 1;
            output.write(&done.lines)?;
            if let Some(error) = done.error {
                output.finish()?;
                return Err(error);
            }
            done.lines.clear();
            // Nobody wants it any more at the end.
            let _ = give_back.send(done.lines);
        }
    }
}

fn no_partition(partition: usize) -> Error {
    Error::failure(format!("there is no partition {partition}"))
}

fn died(who: &str) -> Error {
    Error::failure(format!("{who} stopped unexpectedly"))
}
