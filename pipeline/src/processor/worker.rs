//! An instance of the module at work on a thread of its own.

use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;

use sessionize_formats::time::Millis;

use super::engine::Module;
use crate::error::Error;
use crate::tally::{Summary, Tally};
use crate::thread;

/// A batch of records on its way to the module.
pub(crate) struct Batch {
    /// Its number among the batches for all instances.
    pub(crate) number: u64,
    /// The offset of its first record.
    pub(crate) offset: i64,
    /// When it was appended, in ms since the epoch, or
    /// [`NO_APPEND_TIME`](super::engine::NO_APPEND_TIME).
    pub(crate) append_time: Millis,
    /// The records in Fluvio's wire form.
    pub(crate) raw: Vec<u8>,
    /// An empty buffer for the lines that come out.
    pub(crate) lines: Vec<u8>,
}

/// What came out for a batch.
pub(crate) struct Outputs {
    /// The number of the batch.
    pub(crate) number: u64,
    pub(crate) lines: Vec<u8>,
    /// Why the batch was not processed to its end. The instance has stopped then.
    pub(crate) error: Option<Error>,
}

/// Starts a thread that has `module` process the batches of a queue, until there are no more, one
/// of them fails, or nobody takes the outputs any more. The thread returns what `tally` has
/// counted.
///
/// # Errors
///
/// When the system has no more threads.
pub(crate) fn start(
    number: usize,
    module: Module,
    tally: Tally,
    queue: Receiver<Batch>,
    outputs: Sender<Outputs>,
) -> Result<JoinHandle<Summary>, Error> {
    thread::spawn(format!("module {number}"), move || {
        work(module, tally, &queue, &outputs)
    })
}

fn work(
    mut module: Module,
    mut tally: Tally,
    queue: &Receiver<Batch>,
    outputs: &Sender<Outputs>,
) -> Summary {
    for batch in queue {
        let number = batch.number;
        let (lines, error) = process(&mut module, &mut tally, batch);
        let has_failed = error.is_some();
        let output = Outputs {
            number,
            lines,
            error,
        };
        if outputs.send(output).is_err() || has_failed {
            break;
        }
    }
    tally.finish()
}

/// Has a batch processed. Returns the lines that come out, and why they end early, if they do.
fn process(module: &mut Module, tally: &mut Tally, batch: Batch) -> (Vec<u8>, Option<Error>) {
    let mut lines = batch.lines;
    let processed = match module.process(batch.raw, batch.offset, batch.append_time) {
        Ok(processed) => processed,
        Err(error) => return (lines, Some(error)),
    };
    for record in &processed.records {
        let value: &[u8] = record.value.as_ref();
        lines.extend_from_slice(value);
        lines.push(b'\n');
        tally.add(record.key.as_ref().map(|key| key.as_ref()), value);
    }
    (lines, processed.refused)
}
