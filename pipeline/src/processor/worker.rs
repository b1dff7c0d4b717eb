//! A processor at work on a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;

use sessionize_formats::time::Millis;

use super::ModuleProcessor;
use super::line_batch::Lines;
use crate::error::Error;
use crate::processed::{Buffers, Processed};
use crate::tally::{Summary, Tally};
use crate::thread;

/// A batch of lines on its way to a processor.
pub(crate) struct LineBatch {
    /// Its number among the batches for all processors.
    pub(crate) number: u64,
    /// When it was appended, in ms since the epoch, where that is known.
    pub(crate) append_time: Option<Millis>,
    pub(crate) buffers: Buffers<Lines>,
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
    processor: ModuleProcessor,
    tally: Tally,
    queue: Receiver<LineBatch>,
    processed: Sender<Processed<Lines>>,
) -> Result<JoinHandle<Summary>, Error> {
    thread::spawn(format!("processor {number}"), move || {
        work(processor, tally, &queue, &processed)
    })
}

fn work(
    mut processor: ModuleProcessor,
    mut tally: Tally,
    queue: &Receiver<LineBatch>,
    processed: &Sender<Processed<Lines>>,
) -> Summary {
    for mut batch in queue {
        // The writer waits for each batch, so it must hear of one that will never come.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            process(&mut processor, &mut tally, &mut batch)
        }));
        let error = match outcome {
            Ok(outcome) => outcome.err(),
            Err(_) => Some(thread::died("a processor")),
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
fn process(
    processor: &mut ModuleProcessor,
    tally: &mut Tally,
    batch: &mut LineBatch,
) -> Result<(), Error> {
    let Buffers {
        batch: lines,
        outputs,
    } = &mut batch.buffers;
    outputs.clear();
    let processed = processor.process(lines, batch.append_time, |key, value| {
        tally.add_output(key, value);
        outputs.extend_from_slice(value);
        outputs.push(b'\n');
    });
    if processed.is_err() {
        outputs.clear();
    }
    processed
}
