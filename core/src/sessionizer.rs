//! One record's way: from the record to an event, to its session, and to the output.

use std::fmt;

use crate::event::{EventReader, Invalid, Record};
use crate::id::IdForm;
use crate::key::Key;
use crate::output::{Output, Parts};
use crate::parameters::{OnFragment, OnInvalid, Parameters};
use crate::restore::{Mark, Refusal, Restoration};
use crate::rule::{Cut, Placed};
use crate::session::Session;
use crate::state::{self, State};
use crate::stored::Stored;
use crate::wrapper::Wrapper;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::time::Millis;

/// The most keys that [`Sessionizer::warm`] takes at once.
pub const MOST_WARMED: usize = state::MOST_WARMED;

/// Sessionizes the records of one partition, in batches.
pub struct Sessionizer {
    reader: EventReader,
    state: State,
    output: Output,
    wrapper: Wrapper,
    /// The wrapper of the latest record that is invalid.
    wrapped: Text,
    on_fragment: OnFragment,
    on_invalid: OnInvalid,
    id: IdForm,
    restoration: Restoration,
    /// Whether the latest batch has nothing but control records.
    has_only_control: bool,
    max_ahead: Option<Millis>,
}

/// What becomes of a record.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// The record is passed on.
    Emit {
        /// The key of the record. An event without one gets the key of its session.
        key: Option<&'a [u8]>,
        /// The new value, in parts to be written one behind the other.
        value: Parts<'a>,
    },
    /// The record is dropped: it restores sessions, or the parameters `late` or `invalid` demand
    /// it.
    Drop,
    /// The record fails its batch. The batch has been undone.
    Fail(Failure),
}

/// Why a record fails its batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Reason);

#[derive(Clone, Debug, PartialEq)]
enum Reason {
    /// The record is invalid, with `invalid=fail`.
    Invalid(Invalid),
    /// The instance is not restored.
    NotRestored(Refusal),
}

impl Sessionizer {
    /// A sessionizer without sessions.
    pub fn new(parameters: &Parameters) -> Self {
        Sessionizer {
            reader: EventReader::new(parameters),
            state: State::new(parameters),
            output: Output::new(parameters),
            wrapper: Wrapper::new(parameters),
            wrapped: Text::new(),
            on_fragment: parameters.on_fragment,
            on_invalid: parameters.on_invalid,
            id: parameters.id,
            restoration: Restoration::new(parameters.restore),
            has_only_control: false,
            max_ahead: parameters.max_ahead,
        }
    }

    /// Seeds the hash of the keys with bytes that a sender cannot predict, so that nobody can
    /// choose keys that are slow to find. Does nothing once there are sessions. The output does not
    /// depend on the seed.
    pub fn seed(&mut self, bytes: &[u8]) {
        self.state.seed(bytes);
    }

    /// Begins a batch: what came before can no longer be undone.
    ///
    /// `append_time` is when the batch was appended, in milliseconds since the Unix epoch, where
    /// that is known. Raw events that were looked back at wait for it, as their own append times
    /// are not known: an event more than `max_ahead` beyond this time was even further beyond its
    /// own append time, and was refused.
    pub fn begin_batch(&mut self, append_time: Option<Millis>) {
        let until = match (append_time, self.max_ahead) {
            (Some(append_time), Some(max_ahead)) => append_time.saturating_add(max_ahead),
            _ => Millis::MAX,
        };
        self.state.replay(until);
        self.state.begin_batch();
        self.restoration.begin_batch();
        self.has_only_control = false;
    }

    /// Begins a batch of nothing but [control records](Self::is_control). It leaves the sessions
    /// alone, so that the batch before it can still be undone.
    pub fn begin_control_batch(&mut self) {
        self.restoration.begin_batch();
        self.has_only_control = true;
    }

    /// Whether a record is a control record, by its record key: one that only asks or says how far
    /// the restoring has come.
    pub fn is_control(&self, record_key: Option<&[u8]>) -> bool {
        self.restoration.reads_marks() && record_key.is_some_and(Mark::is_control)
    }

    /// Undoes what the latest batch did to the sessions, because the same batch comes again. What
    /// it said of the restoring stays: it says the same again.
    pub fn undo_sessions(&mut self) {
        self.state.undo_batch();
    }

    /// Undoes all that the latest batch did, because it is refused.
    pub fn undo_batch(&mut self) {
        self.restoration.undo_batch();
        if !self.has_only_control {
            self.state.undo_batch();
        }
    }

