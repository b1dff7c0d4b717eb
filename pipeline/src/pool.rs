//! Threads that share the work of the native processor: all but what has to be done in order.
//!
//! ```text
//! blocks ──▶ pool: read lines ──▶ order, sessions (one thread) ──▶ pool: write outputs ──▶ writer
//! ```
//!
//! Any thread takes any work, and numbers tell the order of what comes out. So the output does not
//! depend on how many threads there are.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use sessionize_core::output::Output;
use sessionize_core::parameters::Parameters;

use crate::error::Error;
use crate::processed::{Buffers, Processed};
use crate::processor::native::EventBatch;
use crate::reading::{LineReader, ReadBlock};
use crate::source::Block;
use crate::thread;

/// Blocks of lines that may be under way, for each thread: a few milliseconds of work, as long as
/// the system may let one thread wait for another. With two blocks, two threads did a tenth less.
const BLOCKS_PER_THREAD: u64 = 8;

/// Work for any of the threads.
enum Work {
    /// To read the lines of a block.
    Read {
        number: u64,
        block: Block,
        read: ReadBlock,
    },
    /// To write the outputs of a batch whose events have their sessions.
    Write {
        number: u64,
        buffers: Buffers<EventBatch>,
    },
}

/// A block that was read, and the block that its buffers held before.
type ReadResult = Result<(ReadBlock, Block), Error>;

/// The threads.
pub(crate) struct Pool {
    work: Sender<Work>,
    threads: Vec<JoinHandle<()>>,
    blocks: BlockQueue,
    processed: Receiver<Processed<EventBatch>>,
}

/// Blocks that the threads read, in the order in which they were sent.
pub(crate) struct BlockQueue {
    work: Sender<Work>,
    read: Receiver<(u64, ReadResult)>,
    /// What was read before its turn, by number.
    early: BTreeMap<u64, ReadResult>,
    sent: u64,
    taken: u64,
    /// The most blocks that may be under way.
    most: u64,
}

/// Batches that the threads write.
pub(crate) struct BatchQueue {
    work: Sender<Work>,
    number: u64,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts so many threads.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(crate) fn start(threads: usize, parameters: &Parameters) -> Result<Self, Error> {
        let (work, queue) = channel();
        let (send_read, read) = channel();
        let (send_processed, processed) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let start = |number| {
            let mut worker = Worker {
                reader: LineReader::of_objects(parameters),
                output: Output::new(parameters),
                read: send_read.clone(),
                processed: send_processed.clone(),
            };
            let queue = queue.clone();
            thread::spawn(format!("worker {number}"), move || worker.work(&queue))
        };
        Ok(Self {
            blocks: BlockQueue {
                work: work.clone(),
                read,
                early: BTreeMap::new(),
                sent: 0,
                taken: 0,
                most: BLOCKS_PER_THREAD * threads as u64,
            },
            work,
            threads: (0..threads).map(start).collect::<Result<_, _>>()?,
            processed,
        })
    }

    /// The ways into the pool, and what comes out for batches.
    pub(crate) fn split(self) -> (BlockQueue, BatchQueue, Receiver<Processed<EventBatch>>) {
        let batches = BatchQueue {
            work: self.work,
            number: 0,
            threads: self.threads,
        };
        (self.blocks, batches, self.processed)
    }
}

impl BlockQueue {
    /// Whether no block is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.sent == self.taken
    }

    /// Whether as many blocks are under way as there may be.
    pub(crate) fn is_full(&self) -> bool {
        self.sent - self.taken >= self.most
    }

    /// Has a block read.
    ///
    /// # Errors
    ///
    /// When the threads have stopped.
    pub(crate) fn send(&mut self, block: Block, read: ReadBlock) -> Result<(), Error> {
        let number = self.sent;
        self.sent += 1;
        let sent = self.work.send(Work::Read {
            number,
            block,
            read,
        });
        sent.map_err(|_| died())
    }

    /// Waits for the next block; none if no block is under way.
    ///
    /// # Errors
    ///
    /// When a thread has failed.
    pub(crate) fn wait(&mut self) -> Result<Option<(ReadBlock, Block)>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        loop {
            if let Some(read) = self.take() {
                return read.map(Some);
            }
            let (number, read) = self.read.recv().map_err(|_| died())?;
            self.early.insert(number, read);
        }
    }

    fn take(&mut self) -> Option<ReadResult> {
        let read = self.early.remove(&self.taken)?;
        self.taken += 1;
        Some(read)
    }
}

impl BatchQueue {
    /// Has the outputs of a batch written.
    ///
    /// # Errors
    ///
    /// When the threads have stopped.
    pub(crate) fn send(&mut self, buffers: Buffers<EventBatch>) -> Result<(), Error> {
        let number = self.number;
        self.number += 1;
        let sent = self.work.send(Work::Write { number, buffers });
        sent.map_err(|_| died())
    }

    /// Waits until all is done that was sent. There must be no other way into the pool.
    ///
    /// # Errors
    ///
    /// When a thread has died.
    pub(crate) fn finish(self) -> Result<(), Error> {
        drop(self.work);
        let mut threads = self.threads.into_iter();
        threads.try_for_each(|thread| thread.join().map_err(|_| died()))
    }
}

/// What one thread works with.
struct Worker {
    reader: LineReader,
    output: Output,
    read: Sender<(u64, ReadResult)>,
    processed: Sender<Processed<EventBatch>>,
}

impl Worker {
    /// Works until there is no more work, or nobody waits for it.
    fn work(&mut self, queue: &Mutex<Receiver<Work>>) {
        loop {
            let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let work = queue.recv();
            drop(queue);
            let goes_on = match work {
                Ok(Work::Read {
                    number,
                    block,
                    read,
                }) => self.read(number, block, read),
                Ok(Work::Write { number, buffers }) => self.write(number, buffers),
                Err(_) => false,
            };
            if !goes_on {
                return;
            }
        }
    }

    fn read(&mut self, number: u64, block: Block, mut read: ReadBlock) -> bool {
        // Whoever takes blocks waits for each of them, so it must hear of one that never comes.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let before = read.read(block, Some(&mut self.reader));
            (read, before)
        }));
        self.read
            .send((number, outcome.map_err(|_| died())))
            .is_ok()
    }

    fn write(&mut self, number: u64, mut buffers: Buffers<EventBatch>) -> bool {
        // So must the writer.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            buffers.outputs.clear();
            buffers.batch.write(&mut self.output, &mut buffers.outputs);
        }));
        let done = Processed {
            number,
            buffers,
            error: outcome.err().map(|_| died()),
        };
        self.processed.send(done).is_ok()
    }
}

fn died() -> Error {
    thread::died("a worker")
}
