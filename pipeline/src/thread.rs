//! Threads with names.

use std::thread::JoinHandle;

use crate::error::{Error, plain};

/// Starts a thread. System tools show its name.
///
/// # Errors
///
/// When the system has no more threads.
pub(crate) fn spawn<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Error> {
    std::thread::Builder::new()
        .name(name)
        .spawn(work)
        .map_err(|e| Error::failure(format!("cannot start a thread: {}", plain(&e))))
}
