//! A long run of one instance: how much it writes, and how much memory it takes.

use anyhow::{Result, ensure};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use sessionize_generate::{Log, LogOptions};
use sessionize_smartmodule::wire::BatchBuilder;

use crate::guest::Guest;

/// Output, in bytes, after which every buffer has reached its size and every visitor is known.
pub const WARM_UP: u64 = 100_000_000;

/// The memory that an instance may have, in bytes. It is far more than the instance needs. It is
/// small all the same, because measuring the memory takes a batch of this size.
pub const LIMIT: usize = 64 << 20;

/// About 200 KB of input and 370 KB of output.
const RECORDS_PER_BATCH: u32 = 700;

/// The module doubles a buffer when a batch needs more room than any before it. Among random lines
/// the largest batch may come after gigabytes. So the first batch is larger than any that follows,
/// and after it nothing may grow.
const RECORDS_OF_FIRST_BATCH: u32 = 1_000;

/// The memory at one point of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Output so far: the keys and values of the records, in bytes.
    pub output: u64,
    /// Guest memory, in bytes.
    pub memory: usize,
}

/// Runs one instance until it has written `output` bytes. Reports the memory after [`WARM_UP`],
/// after ten times as much, and so on, and at the end. Returns the number of records that came out.
///
/// # Errors
/// When the memory grows after the first mark, or beyond `limit` bytes; and when `output` is so
/// small that there is no second mark to compare with the first.
pub fn endure(
    wasm: &[u8],
    limit: usize,
    output: u64,
    mut reached: impl FnMut(Mark),
) -> Result<u64> {
    ensure!(
        output > WARM_UP,
        "{output} bytes of output show no growth: the first mark is after {WARM_UP}"
    );
    let mut run = LongRun::start(wasm, limit)?;
    let mut marks: Vec<Mark> = Vec::new();
    let decades = (0..)
        .map(|decade| WARM_UP.saturating_mul(10u64.saturating_pow(decade)))
        .take_while(|mark| *mark < output);
    for enough in decades.chain([output]) {
        run.go_on(enough)?;
        let mark = Mark {
            output: run.output,
            memory: run.guest.memory()?,
        };
        reached(mark);
        marks.push(mark);
        steady(&marks)?;
    }
    Ok(run.records)
}

fn steady(marks: &[Mark]) -> Result<()> {
    if let [first, .., last] = marks {
        ensure!(
            last.memory <= first.memory,
            "memory grew from {} bytes after {} bytes of output to {} after {}",
            first.memory,
            first.output,
            last.memory,
            last.output
        );
    }
    Ok(())
}

/// An instance that reads an endless log.
struct LongRun {
    guest: Guest,
    log: Log,
    offset: i64,
    records: u64,
    output: u64,
}

impl LongRun {
    fn start(wasm: &[u8], limit: usize) -> Result<Self> {
        // All visitors appear within the first of these days, long before the warm-up ends.
        let options = LogOptions {
            events: 1_000_000_000,
            span: 1_000 * 24 * 60 * 60 * 1_000,
            ips: 2_000,
            ..LogOptions::default()
        };
        let mut run = Self {
            guest: Guest::start(wasm, &[], limit)?,
            log: Log::new(&options),
            offset: 0,
            records: 0,
            output: 0,
        };
        run.feed(RECORDS_OF_FIRST_BATCH)?;
        Ok(run)
    }

    /// Continues until it has written `enough` bytes.
    fn go_on(&mut self, enough: u64) -> Result<()> {
        while self.output < enough {
            self.feed(RECORDS_PER_BATCH)?;
        }
        Ok(())
    }

    fn feed(&mut self, records: u32) -> Result<()> {
        let mut batch = BatchBuilder::new();
        let mut line = Vec::new();
        while batch.count() < records {
            line.clear();
            ensure!(self.log.write_next(&mut line), "the log is too short");
            batch.push(None, line.strip_suffix(b"\n").unwrap_or(&line));
        }
        let passed = self
            .guest
            .process(SmartModuleInput::new(batch.take(), self.offset, -1))?;
        ensure!(
            passed.len() == records as usize,
            "{} records came out of {records}",
            passed.len()
        );
        self.offset += i64::from(records);
        self.records += u64::from(records);
        for record in &passed {
            let key = record.key.as_ref().map_or(0, |key| key.as_ref().len());
            self.output += (key + record.value.as_ref().len()) as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_goes_on_growing_is_an_error() {
        let mark = |output, memory| Mark { output, memory };
        assert!(steady(&[mark(100, 7), mark(1_000, 7), mark(10_000, 7)]).is_ok());
        assert_eq!(
            steady(&[mark(100, 7), mark(1_000, 7), mark(10_000, 8)])
                .unwrap_err()
                .to_string(),
            "memory grew from 7 bytes after 100 bytes of output to 8 after 10000"
        );
    }
}
