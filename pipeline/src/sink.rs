//! Sinks: where events go in the order in which they are released.
//!
//! * [`partitions`]: events in batches to instances of the module, and what they put out to a file.
//! * [`destination`]: files and the standard output.

mod destination;
mod partitions;

pub use destination::Destination;
pub(crate) use partitions::{Partitions, partition_of_key};
