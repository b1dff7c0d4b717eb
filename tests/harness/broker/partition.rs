//! A partition's log.

use fluvio_smartmodule::Record;

/// The base timestamp of a batch without one.
pub const NO_TIMESTAMP: i64 = -1;

/// A batch that is in the log, or will be.
#[derive(Debug, Clone, Default)]
pub struct StoredBatch {
    /// Offset of its first record; 0 in every produce request.
    pub base_offset: i64,
    /// The time that the records' timestamp deltas are relative to.
    pub base_timestamp: i64,
    /// Offset of its last record, relative to the first. Dropped records leave holes, so there may
    /// be fewer records than offsets.
    pub last_offset_delta: i64,
    /// Its records.
    pub records: Vec<Record>,
}

impl StoredBatch {
    /// A batch as a producer sends it.
    pub fn produced(base_timestamp: i64, mut records: Vec<Record>) -> Self {
        for (delta, record) in (0..).zip(&mut records) {
            record.preamble.set_offset_delta(delta);
        }
        Self {
            base_offset: 0,
            base_timestamp,
            last_offset_delta: records.len() as i64 - 1,
            records,
        }
    }

    fn end(&self) -> i64 {
        self.base_offset + self.last_offset_delta + 1
    }

    fn timestamp(&self, record: &Record) -> i64 {
        self.base_timestamp + record.timestamp_delta()
    }
}

/// How far a module looks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookBack {
    /// Over this many records, up to the high watermark.
    Last(u64),
    /// Over the records that were appended within `age`. If `last` is not zero, over no more than
    /// that many of the latest.
    Age {
        /// Milliseconds.
        age: i64,
        /// Number of records; zero for no bound.
        last: u64,
    },
}

/// The log of one partition.
#[derive(Debug, Clone)]
pub struct Partition {
    batches: Vec<StoredBatch>,
    /// Offsets at which a segment begins, except for the first.
    segments: Vec<i64>,
    /// Number of batches in a segment.
    segment_batches: usize,
    high_watermark: i64,
}

impl Default for Partition {
    /// A log of one segment.
    fn default() -> Self {
        Self::with_segments(usize::MAX)
    }
}

impl Partition {
    /// A log with this many batches in each segment.
    pub fn with_segments(batches: usize) -> Self {
        Self {
            batches: Vec::new(),
            segments: Vec::new(),
            segment_batches: batches.max(1),
            high_watermark: 0,
        }
    }

    /// Appends a batch, and moves the high watermark to the end of the log.
    pub fn append(&mut self, batch: StoredBatch) {
        let base_offset = self.end();
        if !self.batches.is_empty() && self.batches.len().is_multiple_of(self.segment_batches) {
            self.segments.push(base_offset);
        }
        self.batches.push(StoredBatch {
            base_offset,
            ..batch
        });
        self.high_watermark = self.end();
    }

    /// Sets the high watermark this many batches before the end of the log, until the next batch is
    /// appended. This is what a leader leaves that crashes before it writes the mark down.
    pub fn lag(&mut self, batches: usize) {
        let first = self.batches.len().saturating_sub(batches);
        let hidden = self.batches.get(first);
        self.high_watermark = hidden.map_or(self.end(), |batch| batch.base_offset);
    }

    /// The offset of the next batch.
    pub fn end(&self) -> i64 {
        self.batches.last().map_or(0, StoredBatch::end)
    }

    /// The offset after the last record that is known to be stored: at most that of the log's end.
    pub fn high_watermark(&self) -> i64 {
        self.high_watermark
    }

    /// All batches.
    pub fn batches(&self) -> &[StoredBatch] {
        &self.batches
    }

    /// The batch that holds the offset, and all after it.
    pub fn batches_from(&self, offset: i64) -> &[StoredBatch] {
        let first = self.batches.partition_point(|batch| batch.end() <= offset);
        self.batches.get(first..).unwrap_or_default()
    }

