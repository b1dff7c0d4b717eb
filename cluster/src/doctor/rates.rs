//! How many events there are in a stretch of event time.

use std::collections::BTreeMap;

use crate::words::Millis;

/// Steps that a stretch has.
const STEPS: Millis = 31;

/// Steps that are counted at most: the latest ones.
const MOST: usize = 4096;

/// Counts events by their times, in steps of a stretch.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    step: Millis,
    /// Events of each step that has any.
    counts: BTreeMap<Millis, u64>,
}

impl Rates {
    /// Nothing is counted yet. Times are told apart well enough for stretches of this length, in
    /// ms.
    pub(super) fn new(stretch: Millis) -> Self {
        Self {
            step: (stretch / STEPS).max(1),
            counts: BTreeMap::new(),
        }
    }

    /// Counts an event.
    pub(super) fn add(&mut self, time: Millis) {
        *self.counts.entry(time.div_euclid(self.step)).or_default() += 1;
        if self.counts.len() > MOST {
            self.counts.pop_first();
        }
    }

    /// Where the first step begins that is counted.
    pub(super) fn first(&self) -> Option<Millis> {
        let (step, _) = self.counts.first_key_value()?;
        Some(step * self.step)
    }

    /// Events in the latest stretch, and in the one that has the most.
    pub(super) fn stretches(&self) -> (u64, u64) {
        let (mut events, mut most) = (0, 0);
        let mut left = self.counts.iter().peekable();
        for (step, count) in &self.counts {
            events += count;
            while let Some((_, gone)) = left.next_if(|(first, _)| **first <= step - STEPS) {
                events -= gone;
            }
            most = most.max(events);
        }
        (events, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_stretch_and_the_busiest_one() {
        let mut rates = Rates::new(31_000);
        assert_eq!((rates.stretches(), rates.first()), ((0, 0), None));
        // One event a second, and in a minute of them ten.
        for second in 0..600 {
            for _ in 0..if (100..160).contains(&second) { 10 } else { 1 } {
                rates.add(second * 1000);
            }
        }
        assert_eq!(rates.stretches(), (31, 310));
        assert_eq!(rates.first(), Some(0));
        // After a silence, the latest stretch has only what is in it.
        rates.add(700_000);
        assert_eq!(rates.stretches(), (1, 310));
    }

    #[test]
    fn the_number_of_steps_is_bounded() {
        let mut rates = Rates::new(31_000);
        for second in 0..100_000 {
            rates.add(second * 1000);
        }
        assert_eq!(rates.first(), Some((100_000 - MOST as i64) * 1000));
    }
}
