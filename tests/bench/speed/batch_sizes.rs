//! The batch sizes that everything is measured with.

/// Numbers of records in a batch.
pub const BATCH_SIZES: [usize; 2] = [100, 1_000];
