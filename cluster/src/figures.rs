//! What is counted while sessions are restored.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// What is counted while sessions are restored. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Partitions that the topic has.
    pub partitions: Gauge,
    /// Partitions that are not known to have been told their sessions.
    pub waiting: Gauge,
    /// Tellings that came to their end.
    pub tellings: Counter,
    /// Sessions that were told.
    pub sessions: Counter,
    /// Records that were read.
    pub read: Counter,
    /// Records that were read and told nothing.
    pub passed_over: Counter,
    /// How long the latest telling took.
    pub seconds: Gauge<f64, AtomicU64>,
}

impl Figures {
    /// The figures as text, as Prometheus reads it.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("sessionize_restore");
        registry.register(
            "partitions",
            "Partitions of the topic",
            self.partitions.clone(),
        );
        registry.register(
            "partitions_waiting",
            "Partitions that are not known to have been told their sessions",
            self.waiting.clone(),
        );
        registry.register(
            "tellings",
            "Times that a partition was told its sessions",
            self.tellings.clone(),
        );
        registry.register(
            "sessions_told",
            "Sessions of live visitors that were told",
            self.sessions.clone(),
        );
        registry.register(
            "records_read",
            "Stored records that were read",
            self.read.clone(),
        );
        registry.register(
            "records_passed_over",
            "Stored records that were read and told nothing of a session",
            self.passed_over.clone(),
        );
        registry.register_with_unit(
            "telling",
            "How long the latest telling took",
            Unit::Seconds,
            self.seconds.clone(),
        );
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// Whether one partition waits, as [`Figures::waiting`] counts it.
#[derive(Debug)]
pub(crate) struct Waiting {
    waiting: Gauge,
    is_waiting: bool,
}

impl Waiting {
    /// A partition of which nothing is known yet: it waits.
    pub(crate) fn new(figures: &Figures) -> Self {
        let waiting = figures.waiting.clone();
        waiting.inc();
        Self {
            waiting,
            is_waiting: true,
        }
    }

    /// Notes whether it waits.
    pub(crate) fn set(&mut self, is_waiting: bool) {
        match (self.is_waiting, is_waiting) {
            (false, true) => self.waiting.inc(),
            (true, false) => self.waiting.dec(),
            _ => return,
        };
        self.is_waiting = is_waiting;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let figures = Figures::default();
        figures.partitions.set(2);
        let waiting = [Waiting::new(&figures), Waiting::new(&figures)];
        figures.tellings.inc();
        figures.sessions.inc_by(10);
        figures.read.inc_by(1000);
        figures.passed_over.inc_by(3);
        figures.seconds.set(0.5);
        let text = figures.text();
        let values: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            values,
            [
                "sessionize_restore_partitions 2",
                "sessionize_restore_partitions_waiting 2",
                "sessionize_restore_tellings_total 1",
                "sessionize_restore_sessions_told_total 10",
                "sessionize_restore_records_read_total 1000",
                "sessionize_restore_records_passed_over_total 3",
                "sessionize_restore_telling_seconds 0.5",
            ]
        );
        drop(waiting);
        assert_eq!(figures.waiting.get(), 0);
    }
}
