//! Sending batches, and taking their answers.

use super::{Life, Sources, Target};
use crate::failure::Failure;
use crate::feed::driver::waiting::Event;
use crate::feed::figures::PartitionLabel;
use crate::feed::lane::OutgoingBatch;
use crate::partition::Partition;

impl<O: Sources, T: Target + 'static> Life<'_, '_, O, T>
where
    T::Partition: 'static,
{
    /// Sends a batch to each partition that has none on its way.
    pub(super) fn send(&mut self) {
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            if lane.partition.is_none() {
                continue;
            }
            let Some(batch) = self.flow.batch(number) else {
                continue;
            };
            let OutgoingBatch {
                records,
                appended,
                bytes,
            } = batch;
            for record in &records {
                if let Some(key) = &record.key {
                    self.driver.keys.add(key.as_ref());
                }
            }
            let Some(mut partition) = lane.partition.take() else {
                continue;
            };
            self.sending += 1;
            self.waiting.push(Box::pin(async move {
                let sent = partition.produce_at(records, Some(appended)).await;
                Event::Sent(number, partition, bytes, sent)
            }));
        }
    }

    /// Takes the answer to a batch.
    pub(super) fn sent(
        &mut self,
        number: usize,
        partition: T::Partition,
        bytes: usize,
        sent: Result<i64, Failure>,
    ) {
        self.sending -= 1;
        let base = match sent {
            Ok(base) => base,
            Err(failure) => {
                self.failure.get_or_insert(failure);
                return;
            }
        };
        self.outage.end("feeding goes on");
        let records = self.flow.stored(number);
        let driver = &mut *self.driver;
        let figures = driver.figures;
        let partition_label = PartitionLabel {
            partition: number as u32,
        };
        figures
            .stored
            .get_or_create(&partition_label)
            .inc_by(records as u64);
        figures.bytes.inc_by(bytes as u64);
        figures.batches.inc();
        if let Some(stored) = driver.report.stored.get_mut(number) {
            *stored += records as u64;
        }
        let Some(lane) = self.lanes.get_mut(number) else {
            return;
        };
        lane.partition = Some(partition);
        // Records that the module drops leave the end where it was, so it is known as a bound.
        if base > lane.end && driver.plan.is_alone {
            self.failure.get_or_insert(Failure::Foreign);
        }
        lane.end = lane.end.max(base) + records as i64;
    }
}
