//! What takes part, and what it is given.

use anyhow::{Context, Result, anyhow, ensure};
use fluvio_protocol::Encoder;
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use harness::cpu::{Whose, took};
use harness::guest::Guest;
use harness::host::{BROKER_VERSION, wasm, wasm_named};
use sessionize_cli::engine::BROKER_MEMORY;
use sessionize_cli::generate::{Format, Log, Options};
use sessionize_core::parameters::Parameters;
use sessionize_smartmodule::module::Module;
use sessionize_smartmodule::wire::BatchBuilder;

use super::BATCHES;

/// One that processes records.
pub struct Contender {
    pub name: &'static str,
    /// Records per CPU second, for each size of batches.
    pub speeds: [Vec<f64>; BATCHES.len()],
    /// Instructions that its WebAssembly has run.
    pub fuel: u64,
    /// Records that these were for.
    pub fuelled: u64,
    lines: bool,
    runner: Runner,
}

enum Runner {
    Engine(Guest),
    Native(Box<Module>),
}

impl Contender {
    /// All of them, in the order of the table.
    pub fn all() -> Result<Vec<Self>> {
        let engine = |wasm: &[u8]| Guest::start(wasm, &[], BROKER_MEMORY).map(Runner::Engine);
        let ours = wasm()?;
        let noop = wasm_named("sessionize-noop.wasm")?;
        let native = Runner::Native(Box::new(Module::new(&Parameters::default())));
        Ok(vec![
            Self::new("(a) generated filter_map that does nothing", engine(&noop)?),
            Self::new("(b) sessionize, JSON events", engine(&ours)?),
            Self {
                lines: true,
                ..Self::new("(c) sessionize, ELB lines", engine(&ours)?)
            },
            Self::new("(d) sessionize natively, without the engine", native),
            Self::new(
                "(f) the engine alone: records handed back as they lie",
                engine(include_bytes!("../harness/floor.wat"))?,
            ),
        ])
    }

    fn new(name: &'static str, runner: Runner) -> Self {
        Self {
            name,
            speeds: Default::default(),
            fuel: 0,
            fuelled: 0,
            lines: false,
            runner,
        }
    }

    /// Processes records, and says how many per CPU second.
    pub fn process(&mut self, chunk: &Chunk) -> Result<f64> {
        let inputs = chunk.inputs(self.lines);
        let (took, records) = match &mut self.runner {
            Runner::Engine(guest) => took(Whose::Own, || in_engine(guest, inputs))?,
            Runner::Native(module) => {
                let inputs = encoded(inputs)?;
                took(Whose::Own, || natively(module, inputs))?
            }
        };
        ensure!(
            records == chunk.records,
            "{}: {records} of {} records came out",
            self.name,
            chunk.records
        );
        if let Runner::Engine(guest) = &self.runner {
            self.fuel += guest.fuel();
            self.fuelled += records as u64;
        }
        Ok(records as f64 / took.as_secs_f64())
    }
}

fn in_engine(guest: &mut Guest, inputs: Vec<SmartModuleInput>) -> Result<usize> {
    let mut records = 0;
    for input in inputs {
        records += guest.process(input)?.len();
    }
    Ok(records)
}

fn natively(module: &mut Module, inputs: Vec<Vec<u8>>) -> Result<usize> {
    let mut records = 0;
    for input in inputs {
        let answer = module
            .filter_map(input, BROKER_VERSION)
            .map_err(|status| anyhow!("the module answered {status:?}"))?;
        records += answer.count as usize;
    }
    Ok(records)
}

fn encoded(inputs: Vec<SmartModuleInput>) -> Result<Vec<Vec<u8>>> {
    let encode = |input: SmartModuleInput| {
        let mut bytes = Vec::new();
        input.encode(&mut bytes, BROKER_VERSION)?;
        Ok(bytes)
    };
    inputs.into_iter().map(encode).collect()
}

/// An endless stream of the same requests in both forms.
pub struct Traffic {
    json: Log,
    lines: Log,
    offset: i64,
}

/// Some records of it, in batches.
pub struct Chunk {
    records: usize,
    batch: usize,
    offset: i64,
    json: Vec<Vec<u8>>,
    lines: Vec<Vec<u8>>,
}

impl Traffic {
    pub fn new() -> Self {
        let log = |format| {
            Log::new(&Options {
                // More than anybody waits for, at some 230 a second.
                events: 1_000_000_000,
                span: 50 * 24 * 60 * 60 * 1_000,
                ips: 100_000,
                format,
                ..Options::default()
            })
        };
        Self {
            json: log(Format::Json),
            lines: log(Format::Elb),
            offset: 0,
        }
    }

    pub fn next(&mut self, records: usize, batch: usize) -> Result<Chunk> {
        let offset = self.offset;
        self.offset += records as i64;
        Ok(Chunk {
            records,
            batch,
            offset,
            json: batches(&mut self.json, records, batch)?,
            lines: batches(&mut self.lines, records, batch)?,
        })
    }
}

impl Chunk {
    fn inputs(&self, lines: bool) -> Vec<SmartModuleInput> {
        let batches = if lines { &self.lines } else { &self.json };
        let offsets = (self.offset..).step_by(self.batch);
        let input =
            |(batch, offset): (&Vec<u8>, i64)| SmartModuleInput::new(batch.clone(), offset, -1);
        batches.iter().zip(offsets).map(input).collect()
    }
}

fn batches(log: &mut Log, records: usize, batch: usize) -> Result<Vec<Vec<u8>>> {
    let mut batches = Vec::new();
    let mut builder = BatchBuilder::new();
    for record in 1..=records {
        builder.push(None, &log.next().context("the log has ended")?);
        if builder.count() as usize == batch || record == records {
            batches.push(builder.take());
        }
    }
    Ok(batches)
}
