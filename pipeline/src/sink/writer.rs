//! What the instances of the module put out, joined into one output.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::destination::Output;
use crate::error::Error;
use crate::processor::worker::Outputs;
use crate::thread;

/// How long the writer waits for more before it flushes what it has collected.
const IDLE: Duration = Duration::from_millis(200);

/// Starts a thread that writes what comes out in the order of the batches' numbers, until all
/// instances have stopped or one of them has failed. Buffers that have been written are given back.
///
/// # Errors
///
/// When the system has no more threads.
pub(super) fn start(
    output: Output,
    outputs: Receiver<Outputs>,
    give_back: Sender<Vec<u8>>,
) -> Result<JoinHandle<Result<(), Error>>, Error> {
    thread::spawn("writer".into(), move || write(output, &outputs, &give_back))
}

fn write(
    mut output: Output,
    outputs: &Receiver<Outputs>,
    give_back: &Sender<Vec<u8>>,
) -> Result<(), Error> {
    let mut next = 0;
    let mut early = BTreeMap::new();
    loop {
        match outputs.recv_timeout(IDLE) {
            Ok(outputs) => {
                early.insert(outputs.number, outputs);
            }
            Err(RecvTimeoutError::Timeout) => output.flush()?,
            Err(RecvTimeoutError::Disconnected) => return output.finish(),
        }
        while let Some(mut outputs) = early.remove(&next) {
            next += 1;
            output.write(&outputs.lines)?;
            if let Some(error) = outputs.error {
                output.finish()?;
                return Err(error);
            }
            outputs.lines.clear();
            // Nobody takes it any more at the end.
            let _ = give_back.send(outputs.lines);
        }
    }
}
