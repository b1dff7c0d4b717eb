//! Requests to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::exit::INTERRUPTED;

/// A flag that is set on Ctrl-C or a request to terminate. The second one ends the program at once.
///
/// # Errors
///
/// When signals can't be waited for, as where that has been asked for before.
pub fn stop_on_signal() -> Result<Arc<AtomicBool>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    })
    .map_err(|e| Error::failure(format!("cannot wait for signals: {e}")))?;
    Ok(stop)
}
