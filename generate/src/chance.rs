//! Random draws.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};

/// A stream of random numbers.
///
/// It uses ChaCha8, whose output is the same on every platform. The distributions compute with
/// `libm` rather than with the platform's own library, whose last bits may differ. A new version of
/// either crate may still draw other numbers from the same bits; the tests of this crate would show
/// it.
#[derive(Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The random numbers of a seed. Each `stream` of a seed is independent of the others.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// A number from 0 to `max`, all equally likely.
    pub(crate) fn up_to(&mut self, max: i64) -> i64 {
        self.0.random_range(0..=max.max(0))
    }

    /// True once in `n` times, where `n` is at least 1.
    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.0.random_ratio(1, n)
    }

    /// A waiting time, exponentially distributed with this mean.
    pub(crate) fn wait(&mut self, mean: i64) -> i64 {
        let wait: f64 = self.sample(&Exp1);
        (mean as f64 * wait) as i64
    }

    /// A draw from a distribution.
    pub(crate) fn sample<T>(&mut self, distribution: &impl Distribution<T>) -> T {
        distribution.sample(&mut self.0)
    }
}

/// Maps 64 random bits to a number from 0 to `bound - 1`.
pub(crate) fn below(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// 64 bits that look unrelated to `n`, by the finalizer of SplitMix64.
pub(crate) fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_have_their_mean() {
        let mut chance = Chance::new(7, 0);
        let sum: i64 = (0..100_000).map(|_| chance.wait(1_000_000)).sum();
        let mean = sum / 100_000;
        assert!((980_000..1_020_000).contains(&mean), "{mean}");
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_eq!(Chance::new(7, 0).bits(), Chance::new(7, 0).bits());
        assert_ne!(Chance::new(7, 0).bits(), Chance::new(7, 1).bits());
        assert_ne!(Chance::new(7, 0).bits(), Chance::new(8, 0).bits());
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(0, 10), 0);
    }
}
