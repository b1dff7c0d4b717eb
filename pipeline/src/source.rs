//! Sources: files, pipes and the standard input, read as lines.
//!
//! * [`found`]: the inputs that a user names, and the files in folders ([`folder`]).
//! * [`input`]: one of them, and what it turns out to be.
//! * [`reader`]: their content, decompressed ([`stored`], [`compression`], [`members`],
//!   [`decoder`]).
//! * [`blocks`]: the content in blocks of whole lines.
//! * [`sequence`]: the order in which several inputs are read; files that overlap in time are
//!   merged ([`merge`]).
//! * [`stream`]: the blocks of all inputs, read ahead on a thread.

mod blocks;
mod compression;
mod decoder;
mod folder;
mod found;
mod input;
mod input_lines;
mod members;
mod merge;
mod reader;
mod sequence;
mod stored;
mod stream;

pub(crate) use blocks::{Block, BlockLine};
pub(crate) use found::{Found, find};
pub use input::Input;
pub(crate) use input::Source;
pub use input_lines::{InputLine, InputLines};
pub(crate) use sequence::Sequence;
pub(crate) use stream::{BlockStream, Next};
