//! The lines of one input, for those who read it by themselves.

use std::sync::Arc;

use super::blocks::{Block, BlockReader};
use super::input::Input;
use crate::error::Error;

/// The lines of one input, which is decompressed if it has to be.
pub struct InputLines {
    blocks: BlockReader,
    block: Block,
}

/// A line of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputLine<'a> {
    /// Where it begins in the input's content, in bytes. The content of a compressed file is what
    /// it decompresses to.
    pub begin: u64,
    /// Where the next line begins.
    pub end: u64,
    /// The line, without what ends it.
    pub text: &'a [u8],
}

impl InputLines {
    /// Opens an input.
    ///
    /// # Errors
    ///
    /// When it can't be opened, or is compressed in a way that is not read.
    pub fn open(input: &Input) -> Result<Self, Error> {
        Ok(Self {
            blocks: input.find(0, true)?.open(Arc::default())?,
            block: Block::default(),
        })
    }

    /// Reads on, and hands over the lines that were read, but for blank ones. Returns false at the
    /// end of the input.
    ///
    /// # Errors
    ///
    /// When the input can't be read any further.
    pub fn next(&mut self, mut take: impl FnMut(InputLine<'_>)) -> Result<bool, Error> {
        let Some(block) = self.blocks.next(std::mem::take(&mut self.block))? else {
            return Ok(false);
        };
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let behind = lines.peek().map(|next| next.position.byte);
            take(InputLine {
                begin: line.position.byte,
                end: behind.unwrap_or(block.behind()),
                text: line.text,
            });
        }
        drop(lines);
        self.block = block;
        Ok(true)
    }
}
