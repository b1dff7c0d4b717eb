//! Looking back at what the module has stored, as a partition's leader does when it starts.

use anyhow::{Result, ensure};
use fluvio_smartmodule::Record;
use harness::cpu::{Whose, took};
use harness::guest::Guest;
use harness::host::{BROKER_VERSION, Host, Native};
use sessionize_pipeline::engine::BROKER_MEMORY;
use sessionize_smartmodule::wire::BatchBuilder;

/// Number of keys in the records.
const KEYS: usize = 200_000;

pub fn bench(wasm: &[u8], records: usize) -> Result<()> {
    let stored = stored(records)?;
    let size: usize = stored
        .iter()
        .map(|record| record.value.as_ref().len())
        .sum();

    let floor = include_bytes!("../../harness/floor.wat");
    let engine = look_back(floor, stored.clone())?;
    let ours = look_back(wasm, stored)?;
    let seconds = ours.seconds - engine.seconds;
    println!(
        "Looking back at {records} stored records of {} bytes, {KEYS} keys: {:.2} CPU seconds. Of \
         these the engine takes {:.2}, to encode the records and copy them in. The module reads \
         {:.0} k records per CPU second. Peak guest memory: {} of {BROKER_MEMORY} bytes.",
        size / records.max(1),
        ours.seconds,
        engine.seconds,
        records as f64 / seconds / 1_000.0,
        ours.memory,
    );
    Ok(())
}

struct Measured {
    seconds: f64,
    memory: usize,
}

fn look_back(wasm: &[u8], records: Vec<Record>) -> Result<Measured> {
    let mut guest = Guest::start(wasm, &[], BROKER_MEMORY)?;
    let (took, ()) = took(Whose::Own, || guest.look_back(records))?;
    Ok(Measured {
        seconds: took.as_secs_f64(),
        memory: guest.memory()?,
    })
}

/// Events of many keys, as the module stores them.
fn stored(records: usize) -> Result<Vec<Record>> {
    const BATCH: u32 = 1_000;
    let mut module = Native {
        version: BROKER_VERSION,
    }
    .start(&[])?;
    let mut stored = Vec::with_capacity(records);
    let mut batch = BatchBuilder::new();
    for event in 0..records {
        // An event every 10 ms: the second event of a key comes 2,000 s after its first, which is
        // beyond the gap of 30 minutes.
        let time = 1_741_000_000_000 + 10 * event;
        let [_, a, b, c] = u32::try_from(event % KEYS)?.to_be_bytes();
        let event = format!(
            r#"{{"timestamp":{time},"ip":"10.{a}.{b}.{c}","method":"GET","path":"/catalogue/shoes/{event}","status":200,"bytes":{},"user_agent":"Mozilla/5.0"}}"#,
            event % 50_000
        );
        batch.push(None, event.as_bytes());
        if batch.count() == BATCH || stored.len() + batch.count() as usize == records {
            let processed = module.process(batch.take(), stored.len() as i64, -1)?;
            stored.extend(processed.records);
        }
    }
    ensure!(stored.len() == records, "{} records stored", stored.len());
    Ok(stored)
}
