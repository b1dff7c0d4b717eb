//! What to do when the window is full.

use super::{Flow, SourceState};

impl Flow {
    /// Sees to it that something can be read or sent, if nothing is on its way and nothing can be
    /// sent, but the window of a source is full. Returns whether it changed anything.
    ///
    /// Events whose clock is ahead wait no longer. If there are none, the source whose time rules
    /// has more than its window within `lateness`: its first event is released, and all before it.
    pub(crate) fn make_room(&mut self) -> bool {
        if !self.is_quiet() {
            return false;
        }
        let share = self.share();
        let mut judged = Vec::new();
        let mut made_room = false;
        for source in &mut self.sources {
            if source.ledger.size() >= share {
                made_room |= source.clock.make_room(&mut judged);
            }
        }
        self.hold_back(judged);
        self.release();
        if made_room {
            return true;
        }
        let ruling = self
            .sources
            .iter()
            .filter(|source| source.state == SourceState::Active)
            .min_by_key(|source| source.clock.time());
        let Some(ruling) = ruling.filter(|source| source.ledger.size() >= share) else {
            return false;
        };
        let (name, low) = (ruling.name.clone(), ruling.ledger.low());
        while let Some((time, event)) = self.hold.pop() {
            self.counts.early += 1;
            self.counts.late += u64::from(time < self.released);
            self.released = self.released.max(time);
            let is_first = event.offset == low
                && self
                    .sources
                    .get(event.source)
                    .is_some_and(|source| source.name == name);
            self.enqueue(event);
            if is_first {
                break;
            }
        }
        !self.is_quiet()
    }
}
