//! The blocks of all inputs with what was read of them, in the order of the inputs.

use std::collections::VecDeque;

use crate::error::Error;
use crate::pool::BlockQueue;
use crate::reading::{LineReader, ReadBlock};
use crate::source::{self, Block, BlockStream};

/// The blocks of all inputs, read as events.
pub(crate) struct ReadStream {
    blocks: BlockStream,
    place: ReadingPlace,
    /// Blocks that are read and not yet taken.
    ready: VecDeque<ReadBlock>,
    spare: Vec<ReadBlock>,
}

/// Where lines are read.
enum ReadingPlace {
    /// On the thread that takes them; without a reader they are not read at all.
    Here(Option<Box<LineReader>>),
    Pool(BlockQueue),
}

/// What a stream of blocks has next.
pub(crate) enum Next {
    Block(ReadBlock),
    /// No block for now.
    Idle,
    /// An input can't be read any further. The next input follows.
    Failed(Error),
    /// There are no more blocks.
    End,
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
            ready: VecDeque::new(),
            spare: Vec::new(),
        }
    }

    /// Waits a while for the next block.
    ///
    /// # Errors
    ///
    /// When the threads of the pool have failed.
    pub(crate) fn next(&mut self) -> Result<Next, Error> {
        loop {
            if let Some(block) = self.ready.pop_front() {
                return Ok(Next::Block(block));
            }
            if self.must_wait()? {
                continue;
            }
            match self.blocks.next() {
                source::Next::Block(block) => self.read(block)?,
                // What is under way comes first.
                source::Next::Idle if self.wait()? => {}
                source::Next::Idle => return Ok(Next::Idle),
                source::Next::Failed(error) => return Ok(Next::Failed(error)),
                source::Next::End if self.wait()? => {}
                source::Next::End => return Ok(Next::End),
            }
        }
    }

    /// Gives a block back that is no longer needed, so that its buffers are used again.
    pub(crate) fn give_back(&mut self, block: ReadBlock) {
        self.spare.push(block);
    }

    /// Reads a block, or has it read.
    fn read(&mut self, block: Block) -> Result<(), Error> {
        let mut read = self.spare.pop().unwrap_or_default();
        match &mut self.place {
            ReadingPlace::Here(reader) => {
                let used = read.read(block, reader.as_deref_mut());
                self.blocks.give_back(used);
                self.ready.push_back(read);
                Ok(())
            }
            ReadingPlace::Pool(blocks) => blocks.send(block, read),
        }
    }

    /// Takes what is ready, and waits for a block if many are under way. Whether it got one.
    fn must_wait(&mut self) -> Result<bool, Error> {
        let ReadingPlace::Pool(blocks) = &mut self.place else {
            return Ok(false);
        };
        let next = match blocks.is_full() {
            true => blocks.wait()?,
            false => blocks.ready()?,
        };
        Ok(self.put(next))
    }

    /// Waits for the next block that is under way. False if there is none.
    fn wait(&mut self) -> Result<bool, Error> {
        let ReadingPlace::Pool(blocks) = &mut self.place else {
            return Ok(false);
        };
        let next = blocks.wait()?;
        Ok(self.put(next))
    }

    fn put(&mut self, next: Option<(ReadBlock, Block)>) -> bool {
        let Some((read, used)) = next else {
            return false;
        };
        self.blocks.give_back(used);
        self.ready.push_back(read);
        true
    }
}
