//! How events spread over keys.

use std::collections::HashMap;

/// Keys that are counted at the same time. A key with more than this part of all events is surely
/// among them.
const COUNTED: usize = 1_000;

/// Finds the heaviest keys in one pass, in bounded memory (the algorithm "space saving").
///
/// The count of a key is never too small, and too large by at most all events divided by the number
/// of keys that are counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeavyKeys {
    counts: HashMap<Vec<u8>, u64>,
    total: u64,
    /// A bound below which no count is.
    least: u64,
}

impl HeavyKeys {
    /// Counts an event of a key.
    pub(crate) fn add(&mut self, key: &[u8]) {
        self.total += 1;
        if let Some(count) = self.counts.get_mut(key) {
            *count += 1;
            return;
        }
        if self.counts.len() >= 2 * COUNTED {
            // Half of the keys make room at once: to look for the least one each time would take
            // as long as all the rest.
            let mut counts: Vec<u64> = self.counts.values().copied().collect();
            let (_, median, _) = counts.select_nth_unstable(COUNTED);
            let least = *median;
            self.least = self.least.max(least);
            self.counts.retain(|_, count| *count > least);
        }
        self.counts.insert(key.to_vec(), self.least + 1);
    }

    /// The heaviest keys with their shares of all events, at most so many.
    pub(crate) fn heaviest(&self, most: usize) -> Vec<(String, f64)> {
        let mut keys: Vec<(&Vec<u8>, u64)> = self.counts.iter().map(|(k, n)| (k, *n)).collect();
        keys.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        keys.truncate(most);
        let share = |count: u64| count as f64 / self.total.max(1) as f64;
        keys.into_iter()
            .map(|(key, count)| (String::from_utf8_lossy(key).into_owned(), share(count)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_keys_are_counted_exactly() {
        let mut keys = HeavyKeys::default();
        for key in ["a", "b", "a", "c", "a", "b", "a", "a"] {
            keys.add(key.as_bytes());
        }
        let heaviest = keys.heaviest(2);
        assert_eq!(heaviest, [("a".into(), 0.625), ("b".into(), 0.25)]);
    }

    #[test]
    fn a_heavy_key_is_found_among_many() {
        let mut keys = HeavyKeys::default();
        for i in 0..200_000 {
            let key = if i % 50 == 0 {
                "heavy".to_owned()
            } else {
                format!("key {i}")
            };
            keys.add(key.as_bytes());
        }
        let heaviest = keys.heaviest(1);
        assert_eq!(heaviest[0].0, "heavy");
        assert!((0.02..0.021).contains(&heaviest[0].1), "{heaviest:?}");
        assert!(keys.counts.len() <= 2 * COUNTED);
    }
}
