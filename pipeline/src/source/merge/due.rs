//! When the turn of a line has come, whatever single clocks say.

use sessionize_formats::time::Millis;

/// Lines that share one look ahead.
const GROUP: usize = 16;

/// Events that a look ahead sees. In real logs one client sends up to 97 requests in a row, all of
/// which may have one wrong clock.
const LOOK_AHEAD: usize = 255;

/// A line of a block that is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimedLine {
    /// Where it begins in the block.
    pub(super) start: usize,
    /// The time of its event, if it has one.
    pub(super) time: Option<Millis>,
    /// When its turn has come.
    pub(super) due: Millis,
}

/// Finds when the turn of each line has come: at its time. `after` are the lines of the block
/// behind.
///
/// A line without a time goes with the one before it; `before` is when the turn of that has come.
/// So does a line whose time is later than the median of the events behind it: its clock is ahead,
/// and must not hold them up. In a file that is in order there is no such line.
pub(super) fn set_due(lines: &mut [TimedLine], after: &[TimedLine], before: Millis) {
    let mut due = before;
    let mut rest = lines;
    let mut window = Vec::with_capacity(LOOK_AHEAD);
    while !rest.is_empty() {
        let (group, behind) = rest.split_at_mut(GROUP.min(rest.len()));
        let times = behind.iter().chain(after).filter_map(|line| line.time);
        window.clear();
        window.extend(times.take(LOOK_AHEAD));
        let median = median(&mut window).unwrap_or(Millis::MAX);
        for line in group {
            due = line.time.filter(|time| *time <= median).unwrap_or(due);
            line.due = due;
        }
        rest = behind;
    }
}

/// The middle one of these times, or the earlier one of two.
fn median(times: &mut [Millis]) -> Option<Millis> {
    let middle = times.len().checked_sub(1)? / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    Some(*median)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(times: &[Option<Millis>]) -> Vec<TimedLine> {
        let line = |&time| TimedLine {
            start: 0,
            time,
            due: 0,
        };
        times.iter().map(line).collect()
    }

    /// When the turn of each line has come, of which so many stand in the block behind.
    fn due(times: &[Option<Millis>], after: usize) -> Vec<Millis> {
        let mut lines = lines(times);
        let (lines, after) = lines.split_at_mut(times.len() - after);
        set_due(lines, after, Millis::MIN);
        lines.iter().map(|line| line.due).collect()
    }

    #[test]
    fn a_line_without_a_time_goes_with_the_one_before() {
        let times = [None, Some(1), None, Some(2), None];
        assert_eq!(due(&times, 0), [Millis::MIN, 1, 1, 2, 2]);
    }

    #[test]
    fn a_hundred_clocks_ahead_hold_nobody_up() {
        let ahead = |n: i64| (100..200).contains(&n);
        let times: Vec<_> = (0..1_000)
            .map(|n| Some(if ahead(n) { 1_000_000 } else { n }))
            .collect();
        for (n, due) in due(&times, 200).into_iter().enumerate() {
            assert!(due < 1_000, "{n}: {due}");
        }
    }

    proptest! {
        #[test]
        fn in_order_each_line_has_its_own_turn(
            mut times in prop::collection::vec(0..1_000_i64, 0..200),
            after in 0..100_usize,
        ) {
            times.sort_unstable();
            let of_block = times.len() - after.min(times.len());
            let found = due(&times.iter().copied().map(Some).collect::<Vec<_>>(), times.len() - of_block);
            prop_assert_eq!(&found, &times[..of_block]);
        }
    }
}
