//! The main job without a cluster: events in, sessionized events out.
//!
//! A thread reads blocks of lines (`lines`), this one finds each event's time and key (`placer`) and puts events in order
//! (`order`), one thread per partition has the module process them (`partition`), and another
//! one writes what comes out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};

use sessionize_core::parameters::Parameters;

use crate::error::Error;
use crate::identity::Identity;
use crate::order::{Order, Ordering, Sink};
use crate::placer::Placer;
use crate::processor::engine::{Module, Start};
use crate::progress::Progress;
use crate::sink::{Destination, Partitions};
use crate::source::{BlockStream, Input, Next, Source, sequence};
use crate::tally::{Summary, Tally};

/// What to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Read one after the other; with [`Ordering::Watermark`], regular files in the order in which they begin.
    pub inputs: Vec<Input>,
    /// The module.
    pub wasm: Vec<u8>,
    /// The file that it was read from.
    pub wasm_file: PathBuf,
    /// Its parameters.
    pub parameters: Vec<(String, String)>,
    /// Where events go.
    pub output: Destination,
    /// Where the summary goes as a JSON object, if it is wanted. What is there stays until the run has succeeded.
    pub summary: Option<Destination>,
    /// Number of instances of the module, at least 1.
    pub partitions: usize,
    /// The most records of a batch, at least 1.
    pub batch: u32,
    /// How events are put in order.
    pub ordering: Ordering,
    /// The most memory for sorting, in bytes.
    pub sort_memory: u64,
    /// Whether to show no progress.
    pub quiet: bool,
    /// Whether to sum up what comes out; that takes some time for each event.
    pub is_counted: bool,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunReport {
    /// Its figures, if they are wanted.
    pub summary: Option<Summary>,
    /// Whether it was stopped before the end of the input.
    pub stopped: bool,
    /// What went wrong on the way but did not end the run: inputs that could not be read to their ends, and an input of which
    /// nothing could be sessionized.
    pub failures: Vec<Error>,
}

/// Runs until the end of the input, or until `stop` is set; what was read by then is finished.
///
/// # Errors
///
/// When a parameter is refused, or something can't be read or written; what came out before is kept.
pub fn run(options: &RunOptions, stop: &AtomicBool) -> Result<RunReport, Error> {
    let parameters = parse(&options.parameters)?;
    // All regular files are open at once, and systems allow for few unless they are asked. Where that fails, the first file
    // too many says so.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let sources: Vec<Source> = options
        .inputs
        .iter()
        .map(Input::find)
        .collect::<Result<_, _>>()?;
    refuse_to_overwrite(options, &sources)?;
    let size = sources.iter().map(Source::size).sum();
    let sources = match options.ordering {
        Ordering::Watermark => sequence::by_time(sources, &mut Placer::new(&parameters, 1)),
        Ordering::Full | Ordering::None => sources,
    };
    let modules = start_modules(options)?;
    let summary_output = options
        .summary
        .as_ref()
        .map(Destination::open)
        .transpose()?;
    let output = options.output.open()?.begin()?;

    let mut progress = Progress::new(size, options.quiet || options.output.is_terminal());
    let blocks = BlockStream::start(sources, progress.read())?;
    let partitions = Partitions::start(
        modules,
        Tally::new(&parameters, options.is_counted),
        options.batch.max(1),
        output,
    )?;
    let mut feed = Feed::new(options, &parameters, partitions);

    let mut stopped = false;
    let mut failures = Vec::new();
    let ended = loop {
        if stop.load(Atomic::Relaxed) {
            stopped = true;
            break Ok(());
        }
        let fed = match blocks.next() {
            Next::Block(block) => {
                let fed = block.lines().try_for_each(|line| feed.take(line));
                blocks.give_back(block);
                fed
            }
            Next::Idle => feed.idle(),
            Next::Failed(error) => {
                failures.push(error);
                Ok(())
            }
            Next::End => break Ok(()),
        };
        if let Err(error) = fed {
            break Err(error);
        }
        progress.show(feed.records);
    };

    // What was read is finished in any case; if the writer has failed, that comes first, as the cause of the rest.
    let finished = feed.finish();
    let elapsed = progress.finish();
    let mut summary = finished?;
    ended?;
    summary.elapsed = elapsed;
    if !stopped {
        failures.extend(summary.without_events().map(Error::failure));
    }
    if let Some(output) = summary_output {
        let mut output = output.begin()?;
        output.write(summary.to_json().as_bytes())?;
        output.write(b"\n")?;
        output.finish()?;
    }
    Ok(RunReport {
        summary: options.is_counted.then_some(summary),
        stopped,
        failures,
    })
}

