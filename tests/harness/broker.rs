//! What a broker does around a module, as far as the module can tell: read off Fluvio's source, in
//! memory.

mod consumer;
mod leader;
mod partition;

pub use consumer::{Response, Stream};
pub use leader::{Leader, RefusedRequest};
pub use partition::{LookBack, NO_TIMESTAMP, Partition, StoredBatch};
