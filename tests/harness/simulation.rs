//! Random runs of a module inside simulated brokers. One seed decides everything in a run.

mod consumer;
mod expectation;
mod probe;
mod producer;
mod record_format;
mod seeds;
mod tally;
mod topic;

pub use seeds::seeds;
pub use tally::Tally;

use anyhow::{Context, Result};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::host::Host;

/// Runs one simulation. The error names the first thing that was wrong.
pub fn run(seed: u64, host: &dyn Host) -> Result<Tally> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let in_topic = dice.random_bool(0.6);
    let mut tally = if in_topic {
        topic::run(&mut dice, host).context("as a topic's transform")
    } else {
        consumer::run(&mut dice, host).context("in a consumer's stream")
    }?;
    tally.seeds = 1;
    Ok(tally)
}
