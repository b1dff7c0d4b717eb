//! Sinks: where records go in the order in which they are released.
//!
//! * [`partitions`]: records in batches to processors, by the visitor's key.
//! * [`writer`]: what the processors put out, joined into one output.
//! * [`destination`]: files and the standard output.

mod destination;
mod partitions;
mod writer;

pub use destination::Destination;
pub(crate) use destination::OpenDestination;
pub(crate) use partitions::Partitions;
