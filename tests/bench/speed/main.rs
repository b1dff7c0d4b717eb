//! Records per CPU second: of the module, of a generated module that does nothing, of the adapter
//! without the engine, and of the whole program.

mod batch_sizes;
mod contender;
mod program;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use batch_sizes::BATCH_SIZES;
use clap::Parser;
use contender::{Contender, Requests};
use program::WholeProgram;
use table::{Row, print};

/// Measure records per CPU second in Fluvio's own engine. Compare figures of one run only: all rows
/// take turns in each round, and the median of the rounds counts.
#[derive(Debug, Parser)]
struct SpeedOptions {
    /// Number of rounds
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Records in each round
    #[arg(long, default_value_t = 50_000)]
    records: usize,
    /// Events for the whole program in each round; 0 leaves the program out
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Another build of the module to compare with
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bench(&SpeedOptions::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &SpeedOptions) -> Result<()> {
    let mut contenders = Contender::all(options.against.as_deref())?;
    let mut programs = match options.events {
        0 => Vec::new(),
        events => WholeProgram::all(events)?,
    };
    let mut requests = Requests::new();
    // The first round only fills buffers and state.
    for round in 0..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for (size, batch) in BATCH_SIZES.into_iter().enumerate() {
            let chunk = requests.next(options.records, batch)?;
            for contender in &mut contenders {
                let speed = contender.process(&chunk)?;
                let speeds = contender.speeds.get_mut(size).filter(|_| round > 0);
                speeds.into_iter().for_each(|speeds| speeds.push(speed));
            }
            for program in programs.iter_mut().filter(|_| round > 0) {
                program.run(size, batch)?;
            }
        }
    }

    println!(
        "Records per CPU second: the median of {} rounds. A round has {} records, and {} events for \
         the whole program.\n",
        options.rounds, options.records, options.events,
    );
    let rows = contenders.iter().map(Row::of);
    let rows: Vec<Row> = rows
        .chain(programs.into_iter().flat_map(WholeProgram::rows))
        .collect();
    print(&rows);
    Ok(())
}
