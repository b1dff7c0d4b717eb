//! Records per CPU second: the module beside a generated one that does nothing, the core alone, and the whole program.

mod contender;
mod program;
mod table;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use contender::{Contender, Traffic};
use harness::cpu::median;
use program::Program;
use table::{Row, print};

/// Measures records per CPU second in Fluvio's own engine. Figures from different runs don't compare, those of one run do: what
/// is compared takes turns, and the middle one of all rounds counts.
#[derive(Debug, Parser)]
struct Options {
    /// Rounds in the engine
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Records in each of them
    #[arg(long, default_value_t = 50_000)]
    records: usize,
    /// Rounds of the whole program
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Events in each of them
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
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
    let mut contenders = Contender::all()?;
    let mut traffic = Traffic::new();
    // The first round fills buffers and state, and doesn't count.
    for round in 0..=options.rounds {
        for (size, batch) in BATCHES.into_iter().enumerate() {
            let chunk = traffic.next(options.records, batch)?;
            for contender in &mut contenders {
                let speed = contender.process(&chunk)?;
                let speeds = contender.speeds.get_mut(size).filter(|_| round > 0);
                speeds.into_iter().for_each(|speeds| speeds.push(speed));
            }
        }
    }
    let mut rows: Vec<Row> = contenders.iter().map(Row::of).collect();

    let program = Program::new(options.events)?;
    let mut starts = Vec::new();
    let mut one: [Vec<f64>; BATCHES.len()] = Default::default();
    let mut two: [Vec<f64>; BATCHES.len()] = Default::default();
    for _ in 0..options.runs {
        starts.push(program.start()?.as_secs_f64());
        for (partitions, speeds) in [(1, &mut one), (2, &mut two)] {
            for (batch, speeds) in BATCHES.into_iter().zip(speeds) {
                speeds.push(program.run(partitions, batch)?);
            }
        }
    }
    rows.push(Row::of_program("(e) sessionize run, 1 partition", &one));
    rows.push(Row::of_program("(e) sessionize run, 2 partitions", &two));

    println!(
        "Records per CPU second: the median of {} rounds of {} records; (e) the median of {} runs of {} events, of which \
         the start of the program, compiling the module, takes {:.2} CPU seconds.\n",
        options.rounds,
        options.records,
        options.runs,
        options.events,
        median(starts)
    );
    print(&rows);
    Ok(())
}
