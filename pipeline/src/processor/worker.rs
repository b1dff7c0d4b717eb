//! A processor at work on a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;

use sessionize_formats::time::Millis;

use super::Processor;
use super::lines::Lines;
use crate::error::Error;
use crate::tally::{Summary, Tally};
use crate::thread;

/// A batch on its way to a processor.
pub(crate) struct Batch {
    /// Its number among the batches for all processors.
    pub(crate) number: u64,
    /// When it was appended, in ms since the epoch, where that is known.
    pub(crate) append_time: Option<Millis>,
    pub(crate) buffers: Buffers,
}

/// What came out for a batch.
pub(crate) struct Processed {
    /// The number of the batch.
    pub(crate) number: u64,
    pub(crate) buffers: Buffers,
    /// Why there are no outputs. The processor has stopped then.
    pub(crate) error: Option<Error>,
}

/// The buffers of a batch. They are filled, processed, written, and used again. Their number is
/// fixed, which bounds how much is under way.
#[derive(Default)]
pub(crate) struct Buffers {
    /// The lines of the batch.
    pub(crate) lines: Lines,
    /// The outputs, each with a line end.
    pub(crate) outputs: Vec<u8>,
}

/// Starts a thread that has `processor` process the batches of a queue, until there are no more,
/// one of them fails, or nobody takes the outputs any more. The thread returns what `tally` has
/// counted.
///
/// # Errors
///
/// When the system has no more threads.
pub(crate) fn start(
    number: usize,
    processor: Processor,
    tally: Tally,
    queue: Receiver<Batch>,
    processed: Sender<Processed>,
) -> Result<JoinHandle<Summary>, Error> {
    thread::spawn(format!("processor {number}"), move || {
        work(processor, tally, &queue, &processed)
    })
}

fn work(
    mut processor: Processor,
    mut tally: Tally,
    queue: &Receiver<Batch>,
    processed: &Sender<Processed>,
) -> Summary {
    for mut batch in queue {
        // The writer waits for each batch, so it must hear of one that will never come.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            process(&mut processor, &mut tally, &mut batch)
        }));
        let error = match outcome {
            Ok(outcome) => outcome.err(),
            Err(_) => Some(Error::failure("a processor stopped unexpectedly")),
        };
        let has_failed = error.is_some();
        let done = Processed {
            number: batch.number,
            buffers: batch.buffers,
            error,
        };
        if processed.send(done).is_err() || has_failed {
            break;
        }
    }
    tally.finish()
}

/// Has a batch processed, and writes its outputs as lines.
fn process(processor: &mut Processor, tally: &mut Tally, batch: &mut Batch) -> Result<(), Error> {
    let Buffers { lines, outputs } = &mut batch.buffers;
    outputs.clear();
    let processed = processor.process(lines, batch.append_time, |key, value| {
        let start = outputs.len();
        for part in value {
            outputs.extend_from_slice(part);
        }
        tally.add(key, outputs.get(start..).unwrap_or_default());
        outputs.push(b'\n');
    });
    if processed.is_err() {
        outputs.clear();
    }
    processed
}
