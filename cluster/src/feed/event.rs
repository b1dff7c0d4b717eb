//! From a record of a source to an event on its way to a partition.

use sessionize_core::event::{EventReader, Record};
use sessionize_core::parameters::{KeySource, OnInvalid, Parameters, TimeSource};
use sessionize_formats::bytes::text::Text;

use super::partitioner::partition;
use super::source::RawRecord;
use super::stamp::{Checkpoint, Stamped, Stamps, as_no_visitor};
use crate::words::Millis;

/// A record on its way to a partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// The partition, and the number of the source.
    pub(crate) lane: usize,
    pub(crate) source: usize,
    /// Where it came from.
    pub(crate) offset: u64,
    pub(crate) key: Vec<u8>,
    pub(crate) value: Vec<u8>,
    /// When it counts as appended, if that is not when its batch does.
    pub(crate) appended: Option<Millis>,
    stamped: StampedPart,
    /// Where a checkpoint goes in the stamped part.
    close: usize,
}

/// The part of a record that has the stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StampedPart {
    Key,
    Value,
}

/// What became of a record of a source.
pub(crate) enum Read {
    /// An event, with its time.
    Event(Millis, Box<Outgoing>),
    /// A record that the module will refuse.
    Invalid(Box<Outgoing>),
    /// A record that the module would drop.
    Dropped,
}

/// Makes records for the module from those of sources.
pub(crate) struct Reader {
    events: EventReader,
    stamps: Stamps,
    written: Text,
    is_stamped: bool,
    is_by_append_time: bool,
    is_by_record_key: bool,
    on_invalid: OnInvalid,
    lanes: usize,
}

impl Reader {
    /// A reader for a module with these parameters on a topic with so many partitions.
    pub(crate) fn new(parameters: &Parameters, is_stamped: bool, lanes: usize) -> Self {
        Self {
            events: EventReader::new(parameters),
            stamps: Stamps::new(parameters),
            written: Text::new(),
            is_stamped,
            is_by_append_time: parameters.timestamp == TimeSource::AppendTime,
            is_by_record_key: parameters.key == KeySource::RecordKey,
            on_invalid: parameters.on_invalid,
            lanes,
        }
    }

    /// Reads a record of the source of this number and name.
    pub(crate) fn read(&mut self, raw: &RawRecord, (source, name): (usize, &str)) -> Read {
        let origin = self.is_stamped.then_some((name, raw.offset));
        // Whether an event is ahead of its append time is for the source's clock to say.
        let appended = raw.appended.filter(|_| self.is_by_append_time);
        let record = Record {
            key: raw.key.as_deref(),
            value: &raw.value,
            append_time: appended,
        };
        if let Ok(event) = self.events.read(&record) {
            let (object, _) = event.as_object(&mut self.written);
            if let Some(Stamped { value, close }) = self.stamps.stamp(object, origin) {
                let key_text = event.visitor.key_text;
                let key = match &raw.key {
                    Some(key) if self.is_by_record_key => key,
                    _ => key_text,
                };
                return Read::Event(
                    event.time,
                    Box::new(Outgoing {
                        lane: partition(key_text, self.lanes),
                        source,
                        offset: raw.offset,
                        key: key.to_vec(),
                        value,
                        appended,
                        stamped: StampedPart::Value,
                        close,
                    }),
                );
            }
        }
        if self.on_invalid == OnInvalid::Drop {
            return Read::Dropped;
        }
        Read::Invalid(Box::new(self.invalid(raw, source, origin)))
    }

    /// A record that cannot be sessionized. Its value comes out as it was, so its stamp is in its
    /// key.
    fn invalid(&mut self, raw: &RawRecord, source: usize, origin: Option<(&str, u64)>) -> Outgoing {
        let mut key = self.stamps.key(origin);
        let record = Record {
            key: Some(&key.value),
            value: &raw.value,
            append_time: raw.appended,
        };
        // With `key=@key`, a stamp would make an event of what only lacks a key.
        if self.events.read(&record).is_ok() {
            as_no_visitor(&mut key);
        }
        Outgoing {
            lane: match &raw.key {
                Some(key) => partition(key, self.lanes),
                None => usize::try_from(raw.offset % self.lanes.max(1) as u64).unwrap_or_default(),
            },
            source,
            offset: raw.offset,
            key: key.value,
            value: raw.value.clone(),
            appended: raw.appended.filter(|_| self.is_by_append_time),
            stamped: StampedPart::Key,
            close: key.close,
        }
    }

    /// Adds a checkpoint to a record.
    pub(crate) fn add_checkpoint(&self, to: &mut Outgoing, checkpoint: &Checkpoint) {
        let part = match to.stamped {
            StampedPart::Key => &mut to.key,
            StampedPart::Value => &mut to.value,
        };
        let mut stamped = Stamped {
            value: std::mem::take(part),
            close: to.close,
        };
        self.stamps.add_checkpoint(&mut stamped, checkpoint);
        *part = stamped.value;
    }
}

impl Outgoing {
    /// Bytes of key and value.
    pub(crate) fn size(&self) -> usize {
        self.key.len() + self.value.len()
    }
}

#[cfg(test)]
mod tests;
