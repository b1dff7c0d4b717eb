//! Processors: they make outputs of events, the same ones whichever you choose.
//!
//! * [`native`]: the session rule in this process.
//! * [`engine`]: the compiled module in Fluvio's engine, as a broker runs it.
//! * [`worker`]: a processor at work on a thread of its own.

pub mod engine;
pub(crate) mod lines;
mod native;
pub(crate) mod worker;

use sessionize_core::parameters::{Parameters, Restore};
use sessionize_formats::time::Millis;
use sessionize_smartmodule::wire::BatchBuilder;

use crate::error::Error;
use engine::{Module, NO_APPEND_TIME, Start, first_offset};
use lines::Lines;
use native::Native;

/// A processor of the events of some visitors, with their sessions.
pub(crate) enum Processor {
    Native(Box<Native>),
    Engine {
        module: Module,
        /// The offset of the next batch.
        offset: i64,
    },
}

impl Processor {
    /// Starts a processor in this process that knows no session yet.
    ///
    /// # Errors
    ///
    /// When the system has no randomness.
    pub(crate) fn native(parameters: &Parameters) -> Result<Self, Error> {
        Native::start(parameters).map(Box::new).map(Self::Native)
    }

    /// Starts the module `wasm` in the engine, without sessions.
    ///
    /// # Errors
    ///
    /// When a parameter is refused, the module can't be started, or the system has no randomness.
    pub(crate) fn engine(wasm: &[u8], pairs: &[(String, String)]) -> Result<Self, Error> {
        let start = Start {
            parameters: pairs.to_vec(),
            ..Start::default()
        };
        Ok(Self::Engine {
            module: Module::start(wasm, &start)?,
            offset: first_offset()?,
        })
    }

    /// Processes a batch of lines that was appended at `append_time`, in ms since the epoch, where
    /// that is known. Each output goes to `emit`: its record key and its value, in parts.
    ///
    /// # Errors
    ///
    /// When a record is refused, as `invalid=fail` asks, or the module fails. Nothing of the batch
    /// counts then; outputs that were emitted are void.
    pub(crate) fn process(
        &mut self,
        batch: &Lines,
        append_time: Option<Millis>,
        mut emit: impl FnMut(Option<&[u8]>, &[&[u8]]),
    ) -> Result<(), Error> {
        match self {
            Self::Native(native) => native.process(batch, append_time, emit),
            Self::Engine { module, offset } => {
                let mut records = BatchBuilder::new();
                for line in batch.iter() {
                    records.push(None, line);
                }
                let append_time = append_time.unwrap_or(NO_APPEND_TIME);
                let processed = module.process(records.take(), *offset, append_time)?;
                // An offset of its own for each batch: the module takes a batch that it has just
                // seen for presented twice.
                *offset += batch.len() as i64;
                for record in &processed.records {
                    let key = record.key.as_ref().map(|key| key.as_ref());
                    emit(key, &[record.value.as_ref()]);
                }
                processed.refused.map_or(Ok(()), Err)
            }
        }
    }
}

/// The parameters of these names and values.
///
/// # Errors
///
/// When one of them is refused, with the message that the module gives; and when the module would
/// wait to be restored, which nobody does here.
pub(crate) fn parameters(pairs: &[(String, String)]) -> Result<Parameters, Error> {
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let parameters = Parameters::from_pairs(pairs).map_err(|e| Error::usage(e.to_string()))?;
    if parameters.restore == Restore::Require {
        return Err(Error::usage(
            "parameter `restore` is `require`, but a run has nobody who tells the sessions; \
             allowed are `off` and `accept`",
        ));
    }
    Ok(parameters)
}

/// Bytes that nobody can predict.
///
/// # Errors
///
/// When the system has no randomness to give.
fn random<const COUNT: usize>() -> Result<[u8; COUNT], Error> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::failure(format!("cannot get random bytes from the system: {e}")))?;
    Ok(bytes)
}

/// The error for a record that is refused, with the beginning of the record.
fn refused(reason: &str, record: &[u8]) -> Error {
    const SHOWN: usize = 60;
    let record = String::from_utf8_lossy(record);
    let mut shown: String = record.chars().take(SHOWN).collect();
    if shown.len() < record.len() {
        shown.push('…');
    }
    Error::failure(format!("the module refused a record: {reason}: {shown:?}"))
}
