//! Where events belong, told as cheaply as it can be.

mod head;
mod leading;

use sessionize_core::event::{EventReader, Record};
use sessionize_core::parameters::Parameters;
use sessionize_formats::time::TimeReader;

use crate::order::Place;
use crate::sink::partition_of_key;
use leading::Leading;

/// Tells where events belong.
///
/// The module reads each event anyway, and says what is wrong with it. So this looks for no more than the time and, where there are
/// several partitions, the key. An event that the module takes gets its right place; a record that it refuses, for what
/// is wrong elsewhere in it, may get one as well, and so moves the watermark as an event does.
pub(crate) struct Placer {
    reader: EventReader,
    clock: TimeReader,
    leading: Option<Leading>,
    /// Whether log lines are placed by their head.
    by_head: bool,
    partitions: usize,
}

impl Placer {
    pub(crate) fn new(parameters: &Parameters, partitions: usize) -> Self {
        Self {
            reader: EventReader::new(parameters),
            clock: TimeReader::new(),
            leading: Leading::new(parameters, partitions > 1),
            by_head: head::is_enough(parameters),
            partitions,
        }
    }

    /// Where the event of a line belongs; none if it is no event.
    pub(crate) fn place(&mut self, line: &[u8]) -> Option<Place> {
        let place = match line {
            [b'{', ..] => self.by_leading(line),
            _ => self.by_head(line),
        };
        place.or_else(|| self.by_all(line))
    }

    fn by_head(&mut self, line: &[u8]) -> Option<Place> {
        self.by_all(head::of(line).filter(|_| self.by_head)?)
    }

    fn by_leading(&mut self, line: &[u8]) -> Option<Place> {
        let found = self.leading.as_ref()?.find(line)?;
        let partition = match found.key {
            Some(key) => partition_of_key(self.reader.key_of(key.text()?)?.bits(), self.partitions),
            None => 0,
        };
        Some(Place {
            time: found.time.time(&mut self.clock)?,
            partition,
        })
    }

    fn by_all(&mut self, line: &[u8]) -> Option<Place> {
        let record = Record {
            value: line,
            ..Record::default()
        };
        let event = self.reader.read(&record).ok()?;
        Some(Place {
            time: event.time,
            partition: partition_of_key(event.visitor.key.bits(), self.partitions),
        })
    }
}

#[cfg(test)]
mod tests;
