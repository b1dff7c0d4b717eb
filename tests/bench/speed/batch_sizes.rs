//! The sizes of batches that everything is measured with.

/// Records in a batch.
pub const BATCH_SIZES: [usize; 2] = [100, 1_000];
