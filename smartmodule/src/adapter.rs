//! One batch in, one batch out; and a batch taken back when it is presented again.

#[cfg(test)]
mod tests;

use std::mem;

use fluvio_smartmodule::dataplane::smartmodule::{
    SmartModuleInitErrorStatus as InitStatus, SmartModuleTransformErrorStatus as Status,
};
use sessionize_core::event::Record;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::{Outcome, Sessionizer};

use crate::wire::{self, Damaged, Envelope, OutputBuffer, Records};

/// The module: its state, and how it reads and writes the bytes that the engine passes.
pub struct Adapter {
    sessionizer: Sessionizer,
    output: OutputBuffer,
    /// The latest batch, as it came in.
    latest: Vec<u8>,
}

/// The output for one batch.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The encoded output.
    pub bytes: &'a [u8],
    /// The number of records in it.
    pub count: u32,
}

/// Why a module does not start.
#[derive(Debug)]
pub struct Refusal {
    /// The value that `init` returns.
    pub status: InitStatus,
    /// The encoded error; empty if the parameters could not be decoded.
    pub bytes: Vec<u8>,
}

impl Adapter {
    /// Starts with the parameters in `input`, encoded as the engine of this version does.
    ///
    /// # Errors
    /// The first parameter that the check refuses, or bytes that do not decode.
    pub fn start(input: &[u8], version: i16) -> Result<Self, Refusal> {
        let pairs = wire::parameters(input, version).map_err(|_| Refusal {
            status: InitStatus::DecodingInput,
            bytes: Vec::new(),
        })?;
        let parameters = Parameters::from_pairs(pairs).map_err(|error| Refusal {
            status: InitStatus::InitError,
            bytes: wire::refusal(&format!("{error}")),
        })?;
        Ok(Self::new(&parameters))
    }

    /// An adapter that knows no session yet.
    pub fn new(parameters: &Parameters) -> Self {
        Self {
            sessionizer: Sessionizer::new(parameters),
            output: OutputBuffer::new(),
            latest: Vec::new(),
        }
    }

    /// Sessionizes a batch, encoded as the engine of this version does.
    ///
    /// A batch that equals the latest one byte for byte is counted once, where it may be that one
    /// presented again: the changes of the first time are undone first.
    ///
    /// # Errors
    /// A status if the input is damaged. The batch then changes no session.
    pub fn filter_map(&mut self, input: Vec<u8>, version: i16) -> Result<Answer<'_>, Status> {
        let batch = Envelope::parse(&input, version).map_err(status)?;
        if self.is_control(&batch) {
            self.sessionizer.begin_control_batch();
            let sessionized = self.sessionize(&input, version);
            return self.finish(sessionized);
        }
        if self.latest.is_empty() {
            self.sessionizer.seed(hash_seed(&input));
        } else if self.latest == input && may_be_presented_again(&batch) {
            self.sessionizer.undo_sessions();
        }
        self.sessionizer.begin_batch(batch.base_timestamp);
        // The bytes are kept rather than a digest of them: that is exact, and the first bytes
        // already tell most batches apart. Copying costs less than 1 %. Keeping the input itself
        // was rejected: inputs of all sizes that stay for a while would leave holes in the memory.
        let mut latest = mem::take(&mut self.latest);
        latest.clear();
        latest.extend_from_slice(&input);
        drop(input);
        let sessionized = self.sessionize(&latest, version);
        self.latest = latest;
        self.finish(sessionized)
    }

    /// Whether a batch has nothing but control records. Whoever watches over the restoring sends
    /// one every second. It must not take the place of the latest batch, which may yet come again.
    fn is_control(&self, batch: &Envelope<'_>) -> bool {
        Records::new(batch.records).is_ok_and(|mut records| {
            records.left() > 0
                && records.all(|record| {
                    record.is_ok_and(|record| self.sessionizer.is_control(record.key))
                })
        })
    }

    /// Writes the outcome of each record of a batch that has begun.
    fn sessionize(&mut self, input: &[u8], version: i16) -> Result<(), Damaged> {
        self.output.begin();
        let batch = Envelope::parse(input, version)?;
        for record in Records::new(batch.records)? {
            let record = record?;
            let base = batch.base_timestamp;
            let outcome = self.sessionizer.process(&Record {
                key: record.key,
                value: record.value,
                append_time: base.map(|base| base.saturating_add(record.timestamp_delta)),
            });
            match outcome {
                Outcome::Emit { key, value } => self.output.record(&record, key, &value),
                Outcome::Drop => {}
                Outcome::Fail(failure) => {
                    let why = format!("{failure}");
                    self.output.fail(&record, batch.base_offset, &why);
                    break;
                }
            }
        }
        Ok(())
    }

    /// The answer for a batch that was sessionized.
    fn finish(&mut self, sessionized: Result<(), Damaged>) -> Result<Answer<'_>, Status> {
        match sessionized {
            Ok(()) => Ok(Answer {
                count: self.output.count(),
                bytes: self.output.finish(),
            }),
            Err(damaged) => {
                self.sessionizer.undo_batch();
                Err(status(damaged))
            }
        }
    }

    /// Restores the state from stored records. They are read in place, because a million of them
    /// may be in memory at once.
    ///
    /// It never fails: an error would keep the partition's leader from starting. Nothing can be
    /// read after a damaged record, so reading ends there.
    pub fn look_back(&mut self, input: &[u8], version: i16) {
        self.sessionizer.seed(hash_seed(input));
        let Ok(stored) = Envelope::parse(input, version) else {
            return;
        };
        for record in Records::new(stored.records)
            .into_iter()
            .flatten()
            .map_while(Result::ok)
        {
            self.sessionizer.look_back(record.key, record.value);
        }
    }
}

/// Whether a batch equal to the latest one may be that one again, rather than another batch with
/// the same records.
///
/// A consumer's stream presents a batch again if its output no longer fitted into the response. A
/// producer sends a batch again if it missed the answer.
///
/// In a stream the offset tells a batch from all others, and the batch at offset 0 is never
/// presented again: a response has room for its first batch, or skips it. Every batch of a producer
/// has offset 0. There, a batch of one record may be a line that equals the one before. Longer
/// batches that are equal, to the millisecond in which they were made, are a producer's second
/// attempt. So equal batches of several records that have no timestamp always count once.
#[cold]
fn may_be_presented_again(batch: &Envelope<'_>) -> bool {
    batch.base_offset != 0 || Records::new(batch.records).is_ok_and(|records| records.left() > 1)
}

/// Bytes that seed the hash of the keys: the start of the first batch, with its offset. Later
/// senders cannot predict them. Whoever sent that batch can, and the index of the state bounds what
/// that costs. A module for `wasm32-unknown-unknown` has no other randomness. A host that has some
/// begins with a random offset.
///
/// Public for the benchmark of keys that are chosen to collide.
pub fn hash_seed(input: &[u8]) -> &[u8] {
    const MAX_BYTES: usize = 4096;
    input.get(..MAX_BYTES).unwrap_or(input)
}

fn status(damaged: Damaged) -> Status {
    match damaged {
        Damaged::Envelope => Status::DecodingBaseInput,
        Damaged::Records => Status::DecodingRecords,
    }
}
