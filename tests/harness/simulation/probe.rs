//! A last batch that shows whether a module knows what it should know.

use anyhow::{Result, ensure};
use fluvio_smartmodule::Record;

use super::producer::Producer;
use crate::broker::StoredBatch;
use crate::host::{Instance, raw};
use crate::reference::Reference;

/// One more event of every key, where its session could still be joined or just has ended.
pub(super) fn probe(producer: &Producer, reference: &Reference) -> StoredBatch {
    let gap = producer.bounds.gap;
    let keys = (0..8).map(|n| format!("10.0.0.{n}"));
    let records = keys.flat_map(|key| {
        let (start, last) = reference
            .extent(&key)
            .unwrap_or((producer.clock, producer.clock));
        // From the past on, so that no probe makes the next one's session forgotten.
        [start - gap - 1, start, last, last + gap, last + gap + 1]
            .map(|time| producer.event(&key, time))
    });
    StoredBatch::produced(producer.clock + 1_000_000, records.collect())
}

pub(super) fn answer(instance: &mut dyn Instance, batch: &StoredBatch) -> Result<Vec<Record>> {
    let processed = instance.process(raw(&batch.records)?, 0, batch.base_timestamp)?;
    ensure!(processed.refused.is_none(), "the probe has been refused");
    Ok(processed.records)
}
