//! The leader of a partition.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fluvio::Compression;
use fluvio_protocol::link::ErrorCode;
use fluvio_protocol::record::{
    Batch, ProducerBatchHeader, RawRecords, Record, RecordSet, ReplicaKey,
};
use fluvio_sc_schema::topic::CompressionAlgorithm;
use fluvio_spu_schema::Isolation;
use fluvio_spu_schema::fetch::{FetchPartition, FetchRequest, FetchableTopic};
use fluvio_spu_schema::produce::{DefaultProduceRequest, PartitionProduceData, TopicProduceData};
use fluvio_spu_schema::server::fetch_offset::FetchOffsetsRequest;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::partition::{Offsets, Partition};

/// How long an answer may take. While a broker that has just started looks back, it takes no
/// records for any partition: 6 s were seen for 500,000 records.
const PATIENCE: Duration = Duration::from_secs(30);

/// The leader of a partition, on a connection of its own.
pub struct Leader {
    connection: Connection,
    replica: ReplicaKey,
    compression: Compression,
    /// When a batch is acknowledged.
    acknowledged: Isolation,
}

impl Leader {
    /// The leader of a partition that is at the other end of the connection.
    pub(crate) fn new(
        connection: Connection,
        replica: ReplicaKey,
        compression: &CompressionAlgorithm,
    ) -> Self {
        Self {
            connection,
            replica,
            compression: match compression {
                CompressionAlgorithm::None | CompressionAlgorithm::Any => Compression::None,
                CompressionAlgorithm::Gzip => Compression::Gzip,
                CompressionAlgorithm::Snappy => Compression::Snappy,
                CompressionAlgorithm::Lz4 => Compression::Lz4,
                CompressionAlgorithm::Zstd => Compression::Zstd,
            },
            acknowledged: Isolation::ReadUncommitted,
        }
    }

    /// Has a batch acknowledged only once all replicas have it.
    pub(crate) fn acknowledged_by_all(self) -> Self {
        Self {
            acknowledged: Isolation::ReadCommitted,
            ..self
        }
    }

    fn batch(
        &self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> Result<Batch<RawRecords>, Failure> {
        let now = || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(0, |now| now.as_millis() as i64)
        };
        let appended = appended.unwrap_or_else(now);
        let mut batch = Batch::from(records);
        let header = batch.get_mut_header();
        header.set_compression(self.compression);
        header.set_first_timestamp(appended);
        header.set_max_time_stamp(appended);
        Batch::try_from(batch)
            .map_err(|e| Failure::Connection(format!("cannot compress a batch: {e}")))
    }
}

impl Partition for Leader {
    fn is_there(&self) -> bool {
        self.connection.is_open()
    }

    async fn offsets(&mut self) -> Result<Offsets, Failure> {
        let ReplicaKey { topic, partition } = self.replica.clone();
        let request = FetchOffsetsRequest::new(topic, partition);
        let answer = self.connection.ask(PATIENCE, request).await?;
        let answer = answer
            .find_partition(&self.replica)
            .ok_or(Failure::Unknown)?;
        checked(answer.error_code)?;
        Ok(Offsets {
            start: answer.start_offset,
            high_watermark: answer.last_stable_offset,
        })
    }

    async fn fetch(
        &mut self,
        offset: i64,
        max_bytes: u32,
    ) -> Result<Vec<Batch<RawRecords>>, Failure> {
        let ReplicaKey { topic, partition } = self.replica.clone();
        let max_bytes = i32::try_from(max_bytes).unwrap_or(i32::MAX);
        let request = FetchRequest::<RecordSet<RawRecords>> {
            max_bytes,
            isolation_level: Isolation::ReadUncommitted,
            topics: vec![FetchableTopic {
                name: topic.clone(),
                fetch_partitions: vec![FetchPartition {
                    partition_index: partition,
                    fetch_offset: offset,
                    max_bytes,
                    ..FetchPartition::default()
                }],
            }],
            ..FetchRequest::default()
        };
        let answer = self.connection.ask(PATIENCE, request).await?;
        let answer = answer
            .find_partition(&topic, partition)
            .ok_or(Failure::Unknown)?;
        checked(answer.error_code)?;
        Ok(answer.records.batches)
    }

    async fn produce_at(
        &mut self,
        records: Vec<Record>,
        appended: Option<i64>,
    ) -> Result<i64, Failure> {
        let ReplicaKey { topic, partition } = self.replica.clone();
        let request = DefaultProduceRequest {
            isolation: self.acknowledged,
            timeout: PATIENCE,
            topics: vec![TopicProduceData {
                name: topic.clone(),
                partitions: vec![PartitionProduceData {
                    partition_index: partition,
                    records: RecordSet {
                        batches: vec![self.batch(records, appended)?],
                    },
                }],
                ..TopicProduceData::default()
            }],
            ..DefaultProduceRequest::default()
        };
        let answer = self.connection.ask(PATIENCE, request).await?;
        let answer = answer
            .find_partition_response(&topic, partition)
            .ok_or(Failure::Unknown)?;
        checked(answer.error_code.clone())?;
        Ok(answer.base_offset)
    }
}

/// An error that the broker gives.
fn checked(code: ErrorCode) -> Result<(), Failure> {
    match code {
        ErrorCode::None => Ok(()),
        code => Err(Failure::from_broker(code)),
    }
}
