//! The numbers of a session's events that have been read.

/// A set of numbers, kept as ranges: numbers come nearly in order, so that there are few.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// First and last number of each range, in order and apart from each other.
    ranges: Vec<(u32, u32)>,
}

impl Numbers {
    /// Adds a number. False if it was there.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        // The range that the number is in, or the first one behind it.
        let at = self.ranges.partition_point(|&(_, last)| last < number);
        let next = self.ranges.get(at).copied();
        if next.is_some_and(|(first, _)| first <= number) {
            return false;
        }
        let joins_next = next.is_some_and(|(first, _)| first - 1 == number);
        let before = at.checked_sub(1).and_then(|at| self.ranges.get_mut(at));
        match before {
            Some((_, last)) if *last + 1 == number => {
                *last = number;
                if joins_next {
                    *last = next.map_or(number, |(_, last)| last);
                    self.ranges.remove(at);
                }
            }
            _ if joins_next => {
                if let Some((first, _)) = self.ranges.get_mut(at) {
                    *first = number;
                }
            }
            _ => self.ranges.insert(at, (number, number)),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(numbers in proptest::collection::vec(0_u32..40, 0..80)) {
            let mut set = Numbers::default();
            let mut oracle = HashSet::new();
            for number in numbers {
                prop_assert_eq!(set.insert(number), oracle.insert(number));
            }
            let runs = oracle.iter().filter(|&&number| {
                number == 0 || !oracle.contains(&(number - 1))
            });
            prop_assert_eq!(set.ranges.len(), runs.count());
        }
    }

    #[test]
    fn the_greatest_number_is_one_of_them() {
        let mut set = Numbers::default();
        assert!(set.insert(u32::MAX));
        assert!(!set.insert(u32::MAX));
        assert!(set.insert(u32::MAX - 1));
        assert_eq!(set.ranges, [(u32::MAX - 1, u32::MAX)]);
    }
}
