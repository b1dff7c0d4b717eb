//! What is counted while a topic is fed.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// A partition, as a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct PartitionLabel {
    /// Its number.
    pub partition: u32,
}

/// A source, as a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct SourceLabel {
    /// Its name, as in stamps.
    pub source: String,
}

/// A record key, as a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct KeyLabel {
    /// The key.
    pub key: String,
}

/// What is counted while a topic is fed. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct FeedFigures {
    /// Records that were read from sources, those that were read again after a failure included.
    pub read: Counter,
    /// Records that are stored, by partition of the topic.
    pub stored: Family<PartitionLabel, Counter>,
    /// Bytes of keys and values that are stored.
    pub bytes: Counter,
    /// Batches that are stored.
    pub batches: Counter,
    /// Records that could not be sessionized.
    pub invalid: Counter,
    /// Events whose clock was ahead.
    pub ahead: Counter,
    /// Events that came after their turn.
    pub late: Counter,
    /// Events that were sent before their turn, because the window is too small.
    pub early: Counter,
    /// Records that a source had lost before they were read.
    pub lost: Counter,
    /// Records that were found more than once in the tails of the partitions.
    pub doubled: Counter,
    /// Times that the tails were read.
    pub resumed: Counter,
    /// Events that are held back.
    pub held: Gauge,
    /// Records of each source that are there and were not read yet.
    pub behind: Family<SourceLabel, Gauge>,
    /// Shares of the heaviest keys in all events, in parts per million.
    pub heaviest: Family<KeyLabel, Gauge>,
}

impl FeedFigures {
    /// The figures as text, as Prometheus reads it.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("sessionize_feed");
        let counters = [
            ("records_read", "Records read from sources", &self.read),
            (
                "bytes_stored",
                "Bytes of keys and values that are stored",
                &self.bytes,
            ),
            ("batches_stored", "Batches that are stored", &self.batches),
            (
                "records_invalid",
                "Records that can't be sessionized",
                &self.invalid,
            ),
            ("events_ahead", "Events whose clock was ahead", &self.ahead),
            (
                "events_late",
                "Events that came after their turn",
                &self.late,
            ),
            (
                "events_early",
                "Events sent before their turn for lack of room",
                &self.early,
            ),
            (
                "records_lost",
                "Records that a source had lost before they were read",
                &self.lost,
            ),
            (
                "records_doubled",
                "Records found more than once in the tails",
                &self.doubled,
            ),
            ("resumes", "Times that the tails were read", &self.resumed),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "records_stored",
            "Records stored in each partition",
            self.stored.clone(),
        );
        registry.register(
            "events_held",
            "Events that are held back",
            self.held.clone(),
        );
        registry.register(
            "records_behind",
            "Records of each source that were not read yet",
            self.behind.clone(),
        );
        registry.register(
            "heaviest_key_ppm",
            "Shares of the heaviest keys in all events, in parts per million",
            self.heaviest.clone(),
        );
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let figures = FeedFigures::default();
        figures.read.inc_by(12);
        figures
            .stored
            .get_or_create(&PartitionLabel { partition: 1 })
            .inc_by(10);
        figures.held.set(2);
        let source = "weblog/0".into();
        figures.behind.get_or_create(&SourceLabel { source }).set(5);
        let key = "192.0.2.1".into();
        figures.heaviest.get_or_create(&KeyLabel { key }).set(7000);
        let text = figures.text();
        for line in [
            "sessionize_feed_heaviest_key_ppm{key=\"192.0.2.1\"} 7000",
            "sessionize_feed_records_read_total 12",
            "sessionize_feed_records_stored_total{partition=\"1\"} 10",
            "sessionize_feed_events_held 2",
            "sessionize_feed_records_behind{source=\"weblog/0\"} 5",
            "sessionize_feed_resumes_total 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
