//! The leaders of a sessionized topic's partitions.

use std::sync::Arc;
use std::time::Duration;

use sessionize_pipeline::error::Error;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::leader::Leader;
use crate::partition::Leaders;
use crate::topic::Topic;

/// The leaders of a sessionized topic's partitions.
pub struct TopicLeaders {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) topic: Topic,
    is_acknowledged_by_all: bool,
}

impl TopicLeaders {
    pub(crate) fn new(cluster: Arc<Cluster>, topic: Topic) -> Self {
        Self {
            cluster,
            topic,
            is_acknowledged_by_all: false,
        }
    }

    /// Has batches acknowledged only once all replicas have them.
    #[must_use]
    pub fn acknowledged_by_all(self, is_so: bool) -> Self {
        Self {
            is_acknowledged_by_all: is_so,
            ..self
        }
    }

    /// Finds a topic, in the cluster of a profile of Fluvio's configuration, by default the current
    /// one. Returns how many partitions it has, too.
    ///
    /// # Errors
    ///
    /// When there is no such profile or topic, when the topic is not sessionized, or when the
    /// cluster can't be reached.
    pub async fn of_topic(profile: Option<&str>, name: &str) -> Result<(Self, u32), Error> {
        let cluster = Cluster::of_profile(profile, name)?;
        let layout = cluster.layout(Duration::ZERO).await;
        let layout = layout.map_err(|failure| Error::failure(failure.to_string()))?;
        let topic = Topic::of_layout(name, &layout)?;
        let partitions = layout.partitions().count() as u32;
        Ok((Self::new(Arc::new(cluster), topic), partitions))
    }
}

impl Leaders for TopicLeaders {
    type Partition = Leader;

    async fn connect(&self, partition: u32) -> Result<Leader, Failure> {
        let compression = &self.topic.compression;
        let leader = self.cluster.leader(compression, partition).await?;
        Ok(match self.is_acknowledged_by_all {
            true => leader.acknowledged_by_all(),
            false => leader,
        })
    }
}
