//! What a key costs: bytes of guest memory and time per event, up to 10 million keys; and the speed of looking back.

mod keys;
mod lookback;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use harness::host::wasm;

/// Measures the state of the compiled module within the memory that brokers give.
#[derive(Debug, Parser)]
struct Options {
    /// Most keys to hold
    #[arg(long, default_value_t = 10_000_000)]
    keys: u32,
    /// Records to look back at
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Rounds of events over the keys that are held
    #[arg(long, default_value_t = 9)]
    rounds: usize,
}

fn main() -> ExitCode {
    match bench(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Result<()> {
    let wasm = wasm()?;
    keys::bench(&wasm, options.keys, options.rounds)?;
    println!();
    lookback::bench(&wasm, options.records)
}
