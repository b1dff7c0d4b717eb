//! The `sessionize-query` program, which `sessionize query` and `sessionize report` start:
//! questions about sessionized events in SQL, and a page with charts.
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

use clap::Parser;
use sessionize_pipeline::exit::with_error;
use sessionize_pipeline::stop_on_signal;

use arguments::{Command, Program};

fn main() -> ExitCode {
    let ended = stop_on_signal().and_then(|stop| match Program::parse().command {
        Command::Query(arguments) => print::query(&arguments, &stop),
        Command::Report(arguments) => report::report(&arguments, &stop),
    });
    ended.unwrap_or_else(|error| with_error(&error).into())
}