/// The parameters, checked before the module is started: the same rules, the same messages.
fn parse(parameters: &[(String, String)]) -> Result<Parameters, Error> {
    let pairs = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Parameters::from_pairs(pairs).map_err(|e| Error::usage(e.to_string()))
}

fn start_modules(options: &RunOptions) -> Result<Vec<Module>, Error> {
    let start = Start {
        parameters: options.parameters.clone(),
        ..Start::default()
    };
    (0..options.partitions.max(1))
        .map(|_| Module::start(&options.wasm, &start))
        .collect()
}

/// Nothing is written over what is read, or over what else is written, whatever names lead there.
fn refuse_to_overwrite(options: &RunOptions, sources: &[Source]) -> Result<(), Error> {
    let output = options.output.identity();
    let summary = options.summary.as_ref().map(|to| (to, to.identity()));
    let module = Identity::of_path(&options.wasm_file);
    let both =
        |name: String, one, other| Err(Error::usage(format!("{name} is both {one} and {other}")));
    let written = [(&options.output, &output, "output")].into_iter().chain(
        summary
            .iter()
            .map(|(to, identity)| (*to, identity, "summary")),
    );
    for (to, identity, what) in written {
        let Some(identity) = identity else {
            continue;
        };
        if sources
            .iter()
            .any(|source| source.identity() == Some(identity))
        {
            return both(to.name(), "input", what);
        }
        if module.as_ref() == Some(identity) {
            return both(to.name(), "module", what);
        }
        if what == "summary" && output.as_ref() == Some(identity) {
            return both(to.name(), "output", what);
        }
    }
    Ok(())
}

/// Lines on their way to the module.
struct Feed {
    /// None where neither the order nor the partition asks for an event's time and key.
    placer: Option<Placer>,
    order: Order,
    partitions: Partitions,
    records: u64,
}

impl Feed {
    fn new(options: &RunOptions, parameters: &Parameters, partitions: Partitions) -> Self {
        let is_placed = options.ordering != Ordering::None || partitions.count() > 1;
        Self {
            placer: is_placed.then(|| Placer::new(parameters, partitions.count())),
            order: Order::new(
                options.ordering,
                parameters.lateness,
                parameters.max_ahead,
                options.sort_memory,
                None,
            ),
            partitions,
            records: 0,
        }
    }

    fn take(&mut self, line: &[u8]) -> Result<(), Error> {
        self.records += 1;
        let Some(placer) = &mut self.placer else {
            return self.partitions.take(0, line);
        };
        match placer.place(line) {
            Some(place) => self.order.push(place, line, &mut self.partitions),
            // It has no time to be ordered by and no key to go by; the module says why, and any instance can.
            None => {
                let partition = self.records % self.partitions.count() as u64;
                self.partitions.take(partition as usize, line)
            }
        }
    }

    /// Passes on what has come so far, as there is nothing more for now.
    fn idle(&mut self) -> Result<(), Error> {
        self.order.idle(&mut self.partitions)?;
        self.partitions.flush()
    }

    fn finish(mut self) -> Result<Summary, Error> {
        let finished = self.order.finish(&mut self.partitions);
        let mut summary = self.partitions.finish()?;
        let disorder = finished?;
        summary.set_aside = disorder.set_aside;
        summary.no_room = disorder.no_room;
        summary.behind = disorder.behind.events;
        summary.farthest_behind = disorder.behind.most;
        summary.records = self.records;
        Ok(summary)
    }
}
