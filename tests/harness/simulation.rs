//! Random lives of a module inside simulated brokers, each told by a seed.

mod consumer;
mod expectation;
mod topic;
mod traffic;

use std::fmt;

use anyhow::{Context, Result};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::host::Host;

/// What happened in one or many simulations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Simulations.
    pub seeds: u64,
    /// Records that came out and were checked.
    pub records: u64,
    /// Batches presented to the module again.
    pub presented_again: u64,
    /// Crashes after which a module looked back.
    pub restarts: u64,
    /// Those of them after which the look-back covered all live sessions.
    pub covered: u64,
    /// Requests that the module refused.
    pub refused: u64,
    /// Runs whose sessions were compared with those of the batch job.
    pub judged: u64,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.records += other.records;
        self.presented_again += other.presented_again;
        self.restarts += other.restarts;
        self.covered += other.covered;
        self.refused += other.refused;
        self.judged += other.judged;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} seeds, {} records, {} batches presented again, {} restarts ({} covered), {} requests refused, {} runs equal to the batch job",
            self.seeds,
            self.records,
            self.presented_again,
            self.restarts,
            self.covered,
            self.refused,
            self.judged
        )
    }
}

/// Lives through one simulation; the error names the first thing that was wrong.
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
