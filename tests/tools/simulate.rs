//! Runs any number of simulations.

use std::io::{IsTerminal, Write};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;
use harness::host::{BROKER_VERSION, Engine, Host, Native, SMDK_VERSION};
use harness::simulation::{Tally, run, seeds};

/// Number of failures after which to stop.
const SHOWN: u64 = 10;

/// Run the module in simulated brokers, and compare its whole output with that of oracles.
#[derive(Debug, Parser)]
struct SimulationOptions {
    /// Number of simulations; each has a seed of its own
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// First of consecutive seeds [default: seeds from several ranges]
    #[arg(long)]
    start: Option<u64>,
    /// Number of threads [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,
    /// Run the compiled module in Fluvio's engine instead of natively
    #[arg(long)]
    engine: bool,
    /// Use the batch layout of `smdk test` instead of the brokers'
    #[arg(long)]
    smdk: bool,
}

/// The remaining seeds, and the results so far.
struct Work<'a> {
    seeds: Box<dyn Iterator<Item = u64> + Send + 'a>,
    tally: Tally,
    failed: u64,
}

fn main() -> ExitCode {
    match simulate(&SimulationOptions::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(options: &SimulationOptions) -> Result<()> {
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
    let began = Instant::now();
    let work = Mutex::new(Work {
        seeds: match options.start {
            Some(start) => Box::new(start..start.saturating_add(options.seeds)),
            None => Box::new(seeds(options.seeds, 0)),
        },
        tally: Tally::default(),
        failed: 0,
    });
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..options.threads.unwrap_or(cores) {
            scope.spawn(|| run_remaining(options, host.as_ref(), &work));
        }
    });
    let Work { tally, failed, .. } = work.into_inner().unwrap_or_else(|error| error.into_inner());
    println!("{tally}, in {:.1?}", began.elapsed());
    ensure!(failed == 0, "{failed} seeds failed");
    Ok(())
}

/// Runs simulations until no seed remains, or too many have failed.
fn run_remaining(options: &SimulationOptions, host: &dyn Host, work: &Mutex<Work<'_>>) {
    let shows_progress = std::io::stderr().is_terminal();
    loop {
        let seed = {
            let Ok(mut work) = work.lock() else { return };
            let next = work.seeds.next();
            match next {
                Some(seed) if work.failed < SHOWN => seed,
                _ => return,
            }
        };
        let result = run(seed, host);
        let Ok(mut work) = work.lock() else { return };
        match result {
            Ok(counts) => work.tally.add(&counts),
            Err(error) => {
                work.failed += 1;
                let replay = replay(seed, options);
                eprintln!("seed {seed} failed; replay it with {replay}: {error:#}");
            }
        }
        if shows_progress && work.tally.seeds.is_multiple_of(100) {
            eprint!("\r{} of {} seeds", work.tally.seeds, options.seeds);
            std::io::stderr().flush().ok();
        }
    }
}

fn replay(seed: u64, options: &SimulationOptions) -> String {
    let engine = if options.engine { " --engine" } else { "" };
    let smdk = if options.smdk { " --smdk" } else { "" };
    format!(
        "cargo run --release -p sessionize-tests --bin simulate -- --start {seed} --seeds 1{engine}{smdk}"
    )
}
