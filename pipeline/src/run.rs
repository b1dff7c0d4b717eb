//! A run: everything assembled, from the inputs to the output.
//!
//! One thread reads blocks of lines ahead. This one extracts each event's time and key, puts events
//! in order and collects them in batches. One thread per partition processes them, and another
//! thread writes what comes out.

mod overwrite;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};

use sessionize_core::parameters::Parameters;

use crate::error::Error;
use crate::extract::Extractor;
use crate::order::{Disorder, Order, Ordering};
use crate::processor::{self, Processor};
use crate::progress::Progress;
use crate::record::{SourcePosition, StreamRecord};
use crate::sink::{Destination, OpenDestination, Partitions};
use crate::source::{self, BlockStream, Found, Input, Next, Source, sequence};
use crate::tally::{Summary, Tally};

/// What to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The inputs, read one after the other. With [`Ordering::Watermark`], regular files are read
    /// in the order in which they begin.
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
    /// Number of processors, at least 1.
    pub partitions: usize,
    /// The most records of a batch, at least 1.
    pub batch: usize,
    /// How events are put in order.
    pub ordering: Ordering,
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
    /// What went wrong on the way: inputs, or files in folders, that could not be read to their ends, an input of which no
    /// record could be sessionized, and last the error that ended the run, if one did.
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
    let parameters = processor::parameters(&options.parameters)?;
    let Found {
        sources,
        mut failures,
        remarks,
    } = source::find(&options.inputs, &overwrite::written(options))?;
    overwrite::refuse(options, &sources)?;
    let size = sources.iter().map(Source::size).sum();
    let sources = match options.ordering {
        Ordering::Watermark => sequence::by_time(sources, &mut Extractor::new(&parameters, false)),
        Ordering::Full | Ordering::None => sources,
    };
    let processors = start_processors(options, &parameters)?;
    let output = options.output.open()?;
    let summary_output = options
        .summary
        .as_ref()
        .map(Destination::open)
        .transpose()?;

    let mut progress = Progress::new(size, options.quiet || options.output.is_terminal());
    let mut blocks = BlockStream::start(sources, progress.bytes_read())?;
    let tally = Tally::new(&parameters, options.is_counted);
    let sink = Partitions::start(processors, &tally, options.batch.max(1), output.begin()?)?;
    let mut flow = Flow::new(options, &parameters, sink);

    let mut stopped = false;
    let ended = loop {
        if stop.load(Atomic::Relaxed) {
            stopped = true;
            break Ok(());
        }
        let taken = match blocks.next() {
            Next::Block(block) => {
                let taken = block
                    .lines()
                    .try_for_each(|(position, line)| flow.take(position, line));
                blocks.give_back(block);
                taken
            }
            Next::Idle => flow.idle(),
            Next::Failed(error) => {
                failures.push(error);
                Ok(())
            }
            Next::End => break Ok(()),
        };
        if let Err(error) = taken {
            break Err(error);
        }
        progress.show(flow.records);
    };

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
    let written = summary.and_then(|summary| {
        if let Some(output) = summary_output {
            write_summary(&summary, output)?;
        }
        Ok(summary)
    });
    let summary = written.map_err(|error| failures.push(error)).ok();
    Ok(RunReport {
        summary: summary.filter(|_| options.is_counted),
        stopped,
        failures,
        remarks,
    })
}

fn write_summary(summary: &Summary, output: OpenDestination) -> Result<(), Error> {
    let mut output = output.begin()?;
    output.write(summary.to_json().as_bytes())?;
    output.write(b"\n")?;
    output.finish()
}

fn start_processors(
    options: &RunOptions,
    parameters: &Parameters,
) -> Result<Vec<Processor>, Error> {
    (0..options.partitions.max(1))
        .map(|_| match &options.wasm {
            None => Processor::native(parameters),
            Some(wasm) => Processor::engine(&wasm.bytes, &options.parameters),
        })
        .collect()
}

/// The way of a line between source and sink: extracted, put in order, handed over.
struct Flow {
    /// None where neither the ordering nor the sink asks for an event's time and key.
    extractor: Option<Extractor>,
    /// None where lines stay in the order in which they come.
    order: Option<Order>,
    sink: Partitions,
    /// Number of lines so far.
    records: u64,
}

impl Flow {
    fn new(options: &RunOptions, parameters: &Parameters, sink: Partitions) -> Self {
        let order = match options.ordering {
            Ordering::Watermark => {
                Some(Order::watermark(parameters.lateness, parameters.max_ahead))
            }
            Ordering::Full => Some(Order::full(options.sort_memory)),
            Ordering::None => None,
        };
        // With one partition, all keys go the same way.
        let wants_key = options.partitions > 1;
        let is_extracted = order.is_some() || wants_key;
        Self {
            extractor: is_extracted.then(|| Extractor::new(parameters, wants_key)),
            order,
            sink,
            records: 0,
        }
    }

    fn take(&mut self, position: SourcePosition, line: &[u8]) -> Result<(), Error> {
        self.records += 1;
        let extractor = self.extractor.as_mut();
        let Some(event) = extractor.and_then(|extractor| extractor.extract(line)) else {
            // There is no time to order it by. If it is no event, the processor says why.
            return self.sink.take_line(line);
        };
        let record = StreamRecord {
            time: event.time,
            key: event.key,
            line,
            position,
        };
        match &mut self.order {
            None => self.sink.take(&record),
            Some(order) => {
                order.push(&record)?;
                release(order, &mut self.sink)
            }
        }
    }

    /// Has all events processed whose turn has come, as there is nothing more to read for now.
    fn idle(&mut self) -> Result<(), Error> {
        if let Some(order) = &mut self.order {
            order.idle();
            release(order, &mut self.sink)?;
        }
        self.sink.flush()
    }

    /// Has all events processed that are left.
    fn finish(mut self) -> Result<Summary, Error> {
        let released = match &mut self.order {
            None => Ok(Disorder::default()),
            Some(order) => order
                .finish()
                .and_then(|()| release(order, &mut self.sink))
                .map(|()| order.disorder()),
        };
        let mut summary = self.sink.finish()?;
        let disorder = released?;
        summary.set_aside = disorder.set_aside;
        summary.no_room = disorder.no_room;
        summary.behind = disorder.behind.events;
        summary.farthest_behind = disorder.behind.most;
        summary.records = self.records;
        Ok(summary)
    }
}

/// Hands the events over whose turn has come.
fn release(order: &mut Order, sink: &mut Partitions) -> Result<(), Error> {
    while let Some(released) = order.pop()? {
        match released.ahead_of {
            None => sink.take(&released.record)?,
            Some(stream_time) => sink.take_ahead(&released.record, stream_time)?,
        }
    }
    Ok(())
}
