//! The event time of a partition.

use sessionize_formats::time::{self, Millis};

/// The event time of a partition: the largest event time accepted so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    now: Millis,
    /// The event time when the latest batch began.
    before_batch: Millis,
}

impl Clock {
    /// A clock before the first event: at the Unix epoch.
    pub(super) fn new() -> Self {
        Clock {
            now: time::MIN,
            before_batch: time::MIN,
        }
    }

    /// The event time, in milliseconds since the Unix epoch.
    pub(super) fn now(&self) -> Millis {
        self.now
    }

    /// Accepts the time of an event. An earlier one than the event time changes nothing.
    pub(super) fn advance(&mut self, time: Millis) {
        self.now = self.now.max(time);
    }

    /// Begins a batch: what came before can no longer be undone.
    pub(super) fn begin_batch(&mut self) {
        self.before_batch = self.now;
    }

    /// Undoes what the latest batch did.
    pub(super) fn undo_batch(&mut self) {
        self.now = self.before_batch;
    }
}
