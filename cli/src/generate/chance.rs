//! Chance in whole numbers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers. ChaCha8, because its output is fixed for good and the same on every platform; the ranges are drawn
/// here rather than by `rand`, whose methods may change what they draw from one version to the next.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The numbers of `seed`; each `use_` of the same seed has its own.
    pub(super) fn new(seed: u64, use_: u8) -> Self {
        let mut key = [0; 32];
        let (head, tail) = key.split_at_mut(8);
        head.copy_from_slice(&seed.to_le_bytes());
        tail.fill(use_);
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 to `bound - 1`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        below(self.bits(), bound)
    }

    /// Whether something happens that does once in `n` times.
    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A waiting time, exponentially distributed with this mean. The logarithm is read off the leading zeros and
    /// linear in between (at most 6 % of the mean too long), which no platform computes in another way.
    pub(super) fn wait(&mut self, mean: i64) -> i64 {
        const LN_2_IN_65536THS: u128 = 45_426;
        let bits = self.bits() | 1;
        let zeros = bits.leading_zeros();
        let fraction = (bits << zeros << 1) >> 48;
        let halvings = (u128::from(zeros + 1) << 16) - u128::from(fraction);
        let wait = (mean.max(0) as u128 * halvings * LN_2_IN_65536THS) >> 32;
        i64::try_from(wait).unwrap_or(i64::MAX)
    }
}

/// Maps 64 random bits to a number from 0 to `bound - 1`.
pub(super) fn below(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// 64 bits that look unrelated to `n` (the finalizer of SplitMix64).
pub(super) fn mix(n: u64) -> u64 {
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
        assert!((980_000..1_070_000).contains(&mean), "{mean}");
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let mut chance = Chance::new(7, 0);
        for bound in [0, 1, 2, 3, 1000, u64::MAX] {
            assert!((0..1000).all(|_| bound == 0 || chance.below(bound) < bound));
        }
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(0, 10), 0);
    }
}
