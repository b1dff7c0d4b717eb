//! Counts of what simulations did and checked.

use std::fmt;

/// The counts of one or many simulations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Number of simulations.
    pub seeds: u64,
    /// Records that came out, each of them checked.
    pub records: u64,
    /// Batches that were presented to the module again.
    pub presented_again: u64,
    /// Crashes after which a module looked back.
    pub restarts: u64,
    /// Restarts after which the look-back covered all live sessions.
    pub covered: u64,
    /// Pairs of batches that were stored in another order than they were processed.
    pub reordered: u64,
    /// Produce requests that the module refused.
    pub refused: u64,
    /// Simulations whose sessions were compared with those of the batch job.
    pub judged: u64,
}

impl Tally {
    /// Adds another tally to this one.
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
