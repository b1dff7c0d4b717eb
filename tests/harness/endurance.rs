//! How much one instance writes in a long life, and what memory it takes for it.

use anyhow::{Result, ensure};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use sessionize_generate::{Log, LogOptions};
use sessionize_smartmodule::wire::BatchBuilder;

use crate::guest::Guest;

/// After so much output everything that is kept has been there once, in bytes.
pub const WARM_UP: u64 = 100_000_000;

/// Far more than an instance needs, and small, as measuring the memory takes a batch of this size.
const LIMIT: usize = 64 << 20;

/// Some 200 KB in and 370 KB out.
const RECORDS_PER_BATCH: u32 = 700;

/// The module's buffers double where a batch is larger than all before it, which one of random lines may be after gigabytes. So the
/// first batch is larger than any that follows, and from then on nothing may grow.
const RECORDS_OF_FIRST_BATCH: u32 = 1_000;

/// What a long life took.
#[derive(Debug)]
pub struct Endurance {
    /// Records that came out.
    pub records: u64,
    /// Guest memory after [`WARM_UP`], after ten times as much, and so on, and at the end.
    pub marks: Vec<Mark>,
}

/// The memory at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Output so far: the keys and values of the records, in bytes.
    pub output: u64,
    /// Guest memory, in bytes.
    pub memory: usize,
}

/// Has one instance write `output` bytes, and tells each mark as it is reached. Its memory must not grow by a page after the first.
pub fn endure(wasm: &[u8], output: u64, mut reached: impl FnMut(Mark)) -> Result<Endurance> {
    let mut life = Life::start(wasm)?;
    let mut marks: Vec<Mark> = Vec::new();
    let decades = (0..)
        .map(|decade| WARM_UP.saturating_mul(10u64.saturating_pow(decade)))
        .take_while(|mark| *mark < output);
    for enough in decades.chain([output]) {
        life.go_on(enough)?;
        let mark = Mark {
            output: life.output,
            memory: life.guest.memory()?,
        };
        reached(mark);
        marks.push(mark);
        steady(&marks)?;
    }
    Ok(Endurance {
        records: life.records,
        marks,
    })
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

/// An instance that is fed with a log that never ends.
struct Life {
    guest: Guest,
    log: Log,
    offset: i64,
    records: u64,
    output: u64,
}

impl Life {
    fn start(wasm: &[u8]) -> Result<Self> {
        // All visitors are there within the first of these days, which is long before the warm-up is over.
        let options = LogOptions {
            events: 1_000_000_000,
            span: 1_000 * 24 * 60 * 60 * 1_000,
            ips: 2_000,
            ..LogOptions::default()
        };
        let mut life = Self {
            guest: Guest::start(wasm, &[], LIMIT)?,
            log: Log::new(&options),
            offset: 0,
            records: 0,
            output: 0,
        };
        life.feed(RECORDS_OF_FIRST_BATCH)?;
        Ok(life)
    }

    /// Goes on until it has written so many bytes.
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
    fn memory_that_goes_on_growing_is_told() {
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
