//! The cost of a key: guest memory, and time per event, with up to 10 million keys. Also the speed
//! of a look-back. With `--attack`, the cost of keys that were chosen to be slow.

mod attack;
mod keys;
mod lookback;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use harness::host::wasm;

/// Measure the state of the compiled module, in the memory that brokers allow.
#[derive(Debug, Parser)]
struct StateOptions {
    /// Largest number of keys to hold
    #[arg(long, default_value_t = 10_000_000)]
    keys: u32,
    /// Records to look back at
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Number of rounds of events over those keys
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Instead, compare this many keys that collide, as an attacker who knows the hash seed can
    /// choose them, with random ones
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
