//! The compiled module in Fluvio's own engine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fluvio_smartengine::{
    EngineError, Lookback, SmartEngine, SmartModuleChainBuilder, SmartModuleChainInstance,
    SmartModuleConfig,
};
use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInitRuntimeError, SmartModuleInput};

use super::refused;
use crate::error::Error;

/// The engine version that brokers use, which decides the layout of the module's input.
/// `smdk test` uses 22.
pub const BROKER_VERSION: i16 = 25;

/// The most memory that brokers let a module have unless `--smart-engine-max-memory` says
/// otherwise, in bytes: 1 GiB. The engine's own default is 1,000,000,000.
pub const BROKER_MEMORY: usize = fluvio_types::defaults::SPU_SMARTENGINE_STORE_MAX_BYTES;

/// The append time of records without one (`NO_TIMESTAMP` of Fluvio's protocol).
pub const NO_APPEND_TIME: i64 = -1;

/// How a module is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The module's parameters.
    pub parameters: Vec<(String, String)>,
    /// The most memory that it may have, in bytes.
    pub memory: usize,
    /// The engine version, which decides the layout of the module's input.
    pub version: i16,
    /// What the module looks back at.
    pub lookback: Option<Lookback>,
}

impl Default for Start {
    /// As a broker starts a module without parameters and without look-back.
    fn default() -> Self {
        Self {
            parameters: Vec::new(),
            memory: BROKER_MEMORY,
            version: BROKER_VERSION,
            lookback: None,
        }
    }
}

/// An instance of the module.
#[derive(Debug)]
pub struct Module {
    chain: SmartModuleChainInstance,
}

/// What the module made of a batch.
#[derive(Debug)]
pub struct ProcessedBatch {
    /// The records that it passes on.
    pub records: Vec<Record>,
    /// Why it stopped before the end of the batch, which happens with `invalid=fail` only.
    pub refused: Option<Error>,
}

impl Module {
    /// Starts an instance, in an engine of its own. The engine compiles the module anew for each
    /// instance, and offers no way around that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) with the module's own message, when the
    /// module refuses a parameter. A failure, when the wasm is not a SmartModule or needs more
    /// memory than it may have.
    pub fn start(wasm: &[u8], start: &Start) -> Result<Self, Error> {
        let parameters: BTreeMap<String, String> = start.parameters.iter().cloned().collect();
        let config = SmartModuleConfig::builder()
            .smartmodule_names(&[String::from("sessionize")])
            .params(parameters.into())
            .version(start.version)
            .lookback(start.lookback)
            .build()
            .map_err(|e| Error::failure(format!("cannot configure the module: {e}")))?;
        let mut builder = SmartModuleChainBuilder::from((config, wasm));
        builder.set_store_memory_limit(start.memory);
        let chain =
            builder.initialize(&SmartEngine::new()).map_err(|e| match e
                .downcast_ref::<SmartModuleInitRuntimeError>()
            {
                Some(refusal) => Error::usage(first_line(&refusal.hint)),
                None => Error::failure(format!("cannot start the module: {}", reason(&e))),
            })?;
        Ok(Self { chain })
    }

    /// Has a batch processed, in Fluvio's wire form. `append_time` is in ms since the epoch, or
    /// [`NO_APPEND_TIME`]. The module takes two batches of the same offset, append time and bytes
    /// for one batch that is presented twice.
    ///
    /// # Errors
    ///
    /// When the module traps or can't read the batch. The instance is of no further use then.
    pub fn process(
        &mut self,
        raw: Vec<u8>,
        offset: i64,
        append_time: i64,
    ) -> Result<ProcessedBatch, Error> {
        let output = self
            .chain
            .process(SmartModuleInput::new(raw, offset, append_time))
            .map_err(|e| Error::failure(format!("the module failed: {}", reason(&e))))?;
        Ok(ProcessedBatch {
            records: output.successes,
            refused: output
                .error
                .map(|e| refused(first_line(&e.hint), e.record_value.as_ref())),
        })
    }

    /// Has the module look back at records, if it was started to do so. All of them are in its
    /// memory at once.
    ///
    /// # Errors
    ///
    /// When the module fails, for lack of memory for example.
    pub fn look_back(&mut self, records: Vec<Record>) -> Result<(), Error> {
        let records = RefCell::new(records);
        let looked_back = pin!(self.chain.look_back(|_| {
            let records = records.take();
            async { Ok(records) }
        }));
        // The records are there already, so there is nothing to wait for.
        match looked_back.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result.map_err(|e| {
                Error::failure(format!("the module cannot look back: {}", reason(&e)))
            }),
            Poll::Pending => Err(Error::failure(
                "the module cannot look back: the engine waits",
            )),
        }
    }
}

/// The cause of an error in one line.
fn reason(error: &anyhow::Error) -> String {
    if let Some(EngineError::StoreMemoryExceeded { requested, max, .. }) = error.downcast_ref() {
        return format!("it asked for {requested} bytes of memory, its limit is {max}");
    }
    first_line(&error.root_cause().to_string()).into()
}

/// The message itself. The engine and the module's runtime put their own remarks on the lines
/// below.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}
