//! What is to be done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::Error;

use crate::failure::Failure;
use crate::telling::{CHUNKS, Chunks};

/// When to look, and when to try again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How long to wait for new records.
    pub(crate) poll: Duration,
    /// How often to look whether to stop, or whether rows are due.
    pub(crate) look: Duration,
    /// How often to look at the topic's configuration.
    pub(crate) layout: Duration,
    /// How long after a failure to try again, the first time and at most.
    pub(crate) retry: (Duration, Duration),
    /// For how long the end of a log must not move before it is read. A request whose answer was
    /// lost may still be on its way.
    pub(crate) settle: Duration,
    /// How long a log may be shorter than it was before that is an error.
    pub(crate) patience: Duration,
}

impl Pace {
    /// As it is on a cluster.
    pub(crate) const CLUSTER: Self = Self {
        poll: Duration::from_millis(50),
        look: Duration::from_millis(100),
        layout: Duration::from_secs(5),
        retry: (Duration::from_millis(250), Duration::from_secs(4)),
        settle: Duration::from_secs(1),
        patience: Duration::from_secs(10),
    };
}

/// What is to be done.
pub(crate) struct Plan {
    /// The sessionized topic.
    pub(crate) topic: String,
    /// Where rows go, as in messages.
    pub(crate) to: String,
    pub(crate) parameters: Parameters,
    /// Whether to end where the log ends.
    pub(crate) is_once: bool,
    /// Bytes of rows that are stored at once.
    pub(crate) step_bytes: usize,
    /// How long rows wait for others at most.
    pub(crate) every: Duration,
    pub(crate) pace: Pace,
    /// How the tails of a topic to which rows go are read.
    pub(crate) chunks: Chunks,
    /// Set by a signal, and by whoever runs the lanes.
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) halt: Arc<AtomicBool>,
}

impl Plan {
    /// What is to be done on a cluster.
    pub(crate) fn new(
        topic: &str,
        to: String,
        parameters: Parameters,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            topic: topic.to_owned(),
            to,
            parameters,
            is_once: false,
            step_bytes: 0,
            every: Duration::ZERO,
            pace: Pace::CLUSTER,
            chunks: CHUNKS,
            stop: stop.clone(),
            halt: Arc::default(),
        }
    }

    /// Whether to finish what was begun and to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.halt.load(Ordering::Relaxed)
    }

    /// The topic has fewer records than were read before.
    pub(crate) fn shorter(&self, failure: &Failure) -> Error {
        let Self { topic, to, .. } = self;
        Error::failure(format!(
            "topic {topic}: {failure}, which were read before; if it was deleted and created \
             again, name another place than {to}"
        ))
    }
}
