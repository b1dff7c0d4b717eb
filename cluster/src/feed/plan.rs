//! What a feeder is to do, and what became of it.

use std::time::Duration;

use sessionize_core::parameters::Parameters;

use super::flow::Bounds;
use super::source::Start;
use crate::telling::Chunks;

/// When to look, and when to try again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How often to look whether a source is idle or the program is to stop.
    pub(crate) look: Duration,
    /// How often to look for new partitions.
    pub(crate) layout: Duration,
    /// How long after a failure to try again, the first time and at most.
    pub(crate) retry: (Duration, Duration),
    /// For how long the end of a log must not move before it is read. A request whose answer was
    /// lost may still be on its way.
    pub(crate) settle: Duration,
    /// How long to wait for the name of a source before the tails are read without it.
    pub(crate) name: Duration,
}

impl Pace {
    /// As it is on a cluster.
    pub(crate) const CLUSTER: Self = Self {
        look: Duration::from_millis(100),
        layout: Duration::from_secs(5),
        retry: (Duration::from_millis(250), Duration::from_secs(4)),
        settle: Duration::from_secs(1),
        name: Duration::from_millis(500),
    };
}

/// What to do.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Who feeds. It stands in checkpoints.
    pub(crate) feeder: String,
    /// The topic, for messages.
    pub(crate) topic: String,
    pub(crate) parameters: Parameters,
    pub(crate) is_stamped: bool,
    /// Whether nobody else writes to the topic.
    pub(crate) is_alone: bool,
    pub(crate) bounds: Bounds,
    pub(crate) start: Start,
    /// How long a source must be silent before nobody waits for it.
    pub(crate) idle: Duration,
    pub(crate) pace: Pace,
    pub(crate) chunks: Chunks,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct FeedReport {
    /// Records that are stored, by partition.
    pub stored: Vec<u64>,
    /// Records that could not be sessionized, whose clock was ahead, that came after their turn,
    /// and that were sent before it.
    pub invalid: u64,
    /// Events whose clock was ahead.
    pub ahead: u64,
    /// Events that came after their turn.
    pub late: u64,
    /// Events that were sent before their turn, because the window is too small.
    pub early: u64,
    /// Records that were found more than once in the tails of the partitions.
    pub doubled: u64,
    /// Records that a source had lost before they were read.
    pub lost: u64,
    /// Times that it began anew.
    pub failures: u64,
    /// Why sources could not be read to their ends.
    pub unreadable: Vec<String>,
    /// The heaviest keys, with their shares of all events.
    pub heaviest: Vec<(String, f64)>,
    /// Whether it was stopped before its sources ended.
    pub stopped: bool,
    /// How long it took.
    pub took: Duration,
}
