//! The leader of a partition whose topic has the module as its transform.

use anyhow::Result;

use super::{LookBack, NO_TIMESTAMP, Partition, StoredBatch};
use crate::host::{Host, Instance, raw};

/// A leader, with the one instance that it keeps as long as it lives.
pub struct Leader<'h> {
    host: &'h dyn Host,
    parameters: Vec<(String, String)>,
    look_back: LookBack,
    partition: Partition,
    instance: Box<dyn Instance>,
}

/// Why a produce request was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The module failed a record.
    Record(String),
    /// The module answered, and then storing failed.
    Storage,
}

impl<'h> Leader<'h> {
    /// The leader of a partition without records.
    pub fn start(
        host: &'h dyn Host,
        parameters: Vec<(String, String)>,
        look_back: LookBack,
    ) -> Result<Self> {
        Ok(Self {
            host,
            instance: host.start(&parameters)?,
            parameters,
            look_back,
            partition: Partition::default(),
        })
    }

    /// Gives the batches of one write to the module, one after the other, and stores what it passes on as one batch,
    /// unless `storage_fails`. Fluvio's own producer has one batch in a write.
    ///
    /// The stored batch has no timestamp: that of the produced ones is not taken over.
    pub fn produce(
        &mut self,
        batches: &[StoredBatch],
        storage_fails: bool,
    ) -> Result<Result<StoredBatch, Refusal>> {
        let mut stored = StoredBatch {
            base_timestamp: NO_TIMESTAMP,
            last_offset_delta: -1,
            ..StoredBatch::default()
        };
        for batch in batches {
            let processed = self
                .instance
                .process(raw(&batch.records)?, 0, batch.base_timestamp)?;
            if let Some(error) = processed.refused {
                return Ok(Err(Refusal::Record(error)));
            }
            stored.records.extend(processed.records);
            // Records keep their offsets: one that was dropped leaves a hole.
            if !stored.records.is_empty() {
                stored.last_offset_delta += batch.last_offset_delta + 1;
            }
        }
        if storage_fails {
            return Ok(Err(Refusal::Storage));
        }
        if !stored.records.is_empty() {
            self.partition.append(stored.clone());
        }
        Ok(Ok(stored))
    }

    /// The leader dies and another takes over: what is stored is there, and the module looks back at it.
    pub fn restart(&mut self, now: i64) -> Result<()> {
        self.instance = self.successor(self.look_back, now)?;
        Ok(())
    }

    /// A module that has looked back at this log, beside the one that runs.
    pub fn successor(&self, look_back: LookBack, now: i64) -> Result<Box<dyn Instance>> {
        let mut instance = self.host.start(&self.parameters)?;
        instance.look_back(self.partition.look_back(look_back, now))?;
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
