//! The seeds of simulations.

/// Several starts, far apart, so that a small number of seeds is not always the same small range.
const STARTS: [u64; 5] = [
    0,
    7_000_000,
    1 << 32,
    0x9e37_79b9_7f4a_7c15,
    u64::MAX - 1_000_000_000,
];

/// This many seeds, in equal parts from each start, without the first `skipped` of each.
pub fn seeds(count: u64, skipped: u64) -> impl Iterator<Item = u64> {
    let rounds = (skipped..).flat_map(|round| STARTS.map(|start| start + round));
    rounds.zip(0..count).map(|(seed, _)| seed)
}
