//! Records per CPU second: the module beside a generated one that does nothing, the core alone, and the whole program.

mod contender;
mod program;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use contender::{Contender, Traffic};
use program::Program;
use table::{Row, print};

/// Measures records per CPU second in Fluvio's own engine. Figures from different runs don't compare, those of one run do: what
/// is compared takes turns, and the middle one of all rounds counts.
#[derive(Debug, Parser)]
struct Options {
    /// Rounds
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Records in each of them
    #[arg(long, default_value_t = 50_000)]
    records: usize,
    /// Events of the whole program in each of them; 0 leaves it out
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Another build of the module, to compare with
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

/// Records handed over at once.
const BATCHES: [usize; 2] = [100, 1_000];

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
    let mut contenders = Contender::all(options.against.as_deref())?;
    let mut programs = match options.events {
        0 => Vec::new(),
        events => Program::all(events)?.into(),
    };
    let mut traffic = Traffic::new();
    // The first round fills buffers and state, and doesn't count.
    for round in 0..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for (size, batch) in BATCHES.into_iter().enumerate() {
            let chunk = traffic.next(options.records, batch)?;
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
        "Records per CPU second: the median of {} rounds of {} records; (h) and (i) of {} events.\n",
        options.rounds, options.records, options.events,
    );
    let rows = contenders.iter().map(Row::of);
    let rows: Vec<Row> = rows
        .chain(programs.into_iter().flat_map(Program::rows))
        .collect();
    print(&rows);
    Ok(())
}
