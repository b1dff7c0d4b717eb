//! The state of a partition: its event time, and the current session of every key that is
//! remembered.

mod clock;
mod store;

use crate::key::Key;
use crate::parameters::Parameters;
use crate::rule::{Cut, Placed, Rule};
use crate::session::Session;
use crate::stored::Stored;
use clock::Clock;
use sessionize_formats::time::Millis;
pub use store::KeyHash;
pub(crate) use store::MOST_WARMED;
use store::Store;

/// The sessions of a partition, and its event time.
pub(crate) struct State {
    rule: Rule,
    lateness: Millis,
    store: Store,
    clock: Clock,
    /// How many events the latest batch had.
    batch_events: usize,
    /// Raw events that were looked back at, in order. They wait for the first batch, whose append
    /// time tells which of them counted.
    looked_back: Vec<(Key, Millis)>,
}

/// The horizon of a state in which no session has expired.
const NO_HORIZON: Millis = Millis::MIN;

/// How many expired sessions are reclaimed before a batch, however small the batch before was.
const BASE_RECLAIMED: usize = 64;

impl State {
    /// A state without sessions, by the parameters of the rule, `lateness` and `max_keys`.
    pub(crate) fn new(parameters: &Parameters) -> Self {
        State {
            rule: parameters.rule.clone(),
            lateness: parameters.lateness,
            store: Store::new(parameters.max_keys),
            clock: Clock::new(),
            batch_events: 0,
            looked_back: Vec::new(),
        }
    }

    /// Seeds the hash of the keys; does nothing once there are sessions.
    pub(crate) fn seed(&mut self, bytes: &[u8]) {
        // The store would ask, too, but only after the digest that the seed takes.
        if self.store.is_empty() {
            self.store.seed(KeyHash::seeded(bytes));
        }
    }

    /// The event time; the Unix epoch before the first event.
    #[cfg(test)]
    pub(crate) fn event_time(&self) -> Millis {
        self.clock.now()
    }

    /// Every key with its session, the one idle longest first.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = (Key, Session)> + '_ {
        self.store.iter()
    }

    /// The time before which sessions have expired: those whose latest event is before it.
    ///
    /// Event time alone decides, whether or not the memory of a session has been reclaimed. So it
    /// makes no difference how records are cut into batches.
    pub(crate) fn horizon(&self) -> Millis {
        self.clock.now() - self.rule.ttl - self.lateness
    }

    /// Places an event of a batch, and remembers the session that it belongs to.
    pub(crate) fn accept(&mut self, key: Key, time: Millis) -> Placed {
        self.batch_events += 1;
        self.place(key, time, self.horizon())
    }

    /// Makes it faster to accept events of these keys soon.
    pub(crate) fn warm(&self, keys: &[Key]) {
        self.store.warm(keys);
    }

    fn place(&mut self, key: Key, time: Millis, horizon: Millis) -> Placed {
        let entry = self.store.find(&key);
        let known = self.store.session(entry);
        let placed = self.rule.place(known.as_ref(), time, horizon);
        if placed.cut != Some(Cut::Fragment) {
            self.store.put(entry, key, &placed.session);
        }
        self.clock.advance(time);
        placed
    }

    /// Begins a batch: what came before can no longer be undone.
    ///
    /// Reclaims the memory of expired sessions: of at most 64, and of two more for each event of
    /// the batch before. So memory follows the live keys without a pause. It happens between
    /// batches, as it can't be undone.
    pub(crate) fn begin_batch(&mut self) {
        self.store.begin_batch();
        let most = 2 * self.batch_events + BASE_RECLAIMED;
        let horizon = self.horizon();
        self.store.expire(most, horizon);
        self.clock.begin_batch();
        self.batch_events = 0;
    }

    /// Undoes all that the latest batch did.
    pub(crate) fn undo_batch(&mut self) {
        self.store.undo_batch();
        self.clock.undo_batch();
    }

    /// Takes over a session that the module itself wrote, unless a later state of the key's
    /// sessions is known. Of two with the same progress, the one that comes last counts, as it was
    /// stored last.
    ///
    /// The progress of the sessions decides what is later, not the order of the records: where two
    /// producers write at once, the broker may store their batches in another order than it had
    /// them processed in.
    pub(crate) fn restore(&mut self, stored: &Stored) {
        let Stored { key, session, .. } = stored;
        self.clock.advance(session.last);
        if stored.is_fragment {
            return;
        }
        let entry = self.store.find(key);
        let known = self.store.session(entry);
        if known.is_none_or(|known| known.progress() <= session.progress()) {
            self.store.put(entry, *key, session);
        }
    }

    /// Does the same for a stored event that was looked back at. It is never undone, so it needs no
    /// undo log.
    pub(crate) fn look_back(&mut self, stored: &Stored) {
        self.restore(stored);
        self.store.begin_batch();
    }

    /// Keeps a raw event that was looked back at, for [`replay`](Self::replay).
    pub(crate) fn postpone(&mut self, key: Key, time: Millis) {
        self.looked_back.push((key, time));
    }

    /// Places the raw events that were looked back at, except for those after `until`.
    ///
    /// No session expires meanwhile. The append times of these events are not known, so an event
    /// that was ahead of its own cannot be told from the others, and it would expire all of them.
    #[cold]
    pub(crate) fn replay(&mut self, until: Millis) {
        for (key, time) in std::mem::take(&mut self.looked_back) {
            if time <= until {
                self.place(key, time, NO_HORIZON);
                self.store.begin_batch();
            }
        }
    }
}
