//! The added fields: what an output says of its event's session.

pub(crate) mod names;
mod reader;

pub use names::{COUNT, NAMES};
pub(crate) use reader::read;
pub use reader::{Added, AddedReader, seconds};
