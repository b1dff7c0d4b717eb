//! What a key costs: bytes of guest memory and time per event, up to 10 million keys; and the speed
//! of looking back. With `--attack`, what keys cost that were chosen to be slow.

mod attack;
mod keys;
mod lookback;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use harness::host::wasm;

/// Measures the state of the compiled module within the memory that brokers give.
#[derive(Debug, Parser)]
struct StateOptions {
    /// Most keys to hold
    #[arg(long, default_value_t = 10_000_000)]
    keys: u32,
    /// Records to look back at
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Rounds of events over the keys that are held
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Instead, choose so many keys that meet in one bucket, as somebody can who knows the seed,
    /// and compare with honest ones
    #[arg(long, value_name = "KEYS", num_args = 0..=1, default_missing_value = "100000")]
    attack: Option<usize>,
}

fn main() -> ExitCode {
    match bench(&StateOptions::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &StateOptions) -> Result<()> {
    let wasm = wasm()?;
    if let Some(keys) = options.attack {
        return attack::bench(&wasm, keys, options.rounds);
    }
    keys::bench(&wasm, options.keys, options.rounds)?;
    println!();
    lookback::bench(&wasm, options.records)
}
