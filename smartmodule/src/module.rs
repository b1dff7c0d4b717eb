//! The module's state, and what it does with a batch.

use fluvio_smartmodule::dataplane::smartmodule::{
    SmartModuleInitErrorStatus as InitStatus, SmartModuleTransformErrorStatus as Status,
};
use sessionize_core::event::Record;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::{Outcome, Sessionizer};

use crate::wire::{self, Damaged, Input, Output, Records};

/// A module that has been started with parameters.
pub struct Module {
    sessionizer: Sessionizer,
    output: Output,
    /// The latest batch, as it came in.
    latest: Vec<u8>,
}

/// What a batch has become.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The encoded output.
    pub bytes: &'a [u8],
    /// How many records are in it.
    pub count: u32,
}

/// Why a module was not started.
#[derive(Debug)]
pub struct Refusal {
    /// What `init` returns.
    pub status: InitStatus,
    /// The encoded error.
    pub bytes: Vec<u8>,
}

impl Module {
    /// Starts a module with the parameters in `input`, encoded as the engine of this version does.
    ///
    /// # Errors
    /// The error that the parameters' check gives.
    pub fn start(input: &[u8], version: i16) -> Result<Self, Refusal> {
        let pairs = wire::parameters(input, version).map_err(|_| Refusal {
            status: InitStatus::DecodingInput,
            bytes: Vec::new(),
        })?;
        let parameters = Parameters::from_pairs(pairs).map_err(|error| Refusal {
            status: InitStatus::InitError,
            bytes: wire::refusal(&format!("{error}")),
        })?;
        Ok(Module::new(&parameters))
    }

    /// A module that knows no session yet.
    pub fn new(parameters: &Parameters) -> Self {
        Module {
            sessionizer: Sessionizer::new(parameters),
            output: Output::new(),
            latest: Vec::new(),
        }
    }

    /// Sessionizes a batch, encoded as the engine of this version does.
    ///
    /// A batch that is the latest one again, byte for byte, is counted once where it may be that one, presented again:
    /// what it did the first time is taken back.
    ///
    /// # Errors
    /// A status where the input is damaged; the state is then what it was before.
    pub fn filter_map(&mut self, input: Vec<u8>, version: i16) -> Result<Answer<'_>, Status> {
        let batch = Input::parse(&input, version).map_err(status)?;
        if self.latest.is_empty() {
            self.sessionizer.seed(unforeseen(&input));
        } else if self.latest == input && may_be_presented_again(&batch) {
            self.sessionizer.undo_batch();
        }
        self.sessionizer.begin_batch(batch.base_timestamp);
        // The bytes are kept rather than a digest of them: exact, and the first bytes tell most batches apart. They are
        // copied, which costs less than 1 %: inputs of all sizes that stay for a while would leave holes in the memory.
        self.latest.clear();
        self.latest.extend_from_slice(&input);
        drop(input);
        self.output.begin();
        match self.sessionize(version) {
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

    /// Writes what becomes of each record of the latest batch.
    fn sessionize(&mut self, version: i16) -> Result<(), Damaged> {
        let input = Input::parse(&self.latest, version)?;
        for record in Records::new(input.records)? {
            let record = record?;
            let base = input.base_timestamp;
            let outcome = self.sessionizer.process(&Record {
                key: record.key,
                value: record.value,
                append_time: base.map(|base| base.saturating_add(record.timestamp_delta)),
            });
            match outcome {
                Outcome::Emit { key, value } => self.output.record(&record, key, &value),
                Outcome::Drop => {}
                Outcome::Fail(invalid) => {
                    let why = format!("{invalid}");
                    self.output.fail(&record, input.base_offset, &why);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Restores the state from records that were stored before, read in place: a million of them are in memory at once.
    ///
    /// It never fails, since an error would keep the partition's leader from starting; behind a damaged record nothing
    /// more can be read.
    pub fn look_back(&mut self, input: &[u8], version: i16) {
        self.sessionizer.seed(unforeseen(input));
        let Ok(input) = Input::parse(input, version) else {
            return;
        };
        for record in Records::new(input.records)
            .into_iter()
            .flatten()
            .map_while(Result::ok)
        {
            self.sessionizer.look_back(record.key, record.value);
        }
    }

    /// The sessions that are held.
    pub fn sessionizer(&self) -> &Sessionizer {
        &self.sessionizer
    }
}

/// Whether a batch equal to the latest one may be that one again, and not another with the same records.
///
/// A consumer's stream presents a batch again whose output did not fit into the response any more, and a producer sends
/// one again when it has missed the answer. In a stream the offset tells a batch from all others, and the one at offset 0
/// is never presented again: a response has room for its first batch, or skips it. Every batch of a producer has offset 0.
/// One of a single record may be a line like the one before; longer ones that are equal, to the millisecond in which they
/// were made, are a producer's second attempt.
#[cold]
fn may_be_presented_again(batch: &Input<'_>) -> bool {
    batch.base_offset != 0 || Records::new(batch.records).is_ok_and(|records| records.left() > 1)
}

/// What those who send events can hardly foresee, and seeds the hash of the state: the start of the first batch, with its offset
/// and others' events. A module for `wasm32-unknown-unknown` has no other randomness. A host that wants it unforeseeable begins
/// with a random offset.
pub fn unforeseen(input: &[u8]) -> &[u8] {
    const ENOUGH: usize = 4096;
    input.get(..ENOUGH).unwrap_or(input)
}

fn status(damaged: Damaged) -> Status {
    match damaged {
        Damaged::Input => Status::DecodingBaseInput,
        Damaged::Records => Status::DecodingRecords,
    }
}
