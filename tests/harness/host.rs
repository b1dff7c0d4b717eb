//! Where the module under test runs: compiled to WebAssembly in Fluvio's engine, or natively, which
//! is fast enough for thousands of simulations.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use fluvio_protocol::{Decoder, Encoder};
use fluvio_smartengine::Lookback;
use fluvio_smartmodule::Record;
use fluvio_smartmodule::dataplane::smartmodule::{SmartModuleInput, SmartModuleOutput};
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::engine;
use sessionize_smartmodule::adapter::Adapter;

/// The engine version that `smdk test` uses; it decides the layout of a batch.
pub const SMDK_VERSION: i16 = 22;

pub use engine::BROKER_VERSION;

/// Starts instances of the module.
pub trait Host: Sync {
    /// Starts an instance with these parameters. The error is the module's own message.
    fn start(&self, parameters: &[(String, String)]) -> Result<Box<dyn Instance>>;
}

/// One instance, with its state.
pub trait Instance {
    /// Processes a batch.
    fn process(&mut self, raw: Vec<u8>, base_offset: i64, base_timestamp: i64)
    -> Result<Processed>;

    /// Looks back at stored records.
    fn look_back(&mut self, records: Vec<Record>) -> Result<()>;
}

/// The module's output for a batch.
#[derive(Debug)]
pub struct Processed {
    /// The records that it passes on.
    pub records: Vec<Record>,
    /// Why it refused the batch, if it did.
    pub refused: Option<String>,
}

/// The raw bytes of a batch, by Fluvio's own encoder.
pub fn raw(records: &Vec<Record>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    records.encode(&mut bytes, BROKER_VERSION)?;
    Ok(bytes)
}

/// The compiled module in Fluvio's engine.
#[derive(Debug)]
pub struct Engine {
    /// The compiled module.
    pub wasm: Vec<u8>,
    /// The engine version.
    pub version: i16,
    /// The memory that the module may have at most, in bytes.
    pub memory: usize,
}

impl Engine {
    /// The module as brokers run it.
    pub fn new() -> Result<Self> {
        Ok(Self {
            wasm: wasm()?,
            version: BROKER_VERSION,
            memory: engine::BROKER_MEMORY,
        })
    }

    /// Starts an instance with these parameters.
    pub fn module(&self, parameters: &[(String, String)]) -> Result<engine::Module> {
        let start = engine::Start {
            parameters: parameters.to_vec(),
            memory: self.memory,
            version: self.version,
            // The engine only checks that this is set. The number matters to the broker, which
            // reads the records.
            lookback: Some(Lookback::Last(u64::MAX)),
        };
        engine::Module::start(&self.wasm, &start).map_err(|error| anyhow!("{error}"))
    }
}

impl Host for Engine {
    fn start(&self, parameters: &[(String, String)]) -> Result<Box<dyn Instance>> {
        Ok(Box::new(self.module(parameters)?))
    }
}

impl Instance for engine::Module {
    fn process(
        &mut self,
        raw: Vec<u8>,
        base_offset: i64,
        base_timestamp: i64,
    ) -> Result<Processed> {
        let outcome = Self::process(self, raw, base_offset, base_timestamp)
            .map_err(|error| anyhow!("{error}"))?;
        Ok(Processed {
            records: outcome.records,
            refused: outcome.refused.map(|error| error.to_string()),
        })
    }

    fn look_back(&mut self, records: Vec<Record>) -> Result<()> {
        Self::look_back(self, records).map_err(|error| anyhow!("{error}"))
    }
}

/// The compiled module, from the path in `SESSIONIZE_WASM` or from where `make build` puts it.
pub fn wasm() -> Result<Vec<u8>> {
    match std::env::var_os("SESSIONIZE_WASM") {
        Some(path) => read(Path::new(&path)),
        None => wasm_named("sessionize.wasm"),
    }
}

/// A compiled module that `scripts/build-module` has put beside the programs.
pub fn wasm_named(name: &str) -> Result<Vec<u8>> {
    let mut path = std::env::current_exe()?;
    // Test programs are in `deps`, a subfolder of the one that holds the module.
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    read(&path.join(name))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| {
        format!(
            "no compiled module at {}: see scripts/build-module",
            path.display()
        )
    })
}

/// The module compiled for this machine. It reads and writes the same bytes as in the engine.
#[derive(Debug, Clone, Copy)]
pub struct Native {
    /// The engine version that decides the layout of those bytes.
    pub version: i16,
}

struct NativeInstance {
    adapter: Adapter,
    version: i16,
}

impl Host for Native {
    fn start(&self, parameters: &[(String, String)]) -> Result<Box<dyn Instance>> {
        let pairs = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Ok(Box::new(NativeInstance {
            adapter: Adapter::new(&Parameters::from_pairs(pairs)?),
            version: self.version,
        }))
    }
}

impl NativeInstance {
    fn input(&self, raw: Vec<u8>, base_offset: i64, base_timestamp: i64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        SmartModuleInput::new(raw, base_offset, base_timestamp).encode(&mut bytes, self.version)?;
        Ok(bytes)
    }
}

impl Instance for NativeInstance {
    fn process(
        &mut self,
        raw: Vec<u8>,
        base_offset: i64,
        base_timestamp: i64,
    ) -> Result<Processed> {
        let input = self.input(raw, base_offset, base_timestamp)?;
        let version = self.version;
        let answer = self.adapter.filter_map(input, version)?;
        let output = SmartModuleOutput::decode_from(&mut Cursor::new(answer.bytes), version)?;
        anyhow::ensure!(
            output.successes.len() == answer.count as usize,
            "the count returned is wrong"
        );
        Ok(Processed {
            records: output.successes,
            refused: output.error.map(|error| error.hint),
        })
    }

    fn look_back(&mut self, records: Vec<Record>) -> Result<()> {
        let input = self.input(raw(&records)?, 0, 0)?;
        self.adapter.look_back(&input, self.version);
        Ok(())
    }
}
