//! Where the log goes.

use std::io::{self, IsTerminal, Write};

use indicatif::ProgressBar;
use sessionize_pipeline::error::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object per line.
    Json,
}

/// Writes the log to the standard error from now on: what we have to say from `level` on, unless
/// the environment variable `RUST_LOG` says otherwise. A progress bar that is shown stays below it.
///
/// # Errors
///
/// When `RUST_LOG` can't be understood.
pub fn start(format: LogFormat, level: &str, bar: ProgressBar) -> Result<(), Error> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => EnvFilter::try_new(&filter).map_err(|e| {
            Error::usage(format!("environment variable RUST_LOG is `{filter}`: {e}"))
        })?,
        // The client reports each lost connection itself, at every try.
        _ => EnvFilter::new(format!(
            "error,fluvio_socket=off,sessionize_cluster={level}"
        )),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(AboveBar(bar));
    // Whoever has started a log before keeps it.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    Ok(())
}

/// The standard error above a progress bar.
struct AboveBar(ProgressBar);

impl<'w> MakeWriter<'w> for AboveBar {
    type Writer = Lines<'w>;

    fn make_writer(&'w self) -> Self::Writer {
        Lines(&self.0)
    }
}

struct Lines<'w>(&'w ProgressBar);

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
