//! A consumer's stream with the module as its transform.

use anyhow::Result;
use fluvio_protocol::Encoder;
use fluvio_smartmodule::Record;

use super::partition::{LookBack, Partition};
use crate::host::{Host, Instance, raw};

/// A stream, with its own instance of the module.
pub struct Stream {
    instance: Box<dyn Instance>,
    max_bytes: usize,
    offset: i64,
    presented: Option<i64>,
}

/// The response to one fetch.
#[derive(Debug, Default)]
pub struct Response {
    /// The records that the module passed on.
    pub records: Vec<Record>,
    /// Why the module refused a batch, which ends the stream.
    pub refused: Option<String>,
    /// Number of batches that the module had already seen.
    pub presented_again: usize,
    /// Number of batches skipped because the output of one alone exceeds the response.
    pub skipped: usize,
}

impl Stream {
    /// Opens a stream that starts at `offset`. The module looks back from the high watermark,
    /// whatever the offset is.
    pub fn open(
        host: &dyn Host,
        parameters: &[(String, String)],
        partition: &Partition,
        offset: i64,
        look_back: Option<(LookBack, i64)>,
        max_bytes: usize,
    ) -> Result<Self> {
        let mut instance = host.start(parameters)?;
        if let Some((look_back, now)) = look_back {
            instance.look_back(partition.look_back(look_back, now))?;
        }
        Ok(Self {
            instance,
            max_bytes,
            offset,
            presented: None,
        })
    }

    /// The offset at which the next fetch begins.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// The instance of this stream.
    pub fn instance(&mut self) -> &mut dyn Instance {
        self.instance.as_mut()
    }

    /// Gives batches to the module until the response is full. By then the module has processed the
    /// batch whose output no longer fits into `max_bytes`: that output is thrown away, and the next
    /// fetch presents the batch again.
    pub fn fetch(&mut self, partition: &Partition) -> Result<Response> {
        let mut response = Response::default();
        let mut size = 0;
        let batches = partition.batches_from(self.offset);
        for (index, batch) in batches.iter().enumerate() {
            let again = self
                .presented
                .is_some_and(|offset| batch.base_offset <= offset);
            response.presented_again += usize::from(again);
            self.presented = Some(batch.base_offset);
            let processed = self.instance.process(
                raw(&batch.records)?,
                batch.base_offset,
                batch.base_timestamp,
            )?;
            if !processed.records.is_empty() {
                size += processed.records.write_size(0);
                if size > self.max_bytes {
                    if response.records.is_empty() {
                        // A response without records moves the stream to the high watermark.
                        response.skipped = batches.len() - index;
                        self.offset = partition.high_watermark();
                    }
                    return Ok(response);
                }
                response.records.extend(processed.records);
            }
            if processed.refused.is_some() {
                response.refused = processed.refused;
                return Ok(response);
            }
            self.offset = batch.base_offset + batch.last_offset_delta + 1;
        }
        Ok(response)
    }
}
