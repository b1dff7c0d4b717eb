//! What is measured, and its input.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use fluvio_protocol::Encoder;
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use harness::cpu::{Whose, took};
use harness::guest::Guest;
use harness::host::{BROKER_VERSION, wasm, wasm_named};
use sessionize_core::parameters::Parameters;
use sessionize_generate::{Log, LogFormat, LogOptions};
use sessionize_pipeline::engine::BROKER_MEMORY;
use sessionize_smartmodule::adapter::Adapter;
use sessionize_smartmodule::wire::BatchBuilder;

use super::batch_sizes::BATCH_SIZES;

/// One row of the table that processes records.
pub struct Contender {
    pub name: String,
    /// Records per CPU second, for each batch size.
    pub speeds: [Vec<f64>; BATCH_SIZES.len()],
    /// Number of WebAssembly instructions executed.
    pub fuel: u64,
    /// Number of records processed by those instructions.
    pub fuelled: u64,
    format: LogFormat,
    runner: Runner,
}

/// The formats of the input.
const FORMATS: [LogFormat; 3] = [LogFormat::Json, LogFormat::Elb, LogFormat::Combined];

enum Runner {
    Engine(Guest),
    Native(Box<Adapter>),
}

/// Names and values of parameters.
type Pairs = &'static [(&'static str, &'static str)];

/// The rows for a module: input, its format, and the module's parameters.
const OF_A_MODULE: [(&str, LogFormat, Pairs); 5] = [
    ("JSON events", LogFormat::Json, &[]),
    ("ELB lines", LogFormat::Elb, &[]),
    ("combined lines", LogFormat::Combined, &[]),
    ("JSON events, id=hash", LogFormat::Json, &[("id", "hash")]),
    (
        "JSON events, fields=none",
        LogFormat::Json,
        &[("fields", "none")],
    ),
];

impl Contender {
    /// All contenders, in the order of the table. If `against` names another build of the module,
    /// it takes part as well.
    pub fn all(against: Option<&Path>) -> Result<Vec<Self>> {
        let noop = wasm_named("sessionize-noop.wasm")?;
        let name = "(a) generated filter_map that does nothing";
        let mut all = vec![Self::in_engine(name.into(), &noop, LogFormat::Json, &[])?];
        let ours = wasm()?;
        let other = against.map(|path| {
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        });
        let other = other.transpose()?;
        for ((what, format, parameters), letter) in OF_A_MODULE.into_iter().zip('b'..) {
            let name = format!("({letter}) sessionize, {what}");
            all.push(Self::in_engine(name, &ours, format, parameters)?);
            if let Some(other) = &other {
                let name = format!("({letter}) the other module, {what}");
                // An older build may not know the parameter.
                match Self::in_engine(name.clone(), other, format, parameters) {
                    Ok(contender) => all.push(contender),
                    Err(error) => eprintln!("{name} is left out: {error}"),
                }
            }
        }
        let native = Runner::Native(Box::new(Adapter::new(&Parameters::default())));
        let name = "(g) sessionize natively, without the engine";
        all.push(Self::new(name.into(), LogFormat::Json, native));
        let name = "(h) the engine alone: records handed back in place";
        let floor = include_bytes!("../../harness/floor.wat");
        all.push(Self::in_engine(name.into(), floor, LogFormat::Json, &[])?);
        Ok(all)
    }

    fn in_engine(
        name: String,
        wasm: &[u8],
        format: LogFormat,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let guest = Guest::start(wasm, parameters, BROKER_MEMORY)?;
        Ok(Self::new(name, format, Runner::Engine(guest)))
    }

    fn new(name: String, format: LogFormat, runner: Runner) -> Self {
        Self {
            name,
            speeds: Default::default(),
            fuel: 0,
            fuelled: 0,
            format,
            runner,
        }
    }

    /// Processes records. Returns the number of records per CPU second.
    pub fn process(&mut self, chunk: &Chunk) -> Result<f64> {
        let inputs = chunk.inputs(self.format);
        let (took, records) = match &mut self.runner {
            Runner::Engine(guest) => took(Whose::Own, || in_engine(guest, inputs))?,
            Runner::Native(adapter) => {
                let inputs = encoded(inputs)?;
                took(Whose::Own, || natively(adapter, inputs))?
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

fn natively(adapter: &mut Adapter, inputs: Vec<Vec<u8>>) -> Result<usize> {
    let mut records = 0;
    for input in inputs {
        let answer = adapter
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

/// A practically endless stream of requests, the same ones in every format.
pub struct Requests {
    logs: [Log; FORMATS.len()],
    offset: i64,
}

/// A part of the stream, in batches.
pub struct Chunk {
    records: usize,
    batch: usize,
    offset: i64,
    batches: Vec<Vec<Vec<u8>>>,
}

impl Requests {
    pub fn new() -> Self {
        let log = |format: LogFormat| {
            Log::new(&LogOptions {
                // More than any run needs, at about 230 a second of log time.
                events: 1_000_000_000,
                span: 50 * 24 * 60 * 60 * 1_000,
                ips: 100_000,
                format,
                ..LogOptions::default()
            })
        };
        Self {
            logs: FORMATS.map(log),
            offset: 0,
        }
    }

    pub fn next(&mut self, records: usize, batch: usize) -> Result<Chunk> {
        let offset = self.offset;
        self.offset += records as i64;
        let in_batches = |log| batches(log, records, batch);
        Ok(Chunk {
            records,
            batch,
            offset,
            batches: self
                .logs
                .iter_mut()
                .map(in_batches)
                .collect::<Result<_>>()?,
        })
    }
}

impl Chunk {
    fn inputs(&self, format: LogFormat) -> Vec<SmartModuleInput> {
        let mut logs = FORMATS.into_iter().zip(&self.batches);
        let log = logs.find(|(of, _)| *of == format);
        let batches = log.into_iter().flat_map(|(_, batches)| batches);
        let offsets = (self.offset..).step_by(self.batch);
        let input =
            |(batch, offset): (&Vec<u8>, i64)| SmartModuleInput::new(batch.clone(), offset, -1);
        batches.zip(offsets).map(input).collect()
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
