//! The leader of a partition whose topic has the module as its transform.

use anyhow::Result;
use fluvio_smartmodule::Record;

use super::partition::{LookBack, NO_TIMESTAMP, Partition, StoredBatch};
use crate::host::{Host, Instance, raw};

/// A leader, with the one instance that it keeps as long as it lives.
pub struct Leader<'h> {
    host: &'h dyn Host,
    parameters: Vec<(String, String)>,
    look_back: LookBack,
    partition: Partition,
    instance: Box<dyn Instance>,
}

/// The module failed a record, and with it the produce request: why.
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

    /// Gives the batches of one write to the module, one after the other: what it passes on is to
    /// be stored as one batch. Fluvio's own producer has one batch in a write.
    ///
    /// This goes under one lock and storing under another, so that of two writes at once the second
    /// may be stored first.
    ///
    /// The stored batch has no timestamp: that of the produced ones is not taken over.
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
            // Records keep their offsets: one that was dropped leaves a hole.
            if !transformed.records.is_empty() {
                transformed.last_offset_delta += batch.last_offset_delta + 1;
            }
        }
        Ok(Ok(transformed))
    }

    /// Stores what has been transformed; nothing where no record was passed on.
    pub fn store(&mut self, transformed: StoredBatch) {
        if !transformed.records.is_empty() {
            self.partition.append(transformed);
        }
    }

    /// The leader dies and another takes over, whose high watermark lags so many batches behind:
    /// what is stored is there, and the module looks back at what that shows of it.
    pub fn restart(&mut self, now: i64, lag: usize) -> Result<()> {
        self.partition.lag(lag);
        self.instance = self.successor(self.partition.look_back(self.look_back, now))?;
        Ok(())
    }

    /// A module that has looked back at these records, beside the one that runs.
    pub fn successor(&self, records: Vec<Record>) -> Result<Box<dyn Instance>> {
        let mut instance = self.host.start(&self.parameters)?;
        instance.look_back(records)?;
        Ok(instance)
    }

    /// What is stored.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The instance that runs.
    pub fn instance(&mut self) -> &mut dyn Instance {
        self.instance.as_mut()
    }
}
