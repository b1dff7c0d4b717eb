//! A run: everything assembled, from the inputs to the output.
//!
//! One thread reads blocks of lines ahead. This one puts events in order and collects them in
//! batches. With the native processor it also reads the lines, gives events their sessions and
//! writes what comes out, unless there is a pool of threads for all but the sessions. With the
//! engine, one thread per partition processes batches, and another one writes what comes out.

mod flow;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use sessionize_core::parameters::Parameters;

use crate::error::Error;
use crate::order::Order;
use crate::overwrite;
use crate::pool::Pool;
use crate::processor;
use crate::processor::ModuleProcessor;
use crate::progress::Progress;
use crate::read_stream::ReadStream;
use crate::reading::LineReader;
use crate::sink::{Destination, EngineSink, NativeSink, OpenDestination, OutputPool, Sink};
use crate::source::{self, BlockStream, Found, Input, Next, Sequence, Source};
use crate::tally::{Summary, Tally};
use flow::Flow;

/// What to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The inputs, read one after the other. With [`Order::Watermark`], regular files are merged by
    /// time.
    pub inputs: Vec<Input>,
    /// The compiled module, to be run in Fluvio's engine. Without it, the same session rule runs in
    /// this process.
    pub wasm: Option<Wasm>,
    /// The parameters of the module, or of the session rule.
    pub parameters: Vec<(String, String)>,
    /// Where events go.
    pub output: Destination,
    /// Where the summary goes as a JSON object, if it is wanted. What is there stays unless the run
    /// ends without an error.
    pub summary: Option<Destination>,
    /// Number of processors, at least 1. Each has its own part of the visitors.
    pub partitions: usize,
    /// Number of threads that share the work of native processors, at least 1. The output does not
    /// depend on it.
    pub threads: usize,
    /// The most records of a batch, at least 1.
    pub batch: usize,
    /// How events are put in order.
    pub order: Order,
    /// The most memory for sorting, in bytes.
    pub sort_memory: u64,
    /// Whether to show no progress.
    pub quiet: bool,
    /// Whether to count what comes out; that takes some time for each event.
    pub is_counted: bool,
}

