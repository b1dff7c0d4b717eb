//! How much one instance writes in a long life, and what memory it takes for it.

use anyhow::{Result, ensure};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use sessionize_cli::generate::{Log, Options};
use sessionize_smartmodule::wire::BatchBuilder;

use crate::guest::Guest;

/// After so much output everything that is kept has been there once, in bytes.
pub const WARM_UP: u64 = 100_000_000;

/// A limit that the first run doesn't come near to, and small, as measuring the memory takes a batch of this size.
const LIMIT: usize = 64 << 20;

/// Some 200 KB in and 370 KB out: the module's buffers double in size with the largest batch so far, and no batch of so many
/// comes near to the next doubling.
const RECORDS_PER_BATCH: u32 = 700;

/// What a long life took.
#[derive(Debug, Clone, Copy)]
pub struct Endurance {
    /// Records that came out.
    pub records: u64,
    /// Bytes of their keys and values.
    pub output: u64,
    /// Guest memory after [`WARM_UP`], in bytes.
    pub memory_at_first: usize,
    /// Guest memory at the end, in bytes.
    pub memory_at_last: usize,
}

/// Has one instance write `output` bytes, under a limit of exactly the memory that it had after [`WARM_UP`]: one page more, and it
/// fails.
pub fn endure(wasm: &[u8], output: u64) -> Result<Endurance> {
    let (guest, _, _) = live(Guest::start(wasm, &[], LIMIT)?, WARM_UP)?;
    let memory_at_first = guest.memory()?;
    let (guest, records, output) = live(Guest::start(wasm, &[], memory_at_first)?, output)?;
    let memory_at_last = guest.memory()?;
    ensure!(
        memory_at_last <= memory_at_first,
        "memory grew from {memory_at_first} to {memory_at_last} bytes"
    );
    Ok(Endurance {
        records,
        output,
        memory_at_first,
        memory_at_last,
    })
}

/// Feeds an instance with a log that never ends, until it has written enough.
fn live(mut guest: Guest, enough: u64) -> Result<(Guest, u64, u64)> {
    // All visitors are there within the first of these 30 days, which is long before the warm-up is over.
    let mut log = Log::new(&Options {
        events: 30_000_000,
        span: 30 * 24 * 60 * 60 * 1_000,
        ips: 2_000,
        ..Options::default()
    });
    let mut batch = BatchBuilder::new();
    let mut line = Vec::new();
    let (mut offset, mut records, mut output) = (0, 0, 0);
    while output < enough {
        while batch.count() < RECORDS_PER_BATCH {
            line.clear();
            ensure!(log.write_next(&mut line), "the log is too short");
            batch.push(None, line.strip_suffix(b"\n").unwrap_or(&line));
        }
        let passed = guest.process(SmartModuleInput::new(batch.take(), offset, -1))?;
        ensure!(
            passed.len() == RECORDS_PER_BATCH as usize,
            "{} records came out of {RECORDS_PER_BATCH}",
            passed.len()
        );
        offset += i64::from(RECORDS_PER_BATCH);
        records += u64::from(RECORDS_PER_BATCH);
        for record in &passed {
            let key = record.key.as_ref().map_or(0, |key| key.as_ref().len());
            output += (key + record.value.as_ref().len()) as u64;
        }
    }
    Ok((guest, records, output))
}
