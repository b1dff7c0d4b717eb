//! One record's way: from a record to an event, from there to its session, and out again.

use crate::added::{self, Added};
use crate::event::{EventReader, Fields, LookedBack, Record, Visitor};
use crate::id;
use crate::invalid::Invalid;
use crate::key::Key;
use crate::output::{Output, Parts};
use crate::parameters::{IdForm, Late, OnInvalid, Parameters};
use crate::session::{Cut, Placed, Rule, Session};
use crate::store::{KeyHash, Store};
use sessionize_formats::time::{self, Millis};

/// Sessionizes the records of one partition.
pub struct Sessionizer {
    reader: EventReader,
    state: State,
    output: Output,
    late: Late,
    invalid: OnInvalid,
    id: IdForm,
    max_ahead: Option<Millis>,
}

/// What becomes of a record.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// It is passed on.
    Emit {
        /// The record key: its own, or that of its session.
        key: Option<&'a [u8]>,
        /// The value, in parts to be written one behind the other.
        value: Parts<'a>,
    },
    /// It is dropped, as the parameters ask.
    Drop,
    /// It fails its batch, as `invalid=fail` asks; the batch has been undone.
    Fail(Invalid),
}

/// The sessions of a partition and its event time.
struct State {
    rule: Rule,
    lateness: Millis,
    store: Store,
    /// The largest event time accepted so far.
    event_time: Millis,
    /// The event time when the latest batch began.
    event_time_before: Millis,
    /// Events in the latest batch.
    batch_events: usize,
    /// Raw events that were looked back, in their order, until the first batch tells which of them counted.
    looked_back: Vec<(Key, Millis)>,
}

/// Before the first event.
const NO_EVENT_TIME: Millis = time::MIN;
/// Where nothing is forgotten.
const NO_HORIZON: Millis = Millis::MIN;

impl Sessionizer {
    /// A sessionizer that knows no session yet.
    pub fn new(parameters: &Parameters) -> Self {
        Sessionizer {
            reader: EventReader::new(parameters),
            state: State {
                rule: parameters.rule.clone(),
                lateness: parameters.lateness,
                store: Store::new(parameters.max_keys),
                event_time: NO_EVENT_TIME,
                event_time_before: NO_EVENT_TIME,
                batch_events: 0,
                looked_back: Vec::new(),
            },
            output: Output::new(parameters),
            late: parameters.late,
            invalid: parameters.invalid,
            id: parameters.id,
            max_ahead: parameters.max_ahead,
        }
    }

    /// Makes the state's hashing unpredictable to whoever chooses the keys, by bytes that nobody can foresee; does nothing
    /// once there are sessions.
    pub fn seed(&mut self, bytes: &[u8]) {
        if self.state.store.is_empty() {
            self.state.store.seed(KeyHash::seeded(bytes));
        }
    }

    /// Begins a batch: from here on, what came before is final.
    ///
    /// `append_time` is when the batch was appended, where that is known. Looked-back raw events wait for it: one further
    /// beyond it than `max_ahead` was beyond its own, and had been refused.
    pub fn begin_batch(&mut self, append_time: Option<Millis>) {
        if !self.state.looked_back.is_empty() {
            let most = append_time.zip(self.max_ahead);
            let most = most.map(|(append_time, ahead)| append_time.saturating_add(ahead));
            self.state.replay(most.unwrap_or(Millis::MAX));
        }
        self.state.begin_batch();
    }

    /// Takes back all that the latest batch has done.
    pub fn undo_batch(&mut self) {
        self.state.undo_batch();
    }

    /// Sessionizes one record of the batch.
    pub fn process<'a>(&'a mut self, record: &Record<'a>) -> Outcome<'a> {
        match self.reader.read(record) {
            Ok(event) => {
                let placed = self.state.accept(event.visitor.key, event.time);
                if placed.cut == Some(Cut::Late) && self.late == Late::Drop {
                    return Outcome::Drop;
                }
                Outcome::Emit {
                    key: Some(record.key.unwrap_or(event.visitor.key_text)),
                    value: self.output.event(&event, &placed),
                }
            }
            Err(invalid) => match self.invalid {
                OnInvalid::Tag => Outcome::Emit {
                    key: record.key,
                    value: self.output.tagged(record.value, &invalid),
                },
                OnInvalid::Drop => Outcome::Drop,
                OnInvalid::Fail => {
                    self.state.undo_batch();
                    Outcome::Fail(invalid)
                }
            },
        }
    }

