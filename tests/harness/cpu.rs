//! CPU time, which other programs on the machine disturb less than wall-clock time.

use std::time::Duration;

use anyhow::Result;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Whose CPU time to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of this process, with all its threads.
    Own,
    /// That of the child processes that have ended.
    Children,
}

/// The CPU time that some work takes, in user and system mode together.
pub fn took<T>(whose: Whose, work: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let before = total(whose)?;
    let done = work()?;
    Ok((total(whose)?.saturating_sub(before), done))
}

fn total(whose: Whose) -> Result<Duration> {
    let usage = getrusage(match whose {
        Whose::Own => UsageWho::RUSAGE_SELF,
        Whose::Children => UsageWho::RUSAGE_CHILDREN,
    })?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    let micros = u64::try_from(time.tv_usec()).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}

/// The median; zero if there are no values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
