//! Simulates any number of brokers.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use harness::host::{BROKER_VERSION, Engine, Host, Native, SMDK_VERSION};
use harness::simulation::{Tally, run};

/// Lives through simulated brokers' lives with the module in them, and compares everything that comes out with oracles.
#[derive(Debug, Parser)]
struct Options {
    /// How many.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first seed; the others follow it.
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Take the compiled module in Fluvio's engine instead of the one compiled for this machine.
    #[arg(long)]
    engine: bool,
    /// Take the input layout of `smdk test` instead of the brokers'.
    #[arg(long)]
    smdk: bool,
}

fn main() -> ExitCode {
    match simulate(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(options: &Options) -> anyhow::Result<()> {
    let version = if options.smdk {
        SMDK_VERSION
    } else {
        BROKER_VERSION
    };
    let host: Box<dyn Host> = if options.engine {
        Box::new(Engine {
            version,
            ..Engine::new()?
        })
    } else {
        Box::new(Native { version })
    };
    let shows_progress = std::io::stderr().is_terminal();
    let began = Instant::now();
    let mut tally = Tally::default();
    for seed in options.start..options.start.saturating_add(options.seeds) {
        let lived = run(seed, host.as_ref()).map_err(|error| {
            error.context(format!(
                "seed {seed} failed; to see it again: {}",
                replay(seed, options)
            ))
        })?;
        tally.add(&lived);
        if shows_progress && tally.seeds.is_multiple_of(100) {
            eprint!("\r{} of {} seeds", tally.seeds, options.seeds);
            std::io::stderr().flush()?;
        }
    }
    if shows_progress {
        eprintln!();
    }
    println!("{tally}, in {:.1?}", began.elapsed());
    Ok(())
}

fn replay(seed: u64, options: &Options) -> String {
    let engine = if options.engine { " --engine" } else { "" };
    let smdk = if options.smdk { " --smdk" } else { "" };
    format!(
        "cargo run --release -p sessionize-tests --bin simulate -- --start {seed} --seeds 1{engine}{smdk}"
    )
}
