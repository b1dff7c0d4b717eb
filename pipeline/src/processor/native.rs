//! The session rule in this process.

use sessionize_core::event::Record;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::{Outcome, Sessionizer};
use sessionize_formats::time::Millis;

use super::lines::Lines;
use super::{random, refused};
use crate::error::Error;

/// Random bytes that seed the hash of the state.
const SEED_SIZE: usize = 16;

/// A sessionizer without the engine around it.
pub(crate) struct Native {
    sessionizer: Sessionizer,
}

impl Native {
    /// A sessionizer that knows no session yet.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub(crate) fn start(parameters: &Parameters) -> Result<Self, Error> {
        let seed: [u8; SEED_SIZE] = random()?;
        let mut sessionizer = Sessionizer::new(parameters);
        sessionizer.seed(&seed);
        Ok(Self { sessionizer })
    }

    /// Processes a batch, as [`Processor::process`](super::Processor::process) says.
    ///
    /// # Errors
    ///
    /// When a record is refused.
    pub(crate) fn process(
        &mut self,
        batch: &Lines,
        append_time: Option<Millis>,
        mut emit: impl FnMut(Option<&[u8]>, &[&[u8]]),
    ) -> Result<(), Error> {
        self.sessionizer.begin_batch(append_time);
        for line in batch.iter() {
            let record = Record {
                key: None,
                value: line,
                append_time,
            };
            match self.sessionizer.process(&record) {
                Outcome::Emit { key, value } => emit(key, &value),
                Outcome::Drop => {}
                Outcome::Fail(failure) => return Err(refused(&failure.to_string(), line)),
            }
        }
        Ok(())
    }
}
