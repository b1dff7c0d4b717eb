//! The blocks of all inputs, read ahead on a thread of its own.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::blocks::Block;
use super::sequence::Sequence;
use crate::error::Error;
use crate::thread;

/// The most blocks that wait to be taken: a few milliseconds of work, as long as the system may let
/// one thread wait for another.
const QUEUED: usize = 8;

/// How long to wait for a block before saying that there is none for now.
const IDLE: Duration = Duration::from_millis(100);

/// The blocks of all inputs, in their sequence.
///
/// They are read on a thread of its own, since a thread that waits for input can't be asked to
/// stop.
pub(crate) struct BlockStream {
    blocks: Receiver<Result<Block, Error>>,
    used: Sender<Block>,
    /// Until it has ended.
    reader: Option<JoinHandle<()>>,
}

/// What a stream of blocks has next.
pub(crate) enum Next<B = Block> {
    Block(B),
    /// No block for now.
    Idle,
    /// An input can't be read any further. The next input follows.
    Failed(Error),
    /// There are no more blocks.
    End,
}

impl<B> Next<B> {
    /// The same, with another block.
    pub(crate) fn map<C>(self, map: impl FnOnce(B) -> C) -> Next<C> {
        match self {
            Self::Block(block) => Next::Block(map(block)),
            Self::Idle => Next::Idle,
            Self::Failed(error) => Next::Failed(error),
            Self::End => Next::End,
        }
    }
}

impl BlockStream {
    /// Starts to read. The number of bytes read, as stored, is added to `progress`.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(crate) fn start(sequence: Sequence, progress: Arc<AtomicU64>) -> Result<Self, Error> {
        let (send, blocks) = sync_channel(QUEUED);
        let (used, spare) = channel();
        let reader = thread::spawn("reader".into(), move || {
            let spare = || spare.try_recv().unwrap_or_default();
            sequence.read(&progress, spare, |block| send.send(block).is_ok());
        })?;
        Ok(Self {
            blocks,
            used,
            reader: Some(reader),
        })
    }

    /// Waits a while for the next block.
    pub(crate) fn next(&mut self) -> Next {
        match self.blocks.recv_timeout(IDLE) {
            Ok(block) => block.map_or_else(Next::Failed, Next::Block),
            Err(RecvTimeoutError::Timeout) => Next::Idle,
            Err(RecvTimeoutError::Disconnected) => self.end(),
        }
    }

    /// The next block, without waiting for it.
    pub(crate) fn ready(&mut self) -> Next {
        match self.blocks.try_recv() {
            Ok(block) => block.map_or_else(Next::Failed, Next::Block),
            Err(TryRecvError::Empty) => Next::Idle,
            Err(TryRecvError::Disconnected) => self.end(),
        }
    }

    /// What is next once the thread sends nothing more.
    fn end(&mut self) -> Next {
        match self.reader.take().map(JoinHandle::join) {
            // What it has not read must not look like the end of the input.
            Some(Err(_)) => Next::Failed(thread::died("the reader")),
            _ => Next::End,
        }
    }

    /// Gives a block back that is no longer needed, so that its buffer is used again.
    pub(crate) fn give_back(&self, block: Block) {
        // The thread may have ended.
        let _ = self.used.send(block);
    }
}
