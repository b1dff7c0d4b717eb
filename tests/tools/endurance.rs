//! Writes more than 3 GB through one instance, and prints its memory after 100 MB, 1 GB and so on,
//! and at the end.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use harness::endurance::{LIMIT, endure};
use harness::host::wasm;

/// Let one instance of the compiled module write more output than an instance with a leak could.
#[derive(Debug, Parser)]
struct EnduranceOptions {
    /// Output to write, in MB
    #[arg(long, default_value_t = 3_200, conflicts_with = "short")]
    megabytes: u64,
    /// Write 1,200 MB, which is more than the memory that brokers allow
    #[arg(long)]
    short: bool,
}

fn main() -> ExitCode {
    match run(&EnduranceOptions::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &EnduranceOptions) -> anyhow::Result<()> {
    const MEGABYTE: u64 = 1_000_000;
    let megabytes = if options.short {
        1_200
    } else {
        options.megabytes
    };
    let began = Instant::now();
    let records = endure(&wasm()?, LIMIT, megabytes * MEGABYTE, |mark| {
        println!(
            "guest memory after {} MB: {} bytes",
            mark.output / MEGABYTE,
            mark.memory
        );
    })?;
    println!("{records} records in {:.1?}", began.elapsed());
    Ok(())
}
