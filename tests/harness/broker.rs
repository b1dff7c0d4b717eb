//! What a broker does around a module, as far as the module can tell: read off Fluvio's source, in memory.

mod consumer;
mod leader;
mod partition;

pub use consumer::{Response, Stream};
pub use leader::{Leader, Refusal};
pub use partition::{LookBack, Partition, StoredBatch};

/// The base timestamp of a batch without one.
pub const NO_TIMESTAMP: i64 = -1;
