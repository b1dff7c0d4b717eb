//! The last word on each visitor's session, among the stored events of a partition.

use std::collections::HashMap;

use fluvio_protocol::record::{Record, RecordData};
use sessionize_core::key::Key;
use sessionize_core::parameters::Parameters;
use sessionize_core::session::Session;
use sessionize_core::stored::StoredReader;

/// Milliseconds, as the core counts time.
pub(crate) type Millis = i64;

/// How far back a partition is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Sessions whose latest event is further behind the partition's event time are not live.
    live: Millis,
    /// Where all events are further behind, everything stored before them is no longer live.
    read: Millis,
}

impl Reach {
    /// How far one has to read for all that a module with these parameters may still know.
    ///
    /// A session is live for `ttl + lateness` after its latest event. An event may have been stored
    /// when the partition's event time was as far ahead of it. So whatever is stored before an
    /// event that is twice as far behind is no longer live.
    pub fn of(parameters: &Parameters) -> Self {
        let live = parameters.rule.ttl.saturating_add(parameters.lateness);
        Self {
            live,
            read: live.saturating_mul(2),
        }
    }

    /// The same, but one reads no further back than `within`.
    pub fn within(self, within: Millis) -> Self {
        Self {
            read: self.read.min(within),
            ..self
        }
    }
}

/// Collects the last word on each visitor's session from stored events, chunk by chunk, the newest
/// chunk first.
pub(crate) struct LastWords {
    reader: StoredReader,
    reach: Reach,
    words: HashMap<Key, Word>,
    /// The latest event of all, whose session tells the partition's event time.
    latest: Option<(Millis, Event)>,
    /// Counts the chunks.
    chunk: u32,
    /// The latest event time in this chunk.
    chunk_time: Option<Millis>,
    /// All that may be live is read, but for a chunk more: two producers' batches may be stored in
    /// another order than they were processed in.
    is_enough: bool,
    passed_over: u64,
}

/// What is known of a visitor.
struct Word {
    progress: (Millis, u32, u32),
    last: Millis,
    /// The chunk that it was in.
    chunk: u32,
    /// The stored event. A session that is no longer live has none: it only outdoes the older
    /// events of its visitor. That its latest event is older than theirs is rare but possible: an
    /// event that comes late to a full session begins another one.
    event: Option<Box<Event>>,
}

/// A stored event.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) key: Option<RecordData>,
    pub(crate) value: RecordData,
}

impl LastWords {
    /// No word on anybody yet.
    pub(crate) fn new(parameters: &Parameters, reach: Reach) -> Self {
        Self {
            reader: StoredReader::new(parameters),
            reach,
            words: HashMap::new(),
            latest: None,
            chunk: 0,
            chunk_time: None,
            is_enough: false,
            passed_over: 0,
        }
    }

    /// Takes a record of the chunk.
    pub(crate) fn take(&mut self, record: Record) {
        let key = record.key.as_ref().map(AsRef::as_ref);
        let Some(stored) = self.reader.read(key, record.value.as_ref()) else {
            self.passed_over += 1;
            return;
        };
        if stored.is_fragment {
            return;
        }
        let Session { last, .. } = stored.session;
        let event = Event {
            key: record.key,
            value: record.value,
        };
        self.chunk_time = self.chunk_time.max(Some(last));
        let time = match &self.latest {
            Some((time, _)) if *time >= last => *time,
            _ => {
                self.latest = Some((last, event.clone()));
                last
            }
        };
        let progress = stored.session.progress();
        let known = self.words.get(&stored.key);
        // Of two that have come equally far, the one stored last counts.
        if known.is_none_or(|known| (known.progress, self.chunk) <= (progress, known.chunk)) {
            let is_live = last >= time.saturating_sub(self.reach.live);
            let word = Word {
                progress,
                last,
                chunk: self.chunk,
                event: is_live.then(|| Box::new(event)),
            };
            self.words.insert(stored.key, word);
        }
    }

    /// Ends a chunk. Returns whether older ones are needed.
    pub(crate) fn end_chunk(&mut self) -> bool {
        self.chunk += 1;
        if self.is_enough {
            return false;
        }
        let time = self.latest.as_ref().map(|(time, _)| *time);
        if let (Some(latest), Some(time)) = (self.chunk_time.take(), time) {
            self.is_enough = latest < time.saturating_sub(self.reach.read);
        }
        true
    }

    /// Records that are no sessionized events of a module with these parameters.
    pub(crate) fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// The events to tell, in order of time: the last word on each live visitor, and the event that
    /// tells the partition's event time.
    pub(crate) fn live(self) -> Vec<Event> {
        let Some((time, latest)) = self.latest else {
            return Vec::new();
        };
        let horizon = time.saturating_sub(self.reach.live);
        let mut live: Vec<(Millis, Event)> = self
            .words
            .into_values()
            .filter(|word| word.last >= horizon)
            .filter_map(|word| Some((word.last, *word.event?)))
            .collect();
        live.sort_unstable_by_key(|(last, _)| *last);
        // The visitor's own last word may be another one, for the same reason as above.
        if live.last().is_none_or(|(last, _)| *last < time) {
            live.push((time, latest));
        }
        live.into_iter().map(|(_, event)| event).collect()
    }
}

impl Event {
    /// Bytes of key and value.
    pub(crate) fn size(&self) -> usize {
        self.key.as_ref().map_or(0, |key| key.len()) + self.value.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event of a session of two, which ends at a second.
    fn record(second: u32, previous: &str) -> Record {
        Record::new(format!(
            r#"{{"ip":"192.0.2.1","timestamp":1,"session_id":"192.0.2.1-1000","session_start":"1970-01-01T00:00:01.000Z","session_duration":{},"session_events":2,"session_cut":null,"session_previous":{previous},"session_late":false}}"#,
            second - 1
        ))
    }

    #[test]
    fn of_two_equal_words_the_one_stored_last_counts() {
        let (one, other) = ("null", r#""192.0.2.1-5""#);
        // Chunks as they are read, the newest one first, and what counts.
        let rows: [(&[&[&str]], &str); 3] = [
            (&[&[one, other]], other),
            (&[&[other], &[one]], other),
            (&[&[one, other], &[one, one], &[one]], other),
        ];
        for (chunks, expected) in rows {
            let parameters = Parameters::default();
            let mut words = LastWords::new(&parameters, Reach::of(&parameters));
            for chunk in chunks {
                for previous in *chunk {
                    words.take(record(9, previous));
                }
                words.end_chunk();
            }
            let told: Vec<String> = (words.live().iter())
                .map(|event| event.value.as_utf8_lossy_string().into())
                .collect();
            assert_eq!(told.len(), 1);
            assert!(
                told[0].contains(&format!(r#""session_previous":{expected},"#)),
                "{told:?}"
            );
        }
    }
}
