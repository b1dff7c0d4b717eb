//! The blocks of all inputs with what was read of them, in the order of the inputs.

use crate::error::Error;
use crate::pool::BlockQueue;
use crate::reading::{LineReader, ReadBlock};
use crate::source::{BlockStream, Next};

/// The blocks of all inputs, read as events.
pub(crate) struct ReadStream {
    blocks: BlockStream,
    place: ReadingPlace,
    spare: Vec<ReadBlock>,
}

/// Where lines are read.
enum ReadingPlace {
    /// On the thread that takes them; without a reader they are not read at all.
    Here(Option<Box<LineReader>>),
    Pool(BlockQueue),
}

impl ReadStream {
    /// Reads blocks on the thread that takes them; without a reader it leaves lines as they are.
    pub(crate) fn here(blocks: BlockStream, reader: Option<LineReader>) -> Self {
        Self::new(blocks, ReadingPlace::Here(reader.map(Box::new)))
    }

    /// Has the threads of a pool read blocks.
    pub(crate) fn in_pool(blocks: BlockStream, pool: BlockQueue) -> Self {
        Self::new(blocks, ReadingPlace::Pool(pool))
    }

    fn new(blocks: BlockStream, place: ReadingPlace) -> Self {
        Self {
            blocks,
            place,
            spare: Vec::new(),
        }
    }

    /// Waits a while for the next block.
    ///
    /// # Errors
    ///
    /// When the threads of the pool have failed.
    pub(crate) fn next(&mut self) -> Result<Next<ReadBlock>, Error> {
        match &mut self.place {
            ReadingPlace::Here(reader) => Ok(self.blocks.next().map(|block| {
                let mut read = self.spare.pop().unwrap_or_default();
                let used = read.read(block, reader.as_deref_mut());
                self.blocks.give_back(used);
                read
            })),
            ReadingPlace::Pool(queue) => loop {
                // The pool first gets all that is there. If it got the next block only after this
                // thread has processed the last one, it would have nothing to do meanwhile.
                let next = if queue.is_empty() {
                    self.blocks.next()
                } else if queue.is_full() {
                    Next::Idle
                } else {
                    self.blocks.ready()
                };
                let otherwise = match next {
                    Next::Block(block) => {
                        queue.send(block, self.spare.pop().unwrap_or_default())?;
                        continue;
                    }
                    Next::Failed(error) => return Ok(Next::Failed(error)),
                    Next::Idle => Next::Idle,
                    Next::End => Next::End,
                };
                // What is under way comes first.
                return Ok(match queue.wait()? {
                    Some((read, used)) => {
                        self.blocks.give_back(used);
                        Next::Block(read)
                    }
                    None => otherwise,
                });
            },
        }
    }

    /// Gives a block back that is no longer needed, so that its buffers are used again.
    pub(crate) fn give_back(&mut self, block: ReadBlock) {
        self.spare.push(block);
    }
}
