//! An in-memory broker that does around a module what Fluvio's does, as far as the module can tell.
//! Its behaviour is taken from Fluvio's source.

mod consumer;
mod leader;
mod partition;

pub use consumer::{Response, Stream};
pub use leader::{Leader, RefusedRequest};
pub use partition::{LookBack, NO_TIMESTAMP, Partition, StoredBatch};
