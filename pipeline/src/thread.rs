//! Threads with names.

use std::thread::{Builder, JoinHandle};
#[cfg(feature = "engine")]
use std::thread::{Scope, ScopedJoinHandle};

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
    Builder::new().name(name).spawn(work).map_err(unstartable)
}

/// Starts a thread that ends before `scope` does.
///
/// # Errors
///
/// When the system has no more threads.
#[cfg(feature = "engine")]
pub(crate) fn spawn_scoped<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 's,
) -> Result<ScopedJoinHandle<'s, T>, Error> {
    let builder = Builder::new().name(name.into());
    builder.spawn_scoped(scope, work).map_err(unstartable)
}

/// The error for a thread that has panicked, or that nobody hears of any more.
pub(crate) fn died(who: &str) -> Error {
    Error::failure(format!("{who} stopped unexpectedly"))
}

fn unstartable(error: std::io::Error) -> Error {
    Error::failure(format!("cannot start a thread: {}", plain(&error)))
}
