//! An instance whose memory and number of executed instructions can be measured.

use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};

use anyhow::{Context, Result, bail};
use fluvio_smartengine::{
    EngineError, Lookback, SmartEngine, SmartModuleChainBuilder, SmartModuleChainInstance,
    SmartModuleConfig,
};
use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleExtraParams, SmartModuleInput};

use crate::host::BROKER_VERSION;

/// An instance in Fluvio's engine, called directly, without `sessionize-pipeline` in between.
#[derive(Debug)]
pub struct Guest {
    chain: SmartModuleChainInstance,
    limit: usize,
}

impl Guest {
    /// Starts an instance as brokers do, with at most `limit` bytes of memory.
    pub fn start(wasm: &[u8], parameters: &[(&str, &str)], limit: usize) -> Result<Self> {
        let mut given = SmartModuleExtraParams::default();
        for (name, value) in parameters {
            given.insert((*name).into(), (*value).into());
        }
        let config = SmartModuleConfig::builder()
            .smartmodule_names(&[String::from("measured")])
            .params(given)
            .version(BROKER_VERSION)
            .lookback(Some(Lookback::Last(u64::MAX)))
            .build()?;
        let mut builder = SmartModuleChainBuilder::from((config, wasm));
        builder.set_store_memory_limit(limit);
        Ok(Self {
            chain: builder.initialize(&SmartEngine::new())?,
            limit,
        })
    }

    /// Processes a batch.
    pub fn process(&mut self, input: SmartModuleInput) -> Result<Vec<Record>> {
        let output = self.chain.process(input)?;
        match output.error {
            None => Ok(output.successes),
            Some(error) => bail!("the module refused a record: {}", error.hint),
        }
    }

    /// Looks back at stored records.
    pub fn look_back(&mut self, records: Vec<Record>) -> Result<()> {
        let records = std::cell::RefCell::new(records);
        let looked_back = pin!(self.chain.look_back(|_| {
            let records = records.take();
            async { Ok(records) }
        }));
        // The records are at hand, so there is nothing to wait for.
        match looked_back.poll(&mut TaskContext::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => bail!("the engine waits"),
        }
    }

    /// The fuel used since the last call: about one unit for each WebAssembly instruction. The same
    /// work uses the same fuel on any machine, however busy it is.
    pub fn fuel(&self) -> u64 {
        let metrics = self.chain.metrics_export();
        let fuel: u64 = metrics.values().map(|metrics| metrics.fuel_used()).sum();
        // Fluvio counts each call twice: for the transform, and for the instance around it.
        fuel / 2
    }

    /// The memory that the instance has, in bytes. WebAssembly memory never shrinks, so this is
    /// also the peak.
    ///
    /// The engine reports it only in the error for an exceeded limit. So this offers a batch as
    /// large as the limit, for which there is no room. The module is not called, so the batch has
    /// no other effect. Counting the pages of this process instead would include the host's own
    /// memory.
    pub fn memory(&mut self) -> Result<usize> {
        let too_much = SmartModuleInput::new(vec![0; self.limit], 0, 0);
        let refused = self.chain.process(too_much).err();
        let refused = refused.context("a batch as large as all memory went through")?;
        match refused.downcast_ref() {
            Some(EngineError::StoreMemoryExceeded { current, .. }) => Ok(*current),
            _ => Err(refused.context("not refused for its size")),
        }
    }
}
