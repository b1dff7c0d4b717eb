//! Batches that processors have processed, on their way to the writer.

use crate::error::Error;

/// What came out for a batch.
pub(crate) struct Processed<B> {
    /// The number of the batch among the batches of all processors.
    pub(crate) number: u64,
    pub(crate) buffers: Buffers<B>,
    /// Why there are no outputs. The processor has stopped then.
    pub(crate) error: Option<Error>,
}

/// Records that are processed together, in buffers that are used again.
pub(crate) trait Batch: Default {
    /// How many records it has.
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of all lines together as they were read, in bytes.
    fn size(&self) -> usize;

    /// Empties it, and keeps its buffers.
    fn clear(&mut self);
}

/// The buffers of a batch. They are filled, processed, written, and used again. Their number is
/// fixed, which bounds how much is under way.
#[derive(Default)]
pub(crate) struct Buffers<B> {
    /// What the batch is made of.
    pub(crate) batch: B,
    /// The outputs, each with a line end.
    pub(crate) outputs: Vec<u8>,
}
