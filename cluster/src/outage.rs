//! Saying once that something is out of reach, and once that it is back.

use std::fmt::Display;

use tracing::{info, warn};

/// Something that may be out of reach for a while. That is said when it begins, when its cause
/// changes, and when it ends.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    cause: Option<String>,
}

impl Outage {
    /// It is out of reach.
    pub(crate) fn begin(&mut self, what: &str, cause: &impl Display) {
        let cause = cause.to_string();
        if self.cause.as_ref() != Some(&cause) {
            warn!(%cause, "{what}");
            self.cause = Some(cause);
        }
    }

    /// It is within reach.
    pub(crate) fn end(&mut self, what: &str) {
        if self.cause.take().is_some() {
            info!("{what}");
        }
    }
}
