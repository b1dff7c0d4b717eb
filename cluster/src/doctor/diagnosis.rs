//! What the figures of a topic's partitions mean, and what to set.

mod crash;
mod events;

use std::fmt;
use std::time::Duration;

use super::finding::Finding;
use super::report::PartitionReport;
use crate::topic::Topic;
use crate::words::Millis;

/// A topic with what is known of its partitions.
pub(super) struct Case<'a> {
    pub(super) topic: &'a Topic,
    pub(super) partitions: &'a [PartitionReport],
}

/// What is to be known, warnings first.
pub(super) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = crash::findings(case);
    findings.extend(events::findings(case));
    // Those of one level stay in their order.
    findings.sort_by_key(|finding| finding.level);
    findings
}

impl<'a> Case<'a> {
    /// Of the partitions that have something, all numbers, and the one in which it is worst.
    fn worst<T: PartialOrd>(
        &self,
        has: impl Fn(&PartitionReport) -> bool,
        how_bad: impl Fn(&PartitionReport) -> T,
    ) -> Option<(Vec<u32>, &'a PartitionReport)> {
        let which: Vec<_> = self.partitions.iter().filter(|part| has(part)).collect();
        let mut rest = which.iter().copied();
        let first = rest.next()?;
        let worst = rest.fold(first, |worst, part| match how_bad(part) > how_bad(worst) {
            true => part,
            false => worst,
        });
        Some((which.iter().map(|part| part.partition).collect(), worst))
    }
}

/// A share as people read it.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} %", 100.0 * self.0)
    }
}

/// A duration as people read it, in whole seconds, or in minutes if it is longer than an hour.
pub(super) fn duration(ms: Millis) -> String {
    let step = if ms < 3_600_000 { 1000 } else { 60_000 };
    let rounded = Duration::from_millis((ms / step * step).unsigned_abs());
    humantime::format_duration(rounded).to_string()
}

/// The smallest number of two digits and zeros that is not smaller.
fn round_up(number: u64) -> u64 {
    let mut step = 1;
    while number.div_ceil(step) > 99 {
        step *= 10;
    }
    number.div_ceil(step) * step
}

#[cfg(test)]
mod tests;
