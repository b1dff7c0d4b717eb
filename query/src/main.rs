//! The `sessionize-query` program, which `sessionize query` and `sessionize report` start: questions
//! about sessionized events in SQL, and a page with charts.
//!
//! ```text
//! inputs ─▶ load ──▶ session rows, columns      one pass, in bounded memory
//!    │                    │
//!    └─▶ raw ─────────────┴─▶ engine ─▶ print    a table, CSV, NDJSON or Parquet
//!        read again, only      the views  └─▶ report
//!        what a query needs    in SQL
//! ```

mod arguments;
mod columns;
mod engine;
mod load;
mod print;
mod questions;
mod raw;
mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use sessionize_pipeline::error::{Error, ErrorKind};

use arguments::{Command, Program};

/// Exit code after Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let ended = stop_on_signal().and_then(|stop| match Program::parse().command {
        Command::Query(arguments) => print::query(&arguments, &stop),
        Command::Report(arguments) => report::report(&arguments, &stop),
    });
    match ended {
        Ok(code) => code.into(),
        Err(error) if error.kind() == ErrorKind::OutputClosed => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sessionize: {error}");
            match error.kind() {
                ErrorKind::Usage => 2.into(),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// A flag that is set on Ctrl-C or a request to terminate. The second one ends the program at once.
fn stop_on_signal() -> Result<Arc<AtomicBool>, Error> {
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
