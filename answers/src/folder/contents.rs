//! What a folder holds.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sessionize_core::parameters::Parameters;
use sessionize_formats::time::Millis;

use crate::row::TableRow;

/// What a folder holds: rows of one kind, of one topic, and by which parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The topic.
    pub topic: String,
    /// The kind of rows, as in the names of the files.
    pub rows: String,
    /// The parameter, in ms.
    pub gap: Millis,
    /// The parameter, in ms.
    pub ttl: Millis,
    /// The parameter, in ms.
    pub lateness: Millis,
    /// The parameter.
    pub prefix: String,
}

impl Contents {
    /// Rows of a topic whose module has these parameters.
    pub fn of<R: TableRow>(topic: &str, parameters: &Parameters) -> Self {
        Self {
            topic: topic.to_owned(),
            rows: R::NAME.to_owned(),
            gap: parameters.rule.gap,
            ttl: parameters.rule.ttl,
            lateness: parameters.lateness,
            prefix: parameters.prefix.clone(),
        }
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let duration = |millis: Millis| Duration::from_millis(millis.unsigned_abs());
        let Self {
            topic,
            rows,
            gap,
            ttl,
            lateness,
            prefix,
        } = self;
        write!(
            f,
            "{rows} of topic {topic} with `gap` {:?}, `ttl` {:?}, `lateness` {:?} and `prefix` \
             `{prefix}`",
            duration(*gap),
            duration(*ttl),
            duration(*lateness),
        )
    }
}
