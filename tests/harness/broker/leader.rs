//! The leader of a partition whose topic has the module as its transform.

use anyhow::Result;
use fluvio_smartmodule::Record;

use super::partition::{LookBack, NO_TIMESTAMP, Partition, StoredBatch};
use crate::host::{Host, Instance, raw};

/// A leader. It keeps one instance of the module for as long as it runs.
pub struct Leader<'h> {
    host: &'h dyn Host,
    parameters: Vec<(String, String)>,
    look_back: LookBack,
    partition: Partition,
    instance: Box<dyn Instance>,
}

/// Why the module failed a record, and the whole produce request with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest(pub String);

impl<'h> Leader<'h> {
    /// The leader of a partition without records.
    pub fn start(
        host: &'h dyn Host,
        parameters: Vec<(String, String)>,
        look_back: LookBack,
        partition: Partition,
    ) -> Result<Self> {
        Ok(Self {
            host,
            instance: host.start(&parameters)?,
            parameters,
            look_back,
            partition,
        })
    }

    /// Gives the batches of one write to the module, one after the other. What the module passes on
    /// is to be stored as one batch. Fluvio's own producer sends one batch in a write.
    ///
    /// Transforming and storing take two different locks. So of two concurrent writes, the one that
    /// is transformed second may be stored first.
    ///
    /// The stored batch has no timestamp: Fluvio does not copy that of the produced batches.
    pub fn transform(
        &mut self,
        batches: &[StoredBatch],
    ) -> Result<Result<StoredBatch, RefusedRequest>> {
        let mut transformed = StoredBatch {
            base_timestamp: NO_TIMESTAMP,
            last_offset_delta: -1,
            ..StoredBatch::default()
        };
        for batch in batches {
            let processed = self
                .instance
                .process(raw(&batch.records)?, 0, batch.base_timestamp)?;
            if let Some(error) = processed.refused {
                return Ok(Err(RefusedRequest(error)));
            }
            transformed.records.extend(processed.records);
            // Records keep their offsets: a dropped record leaves a hole.
            if !transformed.records.is_empty() {
                transformed.last_offset_delta += batch.last_offset_delta + 1;
            }
        }
        Ok(Ok(transformed))
    }

    /// Stores a transformed batch, unless it is empty.
    pub fn store(&mut self, transformed: StoredBatch) {
        if !transformed.records.is_empty() {
            self.partition.append(transformed);
        }
    }

    /// Replaces a leader that crashed. The high watermark of the new one lags by `lag` batches: all
    /// batches are stored, but the look-back ends at the high watermark.
    pub fn restart(&mut self, now: i64, lag: usize) -> Result<()> {
        self.partition.lag(lag);
        self.instance = self.successor(self.partition.look_back(self.look_back, now))?;
        Ok(())
    }

    /// A second instance, which has looked back at these records. The running one is unaffected.
    pub fn successor(&self, records: Vec<Record>) -> Result<Box<dyn Instance>> {
        let mut instance = self.host.start(&self.parameters)?;
        instance.look_back(records)?;
        Ok(instance)
    }

    /// The partition that it leads.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The running instance.
    pub fn instance(&mut self) -> &mut dyn Instance {
        self.instance.as_mut()
    }
}
