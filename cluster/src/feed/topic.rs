//! Topics of a cluster as sources and as a target.

use std::sync::Arc;
use std::time::Duration;

use super::driver::{Sources, Target};
use super::topic_source::TopicSource;
use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::leader::Leader;
use crate::leaders::TopicLeaders;
use crate::partition::Leaders;
use crate::topic::Topic;
use fluvio_sc_schema::topic::CompressionAlgorithm;

/// How old what the controller said of a topic may be.
const FRESH: Duration = Duration::from_secs(2);

/// How long to wait for new records.
const POLL: Duration = Duration::from_millis(50);

/// The raw topic's partitions.
pub(crate) struct RawTopic {
    pub(crate) leaders: Arc<RawLeaders>,
    pub(crate) name: String,
    /// Only these; all if there are none.
    pub(crate) partitions: Vec<u32>,
    /// Whether they end where their records end.
    pub(crate) is_once: bool,
}

/// The leaders of the raw topic's partitions.
pub(crate) struct RawLeaders(pub(crate) Cluster);

impl Leaders for RawLeaders {
    type Partition = Leader;

    async fn connect(&self, partition: u32) -> Result<Leader, Failure> {
        self.0.leader(&CompressionAlgorithm::Any, partition).await
    }
}

impl Sources for RawTopic {
    type Source = TopicSource<RawLeaders>;

    async fn open(&self) -> Result<Vec<TopicSource<RawLeaders>>, Failure> {
        let partitions = match self.partitions.as_slice() {
            [] => self.leaders.0.layout(FRESH).await?.partitions().collect(),
            some => some.to_vec(),
        };
        let source = |partition| {
            let leaders = self.leaders.clone();
            TopicSource::new(leaders, &self.name, partition, POLL, self.is_once)
        };
        Ok(partitions.into_iter().map(source).collect())
    }

    fn count(&self) -> impl Future<Output = Option<usize>> + Send + 'static {
        let leaders = self.partitions.is_empty().then(|| self.leaders.clone());
        async move {
            let layout = leaders?.0.layout(FRESH).await.ok()?;
            // A topic that is gone has none, and may come back.
            Some(layout.partitions().count()).filter(|count| *count > 0)
        }
    }
}

impl Target for TopicLeaders {
    async fn partitions(&self) -> Result<u32, Failure> {
        let layout = self.cluster.layout(FRESH).await?;
        let spec = layout.topic.as_ref().ok_or(Failure::Unknown)?;
        let is_same =
            Topic::from_spec(&self.topic.name, spec).is_ok_and(|topic| topic.is_same(&self.topic));
        if !is_same {
            return Err(Failure::Reconfigured);
        }
        match layout.partitions().count() {
            0 => Err(Failure::Unknown),
            count => Ok(count as u32),
        }
    }
}
