//! Random lives of a module inside simulated brokers, each told by a seed.

mod consumer;
mod expectation;
mod format;
mod topic;
mod traffic;

use std::fmt;

use anyhow::{Context, Result};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::host::Host;

/// Where seeds are taken from: simulations that have passed so far say nothing of those elsewhere.
pub const STARTS: [u64; 5] = [
    0,
    7_000_000,
    1 << 32,
    0x9e37_79b9_7f4a_7c15,
    u64::MAX - 1_000_000_000,
];

/// So many seeds, in equal parts from each of [`STARTS`] on, after the first `skipped` of each.
pub fn seeds(count: u64, skipped: u64) -> impl Iterator<Item = u64> {
    let rounds = (skipped..).flat_map(|round| STARTS.map(|start| start + round));
    rounds.zip(0..count).map(|(seed, _)| seed)
}

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
    /// Pairs of batches that were stored in another order than they were processed.
    pub reordered: u64,
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
        self.reordered += other.reordered;
        self.refused += other.refused;
        self.judged += other.judged;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} seeds, {} records, {} batches presented again, {} restarts ({} covered), {} stored in another order, {} requests refused, {} runs equal to the batch job",
            self.seeds,
            self.records,
            self.presented_again,
            self.restarts,
            self.covered,
            self.reordered,
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
