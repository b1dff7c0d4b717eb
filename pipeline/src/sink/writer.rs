//! What the processors put out, joined into one output.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::destination::Output;
use crate::error::Error;
use crate::processed::{Buffers, Processed};
use crate::thread;

/// How long the writer waits for more before it flushes what it has collected.
const IDLE: Duration = Duration::from_millis(200);

/// Starts a thread that writes what comes out in the order of the batches' numbers, until all
/// processors have stopped or one of them has failed. Buffers that have been written are given
/// back.
///
/// # Errors
///
/// When the system has no more threads.
pub(super) fn start<B: Send + 'static>(
    output: Output,
    processed: Receiver<Processed<B>>,
    give_back: Sender<Buffers<B>>,
) -> Result<JoinHandle<Result<(), Error>>, Error> {
    thread::spawn("writer".into(), move || {
        write(output, &processed, &give_back)
    })
}

fn write<B>(
    mut output: Output,
    processed: &Receiver<Processed<B>>,
    give_back: &Sender<Buffers<B>>,
) -> Result<(), Error> {
    let mut next = 0;
    let mut early = BTreeMap::new();
    loop {
        match processed.recv_timeout(IDLE) {
            Ok(batch) => {
                early.insert(batch.number, batch);
            }
            Err(RecvTimeoutError::Timeout) => output.flush()?,
            Err(RecvTimeoutError::Disconnected) => return output.finish(),
        }
        while let Some(batch) = early.remove(&next) {
            next += 1;
            output.write(&batch.buffers.outputs)?;
            if let Some(error) = batch.error {
                output.finish()?;
                return Err(error);
            }
            // Nobody takes them any more at the end.
            let _ = give_back.send(batch.buffers);
        }
    }
}
