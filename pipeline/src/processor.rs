//! Processors: they make outputs of events, the same ones whichever you choose.
//!
//! * [`native`]: the session rule in this process.
//! * [`module`]: the compiled module in Fluvio's [`engine`], as a broker runs it.
//! * [`worker`]: the module at work on a thread of its own.

#[cfg(feature = "engine")]
pub mod engine;
pub(crate) mod line_batch;
#[cfg(feature = "engine")]
pub(crate) mod module;
pub(crate) mod native;
#[cfg(not(feature = "engine"))]
mod no_engine;
pub(crate) mod worker;

use sessionize_core::parameters::{Parameters, Restore};

use crate::error::Error;
#[cfg(feature = "engine")]
pub(crate) use module::ModuleProcessor;
#[cfg(not(feature = "engine"))]
pub(crate) use no_engine::ModuleProcessor;

/// The parameters of these names and values.
///
/// # Errors
///
/// When one of them is refused, with the message that the module gives; and when the module would
/// wait to be restored, which nobody does here.
pub(crate) fn parameters(pairs: &[(String, String)]) -> Result<Parameters, Error> {
    let parameters = crate::parameters(pairs)?;
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
pub fn random<const COUNT: usize>() -> Result<[u8; COUNT], Error> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::failure(format!("cannot get random bytes from the system: {e}")))?;
    Ok(bytes)
}

/// The error for a record that is refused, with the beginning of the record.
pub(crate) fn refused(reason: &str, record: &[u8]) -> Error {
    const SHOWN: usize = 60;
    let record = String::from_utf8_lossy(record);
    let mut shown: String = record.chars().take(SHOWN).collect();
    if shown.len() < record.len() {
        shown.push('…');
    }
    Error::failure(format!("the module refused a record: {reason}: {shown:?}"))
}
