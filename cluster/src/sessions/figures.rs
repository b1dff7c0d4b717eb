//! What is counted while rows are written.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sessionize_answers::log::Taken;

use crate::feed::PartitionLabel;

/// What is counted while rows are written. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct SessionsFigures {
    /// Records that were read, those that were read again included.
    pub read: Counter,
    /// Events with a session.
    pub events: Counter,
    /// Records that could not be sessionized.
    pub invalid: Counter,
    /// Records that sessionize has not written.
    pub foreign: Counter,
    /// Records that the topic deleted before they were read.
    pub lost: Counter,
    /// Rows that are stored.
    pub rows: Counter,
    /// Files that are written.
    pub files: Counter,
    /// Batches that are stored.
    pub batches: Counter,
    /// Bytes of those files, or of the rows in those batches.
    pub bytes: Counter,
    /// Times that it began, or began anew after a failure.
    pub resumes: Counter,
    /// Failures.
    pub failures: Counter,
    /// Records of each partition that are there and were not read yet.
    pub behind: Family<PartitionLabel, Gauge>,
    /// Sessions of each partition that are held.
    pub held: Family<PartitionLabel, Gauge>,
}

impl SessionsFigures {
    /// The figures as text, as Prometheus reads it.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("sessionize_sessions");
        let counters = [
            (
                "records_read",
                "Records read, those read again included",
                &self.read,
            ),
            ("events", "Events with a session", &self.events),
            (
                "records_invalid",
                "Records that could not be sessionized",
                &self.invalid,
            ),
            (
                "records_foreign",
                "Records that sessionize has not written",
                &self.foreign,
            ),
            (
                "records_lost",
                "Records that the topic deleted before they were read",
                &self.lost,
            ),
            ("rows_stored", "Rows that are stored", &self.rows),
            ("files_written", "Files that are written", &self.files),
            ("batches_stored", "Batches that are stored", &self.batches),
            (
                "bytes_stored",
                "Bytes of those files, or of the rows in those batches",
                &self.bytes,
            ),
            (
                "resumes",
                "Times that a partition was begun, or begun anew",
                &self.resumes,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "records_behind",
            "Records of each partition that were not read yet",
            self.behind.clone(),
        );
        registry.register(
            "sessions_held",
            "Sessions of each partition that are held",
            self.held.clone(),
        );
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }

    /// Counts a record.
    pub(crate) fn count(&self, taken: &Taken) {
        match taken {
            Taken::Event => self.events.inc(),
            Taken::Invalid => self.invalid.inc(),
            Taken::Foreign(_) => self.foreign.inc(),
        };
    }

    /// Notes how far a partition is read.
    pub(crate) fn of(&self, partition: u32, behind: u64, held: usize) {
        let label = PartitionLabel { partition };
        self.behind.get_or_create(&label).set(behind as i64);
        self.held.get_or_create(&label).set(held as i64);
    }

    /// How many records were not read yet, and how many sessions are held, of these partitions.
    pub(crate) fn sums(&self, partitions: u32) -> (u64, u64) {
        let sum = |family: &Family<PartitionLabel, Gauge>| -> u64 {
            let of = |partition| family.get_or_create(&PartitionLabel { partition }).get();
            (0..partitions)
                .map(|partition| of(partition).unsigned_abs())
                .sum()
        };
        (sum(&self.behind), sum(&self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let figures = SessionsFigures::default();
        figures.rows.inc_by(12);
        figures.count(&Taken::Foreign("no field".into()));
        figures.of(1, 5, 3);
        let text = figures.text();
        for line in [
            "sessionize_sessions_rows_stored_total 12",
            "sessionize_sessions_records_foreign_total 1",
            "sessionize_sessions_records_behind{partition=\"1\"} 5",
            "sessionize_sessions_sessions_held{partition=\"1\"} 3",
            "sessionize_sessions_records_lost_total 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert_eq!(figures.sums(2), (5, 3));
    }
}
