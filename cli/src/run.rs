//! The main job without a cluster: events in, sessionized events out.
//!
//! A thread reads blocks of lines (`lines`), this one finds each event's time and key (`placer`) and puts events in order
//! (`order`), one thread per partition has the module process them (`partition`), and another
//! one writes what comes out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, atomic::AtomicU64};
use std::time::Duration;

use sessionize_core::parameters::Parameters;

use crate::engine::{Module, Start};
use crate::error::Error;
use crate::input::Input;
use crate::lines::{Block, Blocks};
use crate::order::{Order, Ordering, Sink};
use crate::output::Output;
use crate::partition::{self, Partitions};
use crate::placer::Placer;
use crate::progress::Progress;
use crate::summary::{Summary, Tally};

/// Blocks that may wait to be put in order.
const QUEUED: usize = 2;

/// How long to wait for input before what has come so far is passed on, and how soon a request to stop is noticed.
const IDLE: Duration = Duration::from_millis(100);

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Read one after the other.
    pub inputs: Vec<Input>,
    /// The module.
    pub wasm: Vec<u8>,
    /// Its parameters.
    pub parameters: Vec<(String, String)>,
    /// The file to write; the standard output when none is named.
    pub output: Option<PathBuf>,
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
    pub sums_up: bool,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its figures, if they are wanted.
    pub summary: Option<Summary>,
    /// Whether it was stopped before the end of the input.
    pub stopped: bool,
}

/// Runs until the end of the input, or until `stop` is set; what was read by then is finished.
///
/// # Errors
///
/// When a parameter is refused, or something can't be read or written; what came out before is kept.
pub fn run(options: &Options, stop: &AtomicBool) -> Result<Report, Error> {
    let parameters = parse(&options.parameters)?;
    let mut size = Some(0);
    for input in &options.inputs {
        size = size.zip(input.size()?).map(|(sum, size)| sum + size);
    }
    let modules = start_modules(options)?;
    refuse_to_overwrite(options)?;
    let output = Output::create(options.output.as_deref())?;

    let mut progress = Progress::new(size, options.quiet);
    let blocks = BlockStream::start(options.inputs.clone(), progress.read())?;
    let partitions = Partitions::start(
        modules,
        options.sums_up.then(|| Tally::new(&parameters)),
        options.batch.max(1),
        output,
    )?;
    let mut feed = Feed::new(options, &parameters, partitions);

    let mut stopped = false;
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
            Next::Nothing => feed.flush(),
            Next::End(result) => break result,
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
    Ok(Report {
        summary: options.sums_up.then_some(summary),
        stopped,
    })
}

/// The parameters, checked before the module is started: the same rules, the same messages.
fn parse(parameters: &[(String, String)]) -> Result<Parameters, Error> {
    let pairs = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Parameters::from_pairs(pairs).map_err(|e| Error::usage(e.to_string()))
}

fn start_modules(options: &Options) -> Result<Vec<Module>, Error> {
    let start = Start {
        parameters: options.parameters.clone(),
        ..Start::default()
    };
    (0..options.partitions.max(1))
        .map(|_| Module::start(&options.wasm, &start))
        .collect()
}

/// An output that is also an input would be emptied before it is read.
fn refuse_to_overwrite(options: &Options) -> Result<(), Error> {
    let Some(output) = options
        .output
        .as_deref()
        .and_then(|path| path.canonicalize().ok())
    else {
        return Ok(());
    };
    for input in &options.inputs {
        if matches!(input, Input::File(path) if path.canonicalize().is_ok_and(|path| path == output))
        {
            return Err(Error::usage(format!(
                "{} is both input and output",
                input.name()
            )));
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
    fn new(options: &Options, parameters: &Parameters, partitions: Partitions) -> Self {
        let is_placed = options.ordering != Ordering::None || partitions.count() > 1;
        Self {
            placer: is_placed.then(|| Placer::new(parameters, partitions.count())),
            order: Order::new(
                options.ordering,
                parameters.lateness,
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

    fn flush(&mut self) -> Result<(), Error> {
        self.partitions.flush()
    }

    fn finish(mut self) -> Result<Summary, Error> {
        let finished = self.order.finish(&mut self.partitions);
        let mut summary = self.partitions.finish()?;
        finished?;
        summary.records = self.records;
        Ok(summary)
    }
}

/// Blocks as they are read, on a thread of its own: one that waits for input can't be asked to stop.
struct BlockStream {
    blocks: Receiver<Result<Block, Error>>,
    used: std::sync::mpsc::Sender<Block>,
}

enum Next {
    Block(Block),
    /// None has come for a while.
    Nothing,
    /// There are no more, because the input has ended or failed.
    End(Result<(), Error>),
}

impl BlockStream {
    fn start(inputs: Vec<Input>, progress: Arc<AtomicU64>) -> Result<Self, Error> {
        let (send, blocks) = sync_channel(QUEUED);
        let (used, spare) = channel();
        partition::thread("reader".into(), move || {
            if let Err(error) = read(&inputs, &progress, &send, &spare) {
                // Nobody listens any more after a stop.
                let _ = send.send(Err(error));
            }
        })?;
        Ok(Self { blocks, used })
    }

    fn next(&self) -> Next {
        match self.blocks.recv_timeout(IDLE) {
            Ok(Ok(block)) => Next::Block(block),
            Ok(Err(error)) => Next::End(Err(error)),
            Err(RecvTimeoutError::Timeout) => Next::Nothing,
            Err(RecvTimeoutError::Disconnected) => Next::End(Ok(())),
        }
    }

    /// Gives a block back whose lines are done with, so that its buffer is used again.
    fn give_back(&self, block: Block) {
        // The thread may have ended.
        let _ = self.used.send(block);
    }
}

/// Reads all inputs, until nobody takes the blocks any more.
fn read(
    inputs: &[Input],
    progress: &Arc<AtomicU64>,
    send: &SyncSender<Result<Block, Error>>,
    spare: &Receiver<Block>,
) -> Result<(), Error> {
    for input in inputs {
        let mut blocks = Blocks::new(input.open(progress.clone())?);
        while let Some(block) = blocks.next(spare.try_recv().unwrap_or_default())? {
            if send.send(Ok(block)).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
