//! What the `sessionize` program does beyond its arguments: the check of a deployment.

#[cfg(feature = "engine")]
pub mod check;

use std::time::Duration;

/// A duration in milliseconds; `i64::MAX` if it is longer than that.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