    /// All records, in order.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.batches.iter().flat_map(|batch| &batch.records)
    }

    /// What a module that starts `now` looks back at. Fluvio reads once, so the result ends with
    /// the first record's segment, or at the high watermark.
    pub fn look_back(&self, look_back: LookBack, now: i64) -> Vec<Record> {
        let (oldest, last) = match look_back {
            LookBack::Last(last) => (None, last),
            LookBack::Age { age, last: 0 } => return self.within_age(now - age),
            LookBack::Age { age, last } => (Some(now - age), last),
        };
        let from = (self.high_watermark - i64::try_from(last).unwrap_or(i64::MAX)).max(0);
        let next_segment = self.segments.iter().find(|begin| **begin > from);
        let to = next_segment.map_or(self.high_watermark, |begin| self.high_watermark.min(*begin));
        let mut found = Vec::new();
        for batch in self.batches_from(from) {
            if batch.base_offset >= to {
                break;
            }
            for record in &batch.records {
                let recent = oldest.is_none_or(|oldest| batch.timestamp(record) >= oldest);
                if batch.base_offset + record.offset_delta() >= from && recent {
                    found.push(record.clone());
                }
            }
        }
        found
    }

    /// Fluvio walks backwards from batch to batch until one is too old. It reads each batch at one
    /// offset before that batch's last record, and so it misses a batch of a single record.
    fn within_age(&self, oldest: i64) -> Vec<Record> {
        let mut found = Vec::new();
        let mut offset = self.high_watermark() - 1;
        while offset > 0 {
            let Some(batch) = self.batches_from(offset - 1).first() else {
                break;
            };
            // A batch that a topic's transform produced has no timestamp, so it is older than any
            // age.
            let newest = batch
                .records
                .iter()
                .map(|record| batch.timestamp(record))
                .max();
            if batch.base_timestamp < 0 || newest.is_none_or(|newest| newest < oldest) {
                break;
            }
            offset = batch.base_offset - 1;
            found.push(batch);
        }
        let recent = |batch: &&StoredBatch| {
            let records = batch.records.iter();
            let recent = records.filter(|record| batch.timestamp(record) >= oldest);
            recent.cloned().collect::<Vec<Record>>()
        };
        found.iter().rev().flat_map(recent).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Partition {
        let mut partition = Partition::default();
        for (appended, values) in [
            (100, &["a", "b"][..]),
            (200, &["c"]),
            (300, &["d", "e", "f"]),
        ] {
            let records = values.iter().map(|value| Record::new(*value)).collect();
            partition.append(StoredBatch::produced(appended, records));
        }
        partition
    }

    fn looked_back(partition: &Partition, look_back: LookBack) -> String {
        let records = partition.look_back(look_back, 350);
        records
            .iter()
            .map(|record| record.value.as_utf8_lossy_string().into_owned())
            .collect()
    }

    #[test]
    fn looks_back_over_the_last_records_within_an_age() {
        let partition = log();
        assert_eq!(looked_back(&partition, LookBack::Last(4)), "cdef");
        assert_eq!(looked_back(&partition, LookBack::Last(9)), "abcdef");
        assert_eq!(
            looked_back(&partition, LookBack::Age { age: 150, last: 9 }),
            "cdef"
        );
        assert_eq!(
            looked_back(&partition, LookBack::Age { age: 150, last: 2 }),
            "ef"
        );
    }

    #[test]
    fn looking_back_ends_at_the_high_watermark_and_with_the_segment() {
        let mut partition = Partition::with_segments(2);
        for batch in log().batches() {
            partition.append(batch.clone());
        }
        // The second segment begins with "d".
        assert_eq!(looked_back(&partition, LookBack::Last(9)), "abc");
        assert_eq!(looked_back(&partition, LookBack::Last(4)), "c");
        assert_eq!(looked_back(&partition, LookBack::Last(3)), "def");
        partition.lag(1);
        assert_eq!(partition.high_watermark(), 3);
        assert_eq!(looked_back(&partition, LookBack::Last(2)), "bc");
        partition.lag(2);
        assert_eq!(looked_back(&partition, LookBack::Last(9)), "ab");
        partition.append(StoredBatch::produced(400, vec![Record::new("g")]));
        assert_eq!(looked_back(&partition, LookBack::Last(4)), "defg");
        assert_eq!(partition.high_watermark(), partition.end());
    }

    #[test]
    fn looking_back_by_age_alone_misses_a_batch_of_one_record() {
        assert_eq!(
            looked_back(&log(), LookBack::Age { age: 250, last: 0 }),
            "abdef"
        );
    }

    #[test]
    fn nothing_without_a_timestamp_is_within_any_age() {
        let mut partition = log();
        partition
            .batches
            .iter_mut()
            .for_each(|batch| batch.base_timestamp = NO_TIMESTAMP);
        for last in [0, 9] {
            assert_eq!(
                looked_back(&partition, LookBack::Age { age: 300, last }),
                ""
            );
        }
        assert_eq!(looked_back(&partition, LookBack::Last(2)), "ef");
    }
}