/// A compiled module.
#[derive(Clone, Debug)]
pub struct Wasm {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// The file that it was read from, if it is in one.
    pub file: Option<PathBuf>,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunReport {
    /// Its figures, if what came out was counted.
    pub summary: Option<Summary>,
    /// Whether it was stopped before the end of the input.
    pub stopped: bool,
    /// What went wrong on the way: inputs, or files in folders, that could not be read to their
    /// ends, an input of which no record could be sessionized, and last the error that ended the
    /// run, if one did.
    pub failures: Vec<Error>,
    /// What was left out of folders, in words for the user.
    pub remarks: Vec<String>,
}

/// Runs until the end of the input, or until `stop` is set. Events that have been read by then are
/// still processed.
///
/// # Errors
///
/// When a parameter is refused, or an input or output can't be opened. Nothing was processed then.
pub fn run(options: &RunOptions, stop: &AtomicBool) -> Result<RunReport, Error> {
    run_with(options, stop, |_, count| {
        let start =
            |module: &Wasm| ModuleProcessor::start_many(count, &module.bytes, &options.parameters);
        options.wasm.as_ref().map(start).transpose()
    })
}

/// Runs with the processors that `start` gives for so many partitions, or else natively.
fn run_with(
    options: &RunOptions,
    stop: &AtomicBool,
    start: impl FnOnce(&Parameters, usize) -> Result<Option<Vec<ModuleProcessor>>, Error>,
) -> Result<RunReport, Error> {
    let parameters = processor::parameters(&options.parameters)?;
    let outputs = overwrite::written(&options.output, options.summary.as_ref());
    let Found {
        sources,
        mut failures,
        remarks,
    } = source::find(&options.inputs, &outputs)?;
    let wasm = options.wasm.as_ref().and_then(|wasm| wasm.file.as_deref());
    overwrite::refuse(&sources, wasm, &options.output, options.summary.as_ref())?;
    let size = sources.iter().map(Source::size).sum();
    let sequence = match options.order {
        Order::Watermark => {
            let mut reader = LineReader::of_lines(&parameters);
            Sequence::by_time(sources, move |line| reader.time(line))
        }
        Order::Full | Order::None => Sequence::InTurn(sources),
    };
    let modules = start(&parameters, options.partitions.max(1))?;
    let output = options.output.open()?;
    let summary_output = options
        .summary
        .as_ref()
        .map(Destination::open)
        .transpose()?;

    let mut progress = Progress::new(size, options.quiet || options.output.is_terminal());
    let blocks = BlockStream::start(sequence, progress.bytes_read())?;
    let tally = Tally::new(&parameters, options.is_counted);
    let (mut blocks, sink) = match modules {
        Some(modules) => engine(options, &parameters, modules, &tally, blocks, output)?,
        None => native(options, &parameters, tally, blocks, output)?,
    };
    let mut flow = Flow::new(options, &parameters, sink);

    let mut stopped = false;
    let ended = loop {
        if stop.load(Ordering::Relaxed) {
            stopped = true;
            break Ok(());
        }
        let taken = blocks.next().and_then(|next| match next {
            Next::Block(block) => {
                let mut lines = block.lines();
                let taken = lines.try_for_each(|(line, found)| flow.take(line, found));
                drop(lines);
                blocks.give_back(block);
                taken.map(|()| true)
            }
            Next::Idle => flow.idle().map(|()| true),
            Next::Failed(error) => {
                failures.push(error);
                Ok(true)
            }
            Next::End => Ok(false),
        });
        match taken {
            Ok(true) => progress.show(flow.records),
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // Threads of a pool end when nobody has work for them any more.
    drop(blocks);

    // Events that have been read are processed in any case. If the sink has failed, its error comes
    // first, as the cause of the others.
    let finished = flow.finish();
    let elapsed = progress.finish();
    let summary = finished.and_then(|summary| ended.map(|()| summary));
    let summary = summary.map(|summary| Summary {
        elapsed,
        in_engine: options.wasm.is_some(),
        ..summary
    });
    if let (Ok(summary), false) = (&summary, stopped) {
        failures.extend(summary.without_events().map(Error::failure));
    }
    let summary = summary.and_then(|summary| {
        if let Some(output) = summary_output {
            write_summary(&summary, output)?;
        }
        Ok(summary)
    });
    let summary = summary.map_err(|error| failures.push(error)).ok();
    Ok(RunReport {
        summary: summary.filter(|_| options.is_counted),
        stopped,
        failures,
        remarks,
    })
}

/// Lines on their way to the modules in the engine.
fn engine(
    options: &RunOptions,
    parameters: &Parameters,
    modules: Vec<ModuleProcessor>,
    tally: &Tally,
    blocks: BlockStream,
    output: OpenDestination,
) -> Result<(ReadStream, Sink), Error> {
    // Without an order and with one partition, nobody asks for times and keys.
    let is_read = options.order != Order::None || options.partitions > 1;
    let reader = is_read.then(|| LineReader::of_lines(parameters));
    let sink = EngineSink::start(modules, tally, options.batch.max(1), output.begin()?)?;
    let blocks = ReadStream::here(blocks, reader);
    Ok((blocks, Sink::Engine(Box::new(sink))))
}

/// Lines on their way to the session rule in this process.
fn native(
    options: &RunOptions,
    parameters: &Parameters,
    tally: Tally,
    blocks: BlockStream,
    output: OpenDestination,
) -> Result<(ReadStream, Sink), Error> {
    let (blocks, pool) = match options.threads {
        0 | 1 => {
            let reader = LineReader::of_objects(parameters);
            (ReadStream::here(blocks, Some(reader)), None)
        }
        threads => {
            let (unread, batches, processed) = Pool::start(threads, parameters)?.split();
            let pool = OutputPool {
                threads,
                batches,
                processed,
            };
            (ReadStream::in_pool(blocks, unread), Some(pool))
        }
    };
    let sink = NativeSink::start(
        options.partitions,
        parameters,
        tally,
        options.batch.max(1),
        output.begin()?,
        pool,
    )?;
    Ok((blocks, Sink::Native(Box::new(sink))))
}

fn write_summary(summary: &Summary, output: OpenDestination) -> Result<(), Error> {
    let mut output = output.begin()?;
    output.write(summary.to_json().as_bytes())?;
    output.write(b"\n")?;
    output.finish()
}

#[cfg(test)]
mod tests;
