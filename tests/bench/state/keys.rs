//! Guest memory and time per key.

use std::time::Duration;

use anyhow::{Result, ensure};
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use harness::cpu::{Whose, median, took};
use harness::guest::Guest;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sessionize_pipeline::engine::BROKER_MEMORY;
use sessionize_smartmodule::wire::BatchBuilder;

const BATCH: u32 = 1_000;

/// Events in a round.
const EVENTS: u32 = 100_000;

/// All events are within a few minutes, so that no key expires: one every 100 µs makes 1,000 s for
/// ten million keys.
const START: i64 = 1_741_000_000_000;

/// An instance that holds this many keys.
struct Holder {
    keys: u32,
    guest: Guest,
    /// Number of events so far, and so the next offset.
    events: i64,
    /// CPU seconds of each batch with new keys.
    batches: Vec<f64>,
    /// CPU time per event of a known key, in ns, for each round.
    per_event: Vec<f64>,
}

pub fn bench(wasm: &[u8], max_keys: u32, rounds: usize) -> Result<()> {
    let sizes = [10_000, 100_000, 1_000_000, 10_000_000];
    let mut holders = Vec::new();
    for keys in sizes.into_iter().filter(|keys| *keys <= max_keys) {
        holders.push(Holder::fill(wasm, keys)?);
    }
    let mut dice = ChaCha8Rng::seed_from_u64(1);
    // They take turns, as in `bench`. The first round doesn't count.
    for round in 0..=rounds {
        for holder in &mut holders {
            let took = holder.round(&mut dice)?;
            if round > 0 {
                holder
                    .per_event
                    .push(took.as_secs_f64() * 1e9 / f64::from(EVENTS));
            }
        }
    }
    let empty = Guest::start(wasm, &[], BROKER_MEMORY)?.memory()?;
    println!(
        "An instance without keys has {empty} bytes of memory. A batch has {BATCH} events. \"longest\" \
         is the CPU time of the slowest batch with new keys, as a multiple of the median.\n"
    );
    println!(
        "| keys | guest memory, bytes | bytes per key | ns per event of a known key | ns per new key | longest |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for holder in holders {
        holder.print(empty)?;
    }
    Ok(())
}

impl Holder {
    fn fill(wasm: &[u8], keys: u32) -> Result<Self> {
        let parameters = [("max_keys", "64000000")];
        let mut holder = Holder {
            keys,
            guest: Guest::start(wasm, &parameters, BROKER_MEMORY)?,
            events: 0,
            batches: Vec::new(),
            per_event: Vec::new(),
        };
        let mut batch = BatchBuilder::new();
        for first in (0..keys).step_by(BATCH as usize) {
            for key in first..(first + BATCH).min(keys) {
                holder.push(&mut batch, key);
            }
            let took = holder.process(vec![batch.take()])?;
            holder.batches.push(took.as_secs_f64());
        }
        Ok(holder)
    }

    /// The CPU time of a round of events with random keys.
    fn round(&mut self, dice: &mut ChaCha8Rng) -> Result<Duration> {
        let mut batch = BatchBuilder::new();
        let mut batches = Vec::new();
        for _ in 0..EVENTS / BATCH {
            for _ in 0..BATCH {
                let key = dice.random_range(0..self.keys);
                self.push(&mut batch, key);
            }
            batches.push(batch.take());
        }
        self.process(batches)
    }

    fn push(&mut self, batch: &mut BatchBuilder, key: u32) {
        let time = START + self.events / 10;
        self.events += 1;
        // A bijection, so that keys are distinct, and neighbours are far apart.
        let [a, b, c, d] = key.wrapping_mul(0x9e37_79b1).to_be_bytes();
        let event = format!(r#"{{"ip":"{a}.{b}.{c}.{d}","timestamp":{time},"path":"/"}}"#);
        batch.push(None, event.as_bytes());
    }

    fn process(&mut self, batches: Vec<Vec<u8>>) -> Result<Duration> {
        let offset = self.events;
        let inputs: Vec<SmartModuleInput> = (offset..)
            .zip(batches)
            .map(|(offset, batch)| SmartModuleInput::new(batch, offset, -1))
            .collect();
        let guest = &mut self.guest;
        let (took, ()) = took(Whose::Own, || {
            for input in inputs {
                guest.process(input)?;
            }
            Ok(())
        })?;
        Ok(took)
    }

    fn print(mut self, empty: usize) -> Result<()> {
        let keys = f64::from(self.keys);
        let memory = self.guest.memory()?;
        ensure!(memory <= BROKER_MEMORY, "more memory than allowed");
        let longest = self.batches.iter().copied().fold(0.0, f64::max);
        println!(
            "| {} | {memory} | {:.1} | {:.0} | {:.0} | {:.1} |",
            self.keys,
            (memory - empty) as f64 / keys,
            median(self.per_event),
            self.batches.iter().sum::<f64>() * 1e9 / keys,
            longest / median(self.batches),
        );
        Ok(())
    }
}
