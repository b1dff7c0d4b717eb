//! The compiled module as a processor: an instance in the engine, or whatever stands in for one in
//! tests.

use std::num::NonZero;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::available_parallelism;

use sessionize_formats::time::Millis;
use sessionize_smartmodule::wire::BatchBuilder;

use super::engine::{Module, NO_APPEND_TIME, ProcessedBatch, Start};
use super::line_batch::Lines;
use super::random;
use crate::error::Error;
use crate::processed::Batch;
use crate::thread;

/// What processes batches as a broker's engine hands them over: a [`Module`].
pub(crate) trait Instance: Send {
    /// Processes a batch, as [`Module::process`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::process`].
    fn process(
        &mut self,
        raw: Vec<u8>,
        offset: i64,
        append_time: i64,
    ) -> Result<ProcessedBatch, Error>;
}

impl Instance for Module {
    fn process(
        &mut self,
        raw: Vec<u8>,
        offset: i64,
        append_time: i64,
    ) -> Result<ProcessedBatch, Error> {
        Module::process(self, raw, offset, append_time)
    }
}

/// An instance that processes one batch of lines after the other.
pub(crate) struct ModuleProcessor {
    module: Box<dyn Instance>,
    /// The offset of the next batch.
    offset: i64,
}

impl ModuleProcessor {
    /// Starts the module `wasm`, without sessions.
    ///
    /// # Errors
    ///
    /// When a parameter is refused, the module can't be started, or the system has no randomness.
    pub(crate) fn start(wasm: &[u8], pairs: &[(String, String)]) -> Result<Self, Error> {
        let start = Start {
            parameters: pairs.to_vec(),
            ..Start::default()
        };
        Self::of(Module::start(wasm, &start)?)
    }

    /// A processor of an instance that knows no session.
    ///
    /// # Errors
    ///
    /// When the system has no randomness.
    pub(crate) fn of(instance: impl Instance + 'static) -> Result<Self, Error> {
        Ok(Self {
            module: Box::new(instance),
            offset: first_offset()?,
        })
    }

    /// Starts that many instances, on all cores: each of them compiles the module for itself, since
    /// the engine neither shares compiled code nor takes any.
    ///
    /// # Errors
    ///
    /// Those of [`Self::start`], and when the system has no more threads.
    pub(crate) fn start_many(
        count: usize,
        wasm: &[u8],
        pairs: &[(String, String)],
    ) -> Result<Vec<Self>, Error> {
        let left = AtomicUsize::new(count);
        let take_one = |left: usize| left.checked_sub(1);
        let start_some = || {
            let mut started = Vec::new();
            while left.fetch_update(Relaxed, Relaxed, take_one).is_ok() {
                started.push(Self::start(wasm, pairs)?);
            }
            Ok(started)
        };
        let cores = available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| {
            let starters: Vec<_> = (0..cores.min(count))
                .map(|_| thread::spawn_scoped(scope, "starter", start_some))
                .collect::<Result<_, _>>()?;
            let mut processors = Vec::with_capacity(count);
            for starter in starters {
                let died = |_| Err(thread::died("a processor"));
                processors.extend(starter.join().unwrap_or_else(died)?);
            }
            Ok(processors)
        })
    }

    /// Processes a batch of lines that was appended at `append_time`, in ms since the epoch, where
    /// that is known. Each output goes to `emit`: its record key and its value.
    ///
    /// # Errors
    ///
    /// When a record is refused, as `invalid=fail` asks, or the module fails. Nothing of the batch
    /// counts then; outputs that were emitted are void.
    pub(crate) fn process(
        &mut self,
        batch: &Lines,
        append_time: Option<Millis>,
        mut emit: impl FnMut(Option<&[u8]>, &[u8]),
    ) -> Result<(), Error> {
        let mut records = BatchBuilder::new();
        for line in batch.iter() {
            records.push(None, line);
        }
        let append_time = append_time.unwrap_or(NO_APPEND_TIME);
        let processed = self
            .module
            .process(records.take(), self.offset, append_time)?;
        // An offset of its own for each batch: the module takes a batch that it has just seen for
        // presented twice.
        self.offset += batch.len() as i64;
        for record in &processed.records {
            let key = record.key.as_ref().map(|key| key.as_ref());
            emit(key, record.value.as_ref());
        }
        processed.refused.map_or(Ok(()), Err)
    }
}

/// An offset that nobody can predict, for the first of a stream of batches.
///
/// The module takes the seed of its hash from the beginning of its first batch, offset included, as
/// it has no other randomness. The offset is below 2⁶², so that any number of records may follow.
///
/// # Errors
///
/// When the system has no randomness to give.
fn first_offset() -> Result<i64, Error> {
    Ok((u64::from_le_bytes(random()?) >> 2) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_begin_at_offsets_of_their_own_with_room_behind_them() {
        let offsets = [first_offset().unwrap(), first_offset().unwrap()];
        assert_ne!(offsets[0], offsets[1]);
        assert!(offsets.iter().all(|offset| (0..1 << 62).contains(offset)));
    }
}