    /// Restores state from a record that was stored before: the session itself from the module's own output, and, once a
    /// batch begins, what the event does from a raw one. Anything else says nothing of a session and is passed over.
    ///
    /// No more than the record's key and value is trusted, nor is the order of own outputs: it may differ from that in
    /// which they were made.
    pub fn look_back(&mut self, key: Option<&[u8]>, value: &[u8]) {
        let record = Record {
            key,
            value,
            append_time: None,
        };
        let Ok(mut event) = self.reader.read_looked_back(&record) else {
            return;
        };
        let key = event.visitor().key;
        match own_output(event.value(&record), &event, self.id) {
            Some(added) => self.state.restore(key, &added),
            None => {
                if let Some(time) = event.time(&record) {
                    self.state.looked_back.push((key, time));
                }
            }
        }
    }

    /// Every key that is held with its session, the one idle longest first.
    pub fn sessions(&self) -> impl Iterator<Item = (Key, Session)> + '_ {
        self.state.store.iter()
    }

    /// The largest event time accepted so far; the epoch before the first event.
    pub fn event_time(&self) -> Millis {
        self.state.event_time
    }
}

/// What a looked-back event says of its session, where the module wrote it for this very key.
fn own_output<'r>(value: &'r [u8], event: &LookedBack<'_>, form: IdForm) -> Option<Added<'r>> {
    let Fields::Json(object) = event.fields() else {
        return None;
    };
    let added = added::read(value, object, form)?;
    let Visitor { key, key_text } = event.visitor();
    let is_its = match form {
        IdForm::Key => *added.visitor == *key_text,
        IdForm::Hash => *added.visitor == id::hashed(&key, key_text),
    };
    is_its.then_some(added)
}

impl State {
    /// Places an event and remembers the session that it leaves behind.
    fn accept(&mut self, key: Key, time: Millis) -> Placed {
        self.batch_events += 1;
        self.place(key, time, self.horizon())
    }

    fn place(&mut self, key: Key, time: Millis, horizon: Millis) -> Placed {
        let place = self.store.find(&key);
        let known = self.store.session(place);
        let placed = self.rule.place(known.as_ref(), time, horizon);
        if placed.cut != Some(Cut::Late) {
            self.store.put(place, key, &placed.session);
        }
        self.event_time = self.event_time.max(time);
        placed
    }

    /// Does again what raw events did that were looked back, but for those after `most`.
    ///
    /// Nothing is forgotten meanwhile: an event that was ahead of its own append time, which isn't known here, would make
    /// every later one of any key look as if it opened a session, or came too late.
    #[cold]
    fn replay(&mut self, most: Millis) {
        for (key, time) in std::mem::take(&mut self.looked_back) {
            if time <= most {
                self.place(key, time, NO_HORIZON);
                self.store.begin_batch();
            }
        }
    }

    /// Takes over a session as it was written, unless a later state of it, or a later session of the key, is known.
    ///
    /// Later is what has come further, whatever the order: where two producers write at once, the broker may store their
    /// batches the other way round than it had them processed.
    fn restore(&mut self, key: Key, added: &Added<'_>) {
        self.event_time = self.event_time.max(added.session.last);
        if added.cut == Some(Cut::Late) {
            return;
        }
        let place = self.store.find(&key);
        let known = self.store.session(place);
        if known.is_none_or(|known| known.progress() <= added.session.progress()) {
            self.store.put(place, key, &added.session);
            // Nothing that was looked back is ever undone.
            self.store.begin_batch();
        }
    }

    /// The time before which sessions are forgotten: those whose latest event is before it.
    ///
    /// It is by event time alone, whether or not their memory has been reclaimed yet: how records are cut into batches
    /// changes nothing.
    fn horizon(&self) -> Millis {
        self.event_time - self.rule.ttl - self.lateness
    }

    /// Reclaims the memory of forgotten sessions, at most two for each event of the batch before: memory follows the
    /// live keys without a pause. Only here, between batches, where nothing of it can ever have to be taken back.
    fn begin_batch(&mut self) {
        self.store.begin_batch();
        let most = 2 * self.batch_events + 64;
        let horizon = self.horizon();
        self.store.retire(most, |session| session.last < horizon);
        self.event_time_before = self.event_time;
        self.batch_events = 0;
    }

    fn undo_batch(&mut self) {
        self.store.undo_batch();
        self.event_time = self.event_time_before;
    }
}

#[cfg(test)]
mod tests;
