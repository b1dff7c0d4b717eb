//! Leaders of the partitions of topics without a module: what is stored is read, or rows are added.

use fluvio_sc_schema::topic::CompressionAlgorithm;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::leader::Leader;
use crate::partition::Leaders;

/// The leaders of a topic's partitions.
pub(crate) struct PlainLeaders {
    pub(crate) cluster: Cluster,
    pub(crate) compression: CompressionAlgorithm,
    /// Whether a batch is stored only once all replicas have it.
    pub(crate) is_replicated: bool,
}

impl Leaders for PlainLeaders {
    type Partition = Leader;

    async fn connect(&self, partition: u32) -> Result<Leader, Failure> {
        let leader = self.cluster.leader(&self.compression, partition).await?;
        Ok(match self.is_replicated {
            true => leader.acknowledged_by_all(),
            false => leader,
        })
    }
}
