//! Where the seeds of simulations come from.

/// Where seeds are taken from: simulations that have passed so far say nothing of those elsewhere.
const STARTS: [u64; 5] = [
    0,
    7_000_000,
    1 << 32,
    0x9e37_79b9_7f4a_7c15,
    u64::MAX - 1_000_000_000,
];

/// So many seeds, in equal parts from several starts on, after the first `skipped` of each.
pub fn seeds(count: u64, skipped: u64) -> impl Iterator<Item = u64> {
    let rounds = (skipped..).flat_map(|round| STARTS.map(|start| start + round));
    rounds.zip(0..count).map(|(seed, _)| seed)
}
