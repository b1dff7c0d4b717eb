//! The session rule in this process.

use std::ops::Range;

use sessionize_core::event::Record;
use sessionize_core::key::{Key, Visitor};
use sessionize_core::output::{ObjectEnd, Output};
use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Placed;
use sessionize_core::sessionizer::{MOST_WARMED, Outcome, Sessionizer};
use sessionize_formats::time::Millis;

use super::{random, refused};
use crate::error::Error;
use crate::processed::Batch;
use crate::reading::NoEvent;
use crate::record::{StreamRecord, keep};
use crate::tally::Tally;

/// Random bytes that seed the hash of the state.
const SEED_SIZE: usize = 16;

/// Room for the added fields of an event, in bytes. Longer ones only make a buffer grow.
const ADDED_SIZE: usize = 320;

/// A sessionizer that knows no session yet.
///
/// # Errors
///
/// When the system has no randomness to give.
pub(crate) fn sessionizer(parameters: &Parameters) -> Result<Sessionizer, Error> {
    let seed: [u8; SEED_SIZE] = random()?;
    let mut sessionizer = Sessionizer::new(parameters);
    sessionizer.seed(&seed);
    Ok(sessionizer)
}

/// Events that are processed together, in buffers that are used again: first each of them gets its
/// session, and then the outputs are written, which another thread may do.
#[derive(Default)]
pub(crate) struct EventBatch {
    /// Of each event the text of its key, and the event; of other lines what the processor takes.
    bytes: Vec<u8>,
    items: Vec<Item>,
    /// The sessions of the events.
    placed: Vec<Placed>,
    /// Keys that are placed next.
    keys: Vec<Key>,
    /// The length of all lines together as they were read, in bytes.
    size: usize,
}

struct Item {
    text: Range<usize>,
    kind: Kind,
}

enum Kind {
    Event {
        time: Millis,
        key: Key,
        key_text: Range<usize>,
        end: ObjectEnd,
    },
    /// A line that is read now.
    Line,
    /// An output as it is.
    Wrapped,
    /// Nothing comes out.
    Dropped,
}

impl Item {
    fn key(&self) -> Option<Key> {
        match self.kind {
            Kind::Event { key, .. } => Some(key),
            _ => None,
        }
    }
}

impl EventBatch {
    pub(crate) fn push(&mut self, record: &StreamRecord<'_>) {
        let key_text = keep(&mut self.bytes, record.key_text);
        let kind = Kind::Event {
            time: record.time,
            key: record.key,
            key_text,
            end: record.end,
        };
        self.push_item(record.text, kind, record.line_length);
    }

    /// Adds a line that holds no event.
    pub(crate) fn push_no_event(&mut self, other: NoEvent<'_>, line_length: usize) {
        match other {
            NoEvent::Line(text) => self.push_item(text, Kind::Line, line_length),
            NoEvent::Wrapped(text) => self.push_item(text, Kind::Wrapped, line_length),
            NoEvent::Dropped => self.push_item(b"", Kind::Dropped, line_length),
        }
    }

    fn push_item(&mut self, text: &[u8], kind: Kind, line_length: usize) {
        let text = keep(&mut self.bytes, text);
        self.items.push(Item { text, kind });
        self.size += line_length;
    }

    /// Gives each event its session. The batch was appended at `append_time`, in ms since the
    /// epoch, where that is known.
    ///
    /// # Errors
    ///
    /// When a record is refused, as `invalid=fail` asks. Nothing of the batch counts then.
    pub(crate) fn place(
        &mut self,
        sessionizer: &mut Sessionizer,
        append_time: Option<Millis>,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        sessionizer.begin_batch(append_time);
        for some in self.items.chunks_mut(MOST_WARMED) {
            self.keys.clear();
            self.keys.extend(some.iter().filter_map(Item::key));
            sessionizer.warm(&self.keys);
            for item in some {
                match &item.kind {
                    Kind::Event { time, key, .. } => match sessionizer.place(*key, *time) {
                        Some(placed) => {
                            tally.add_event(*key, &placed);
                            self.placed.push(placed);
                        }
                        None => item.kind = Kind::Dropped,
                    },
                    Kind::Line => {
                        let line = self.bytes.get(item.text.clone()).unwrap_or_default();
                        let output = refuse(line, sessionizer, append_time)?;
                        item.kind = Kind::Dropped;
                        if let Some(output) = output {
                            tally.add_wrapper(&output);
                            item.text = keep(&mut self.bytes, &output);
                            item.kind = Kind::Wrapped;
                        }
                    }
                    Kind::Wrapped => {
                        tally.add_wrapper(self.bytes.get(item.text.clone()).unwrap_or_default());
                    }
                    Kind::Dropped => {}
                }
            }
        }
        Ok(())
    }

    /// Writes the outputs, each with a line end, once all events have their sessions.
    pub(crate) fn write(&self, output: &mut Output, outputs: &mut Vec<u8>) {
        outputs.reserve(self.bytes.len() + self.placed.len() * ADDED_SIZE);
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        let mut placed = self.placed.iter();
        for Item { text, kind } in &self.items {
            match kind {
                Kind::Event {
                    key, key_text, end, ..
                } => {
                    let Some(placed) = placed.next() else { break };
                    let visitor = Visitor {
                        key: *key,
                        key_text: bytes(key_text),
                    };
                    for part in output.object(bytes(text), *end, &visitor, placed) {
                        outputs.extend_from_slice(part);
                    }
                }
                Kind::Wrapped => outputs.extend_from_slice(bytes(text)),
                // A line was read when events got their sessions.
                Kind::Line | Kind::Dropped => continue,
            }
            outputs.push(b'\n');
        }
    }
}

impl Batch for EventBatch {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn size(&self) -> usize {
        self.size
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.items.clear();
        self.placed.clear();
        self.size = 0;
    }
}

/// What comes out for a line that was found to hold no event in its place: a wrapper, if anything.
#[cold]
fn refuse(
    line: &[u8],
    sessionizer: &mut Sessionizer,
    append_time: Option<Millis>,
) -> Result<Option<Vec<u8>>, Error> {
    let record = Record {
        key: None,
        value: line,
        append_time,
    };
    match sessionizer.process(&record) {
        Outcome::Emit { value, .. } => Ok(Some(value.concat())),
        Outcome::Drop => Ok(None),
        Outcome::Fail(why) => Err(refused(&why.to_string(), line)),
    }
}
