//! A last batch, whose output shows whether a module has the state that it should have.

use anyhow::{Result, ensure};
use fluvio_smartmodule::Record;

use super::producer::Producer;
use crate::broker::StoredBatch;
use crate::host::{Instance, raw};
use crate::reference::Reference;

/// More events of every key, at the boundaries of its session: some just join it, and some just
/// don't.
pub(super) fn probe(producer: &Producer, reference: &Reference) -> StoredBatch {
    let gap = producer.bounds.gap;
    let keys = (0..8).map(|n| format!("10.0.0.{n}"));
    let records = keys.flat_map(|key| {
        let (start, last) = reference
            .extent(&key)
            .unwrap_or((producer.clock, producer.clock));
        // In order of time, so that no event makes the module forget a session that a later one
        // asks for.
        [start - gap - 1, start, last, last + gap, last + gap + 1]
            .map(|time| producer.event(&key, time))
    });
    StoredBatch::produced(producer.clock + 1_000_000, records.collect())
}

pub(super) fn answer(instance: &mut dyn Instance, batch: &StoredBatch) -> Result<Vec<Record>> {
    let processed = instance.process(raw(&batch.records)?, 0, batch.base_timestamp)?;
    ensure!(processed.refused.is_none(), "the probe was refused");
    Ok(processed.records)
}