    /// Sessionizes one record of the batch.
    pub fn process<'a>(&'a mut self, record: &Record<'a>) -> Outcome<'a> {
        if self.restoration.reads_marks() {
            let marked = record.key.filter(|key| Mark::is_marked(key));
            if let Some(key) = marked {
                return self.restore(key, record.value);
            }
            if self.restoration.is_waiting() {
                return self.refuse(Refusal::Waiting);
            }
        }
        match self.reader.read(record) {
            Ok(event) => {
                let placed = self.state.accept(event.visitor.key, event.time);
                if is_dropped(&placed, self.on_fragment) {
                    return Outcome::Drop;
                }
                Outcome::Emit {
                    key: Some(record.key.unwrap_or(event.visitor.key_text)),
                    value: self.output.event(&event, &placed),
                }
            }
            Err(invalid) => match self.on_invalid {
                OnInvalid::Tag => {
                    self.wrapper
                        .write(record.value, &invalid, &mut self.wrapped);
                    Outcome::Emit {
                        key: record.key,
                        value: [self.wrapped.as_bytes(), &[], &[]],
                    }
                }
                OnInvalid::Drop => Outcome::Drop,
                OnInvalid::Fail => {
                    // What `undo_batch` does; the reader is still borrowed here.
                    self.state.undo_batch();
                    self.restoration.undo_batch();
                    Outcome::Fail(Failure(Reason::Invalid(invalid)))
                }
            },
        }
    }

    /// Does what a record with a mark says. A damaged one is passed over: it is not an event, and
    /// the sessions that others tell still count.
    #[cold]
    fn restore<'a>(&mut self, mark: &[u8], value: &[u8]) -> Outcome<'a> {
        let answer = match Mark::read(mark) {
            Some(Mark::Begin(nonce)) => {
                self.restoration.begin(nonce);
                Ok(())
            }
            Some(Mark::Session(record_key)) => {
                let event = self.reader.read_stored(Some(record_key), value);
                let stored = event.ok().and_then(|event| Stored::of(&event, self.id));
                if let Some(stored) = stored {
                    self.state.restore(&stored);
                }
                Ok(())
            }
            Some(Mark::End(nonce)) => self.restoration.end(nonce),
            Some(Mark::Probe) => self.restoration.answer_probe(),
            None => Ok(()),
        };
        match answer {
            Ok(()) => Outcome::Drop,
            Err(refusal) => self.refuse(refusal),
        }
    }

    #[cold]
    fn refuse<'a>(&mut self, refusal: Refusal) -> Outcome<'a> {
        self.undo_batch();
        Outcome::Fail(Failure(Reason::NotRestored(refusal)))
    }

    /// Loads what [`place`](Self::place) will read for these keys into the processor's caches.
    /// There should be at most [`MOST_WARMED`]; any more are ignored. It changes no session.
    pub fn warm(&self, keys: &[Key]) {
        self.state.warm(keys);
    }

    /// Places an event that was read before, as [`process`](Self::process) does. None if it is a
    /// fragment that the parameter `late` drops. It does not ask whether the sessions are restored.
    pub fn place(&mut self, key: Key, time: Millis) -> Option<Placed> {
        let placed = self.state.accept(key, time);
        (!is_dropped(&placed, self.on_fragment)).then_some(placed)
    }

    /// Restores state from a record that was stored before. The module's own output restores its
    /// session; a raw event is placed once a batch begins. Anything else is passed over.
    ///
    /// Only the key and the value of the record are used. The order of the module's own outputs
    /// does not matter: it may differ from the order in which they were made.
    pub fn look_back(&mut self, key: Option<&[u8]>, value: &[u8]) {
        let Ok(mut event) = self.reader.read_stored(key, value) else {
            return;
        };
        match Stored::of(&event, self.id) {
            Some(stored) => self.state.look_back(&stored),
            None => {
                if let Some(time) = event.raw_time() {
                    self.state.postpone(event.visitor.key, time);
                }
            }
        }
    }

    /// Every key that is remembered with its session, the one idle longest first. Public for the
    /// tests of the crates that host a sessionizer.
    pub fn sessions(&self) -> impl Iterator<Item = (Key, Session)> + '_ {
        self.state.sessions()
    }

    /// The event time of the partition, in milliseconds since the Unix epoch: the largest one
    /// accepted so far, and 0 before the first event.
    #[cfg(test)]
    fn event_time(&self) -> Millis {
        self.state.event_time()
    }
}

/// Whether an event does not come out.
fn is_dropped(placed: &Placed, on_fragment: OnFragment) -> bool {
    placed.cut == Some(Cut::Fragment) && on_fragment == OnFragment::Drop
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Invalid(invalid) => invalid.fmt(f),
            Reason::NotRestored(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests;
