//! The report as people read it: the verdict, what was found, and a line for each partition.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use indicatif::HumanCount;

use super::diagnosis::duration;
use super::finding::{Finding, Level};
use super::report::{Crash, DoctorReport, PartitionReport, ReadUntil};

/// The columns of the table.
const HEAD: [&str; 12] = [
    "partition",
    "crash now",
    "events/s",
    "at most",
    "visitors in gap",
    "in ttl",
    "late",
    "too late",
    "invalid",
    "bytes",
    "read back",
    "heaviest key",
];

impl fmt::Display for DoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.crash {
            Crash::Exact => "would split no session",
            Crash::NearlyExact => "would split hardly any session",
            Crash::Unknown => "may split sessions: too little could be read to know",
            Crash::Splits => "would split sessions",
            Crash::Refuses => "would change nothing, as events are refused already",
        };
        writeln!(
            f,
            "topic {}: a crash of the broker now {verdict}",
            self.topic
        )?;
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        if !self.partitions.is_empty() {
            write_table(f, self.partitions.iter().map(row).collect())?;
        }
        let latest = self
            .partitions
            .iter()
            .filter_map(|part| part.event_time)
            .max();
        if let Some(latest) = latest {
            let latest = UNIX_EPOCH + Duration::from_millis(latest.unsigned_abs());
            let latest = humantime::format_rfc3339_seconds(latest);
            writeln!(f, "event time is {latest}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Warning => "warning",
            Level::Note => "note",
        };
        write!(f, "{level}: {}", self.text)?;
        if !self.partitions.is_empty() {
            let numbers: Vec<String> = self.partitions.iter().map(u32::to_string).collect();
            write!(f, " [partition {}]", numbers.join(", "))?;
        }
        match &self.advice {
            Some(advice) => writeln!(f, "\n    {advice}"),
            None => writeln!(f),
        }
    }
}

/// Writes the rows below the head, each column as wide as it has to be.
fn write_table(f: &mut fmt::Formatter<'_>, rows: Vec<[String; HEAD.len()]>) -> fmt::Result {
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    writeln!(f)?;
    for row in std::iter::once(HEAD.map(String::from)).chain(rows) {
        let cells: Vec<String> = (row.iter().zip(widths))
            .map(|(cell, width)| format!("{cell:>width$}"))
            .collect();
        writeln!(f, "{}", cells.join("  ").trim_end())?;
    }
    writeln!(f)
}

fn row(partition: &PartitionReport) -> [String; HEAD.len()] {
    let count = |number: u64| HumanCount(number).to_string();
    let rate = |rate: f64| format!("{rate:.1}");
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let crash = match partition.crash {
        Crash::Exact => "exact",
        Crash::NearlyExact => "nearly exact",
        Crash::Unknown => "unknown",
        Crash::Splits => "splits",
        Crash::Refuses => "refuses",
    };
    let more = match partition.read_until {
        ReadUntil::Limit | ReadUntil::Enough => "+",
        ReadUntil::Within | ReadUntil::LogStart => "",
    };
    let heaviest = partition.heaviest.first();
    let heaviest = heaviest.map(|key| format!("{} {}", key.key, percent(key.share)));
    [
        partition.partition.to_string(),
        crash.to_owned(),
        rate(partition.events_per_second),
        rate(partition.most_events_per_second),
        count(partition.visitors_in_gap),
        count(partition.visitors_in_ttl) + more,
        percent(partition.late),
        percent(partition.fragments),
        partition.invalid.map_or_else(|| "dropped".into(), percent),
        count(partition.stored_bytes_per_event),
        duration((partition.read_back * 1000.0) as i64),
        heaviest.unwrap_or_default(),
    ]
}
