//! Stands in for the engine where the program is built without it.

use sessionize_formats::time::Millis;

use super::line_batch::Lines;
use crate::error::Error;

/// The processor that can't be started.
pub(crate) enum ModuleProcessor {}

impl ModuleProcessor {
    /// Says what is missing.
    ///
    /// # Errors
    ///
    /// In any case.
    pub(crate) fn start_many(
        _count: usize,
        _wasm: &[u8],
        _pairs: &[(String, String)],
    ) -> Result<Vec<Self>, Error> {
        Err(Error::no_engine("--engine"))
    }

    /// Is never called.
    ///
    /// # Errors
    ///
    /// None.
    pub(crate) fn process(
        &mut self,
        _batch: &Lines,
        _append_time: Option<Millis>,
        _emit: impl FnMut(Option<&[u8]>, &[u8]),
    ) -> Result<(), Error> {
        match *self {}
    }
}
