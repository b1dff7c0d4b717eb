//! The cluster: what its controller knows of a topic, and connections to leaders.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_lock::Mutex;
use fluvio::FluvioError;
use fluvio::config::{ConfigError, ConfigFile, FluvioClusterConfig};
use fluvio_protocol::record::ReplicaKey;
use fluvio_sc_schema::objects::ListFilters;
use fluvio_sc_schema::partition::PartitionSpec;
use fluvio_sc_schema::spu::SpuSpec;
use fluvio_sc_schema::topic::{CompressionAlgorithm, TopicSpec};
use fluvio_socket::ClientConfig;
use fluvio_types::SpuId;
use sessionize_pipeline::error::{Error, plain};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::leader::Leader;
use crate::outage::Outage;

/// How long the controller may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what the controller said is good for those who look for a leader.
const FRESH: Duration = Duration::from_secs(1);

/// What to call ourselves in the logs of brokers.
const CLIENT: &str = "sessionize";

/// The cluster, as far as one topic goes.
pub struct Cluster {
    config: ClientConfig,
    topic: String,
    controller: Mutex<Controller>,
}

/// The cluster's controller.
struct Controller {
    connection: Option<Connection>,
    said: Option<(Instant, Arc<Layout>)>,
    outage: Outage,
}

/// Where a topic's partitions are.
#[derive(Debug)]
pub struct Layout {
    /// The topic's configuration; none if there is no such topic.
    pub topic: Option<TopicSpec>,
    /// The leader of each partition.
    leaders: BTreeMap<u32, SpuId>,
    /// Name and address of each broker.
    brokers: HashMap<SpuId, (String, String)>,
}

impl Cluster {
    /// The cluster of a profile of Fluvio's configuration, by default the current one.
    ///
    /// # Errors
    ///
    /// When there is no such profile.
    pub fn of_profile(profile: Option<&str>, topic: &str) -> Result<Self, Error> {
        Self::of_config(cluster_config(profile)?, topic)
    }

    pub(crate) fn of_config(config: FluvioClusterConfig, topic: &str) -> Result<Self, Error> {
        let mut config = ClientConfig::try_from(config)
            .map_err(|e| Error::usage(format!("cannot use the profile's TLS: {e:#}")))?;
        config.set_client_id(CLIENT);
        Ok(Self {
            config,
            topic: topic.to_owned(),
            controller: Mutex::new(Controller {
                connection: None,
                said: None,
                outage: Outage::default(),
            }),
        })
    }

    /// What the controller says of the topic, or what it said no longer than `age` ago. If it can't
    /// be reached, what it said last.
    ///
    /// # Errors
    ///
    /// When the controller has never been reached.
    pub async fn layout(&self, age: Duration) -> Result<Arc<Layout>, Failure> {
        let mut controller = self.controller.lock().await;
        if let Some((at, layout)) = &controller.said
            && at.elapsed() < age
        {
            return Ok(layout.clone());
        }
        let asked = self.ask(&mut controller.connection).await;
        match (asked, &controller.said) {
            (Ok(layout), _) => {
                controller.outage.end("the controller answers again");
                let layout = Arc::new(layout);
                controller.said = Some((Instant::now(), layout.clone()));
                Ok(layout)
            }
            (Err(failure), Some((_, layout))) => {
                let layout = layout.clone();
                controller.connection = None;
                controller
                    .outage
                    .begin("the controller does not answer", &failure);
                // It is not asked again for everyone who looks for a leader meanwhile.
                controller.said = Some((Instant::now(), layout.clone()));
                Ok(layout)
            }
            (Err(failure), None) => {
                controller.connection = None;
                Err(failure)
            }
        }
    }

    async fn ask(&self, connection: &mut Option<Connection>) -> Result<Layout, Failure> {
        let controller = match connection {
            Some(open) if open.is_open() => open,
            _ => connection.insert(Connection::open(self.config.recreate()).await?),
        };
        let name = self.topic.as_str();
        let topics = controller.list::<TopicSpec>(PATIENCE, name).await?;
        let partitions = controller.list::<PartitionSpec>(PATIENCE, name).await?;
        let all = ListFilters::default();
        let brokers = controller.list::<SpuSpec>(PATIENCE, all).await?;
        // A filter also finds what has the name within its own.
        let topic = topics.into_iter().find(|topic| topic.name == name);
        let leaders = partitions.into_iter().filter_map(|partition| {
            let replica = ReplicaKey::try_from(partition.name).ok()?;
            (replica.topic == name).then_some((replica.partition, partition.spec.leader))
        });
        let brokers = brokers.into_iter().map(|broker| {
            let address = match &broker.spec.public_endpoint_local {
                Some(local) if self.config.use_spu_local_address() => {
                    format!("{}:{}", local.host, local.port)
                }
                _ => broker.spec.public_endpoint.addr(),
            };
            (broker.spec.id, (broker.name, address))
        });
        Ok(Layout {
            topic: topic.map(|topic| topic.spec),
            leaders: leaders.collect(),
            brokers: brokers.collect(),
        })
    }

    /// Connects to the leader of a partition.
    ///
    /// # Errors
    ///
    /// When there is none, or it can't be reached.
    pub async fn leader(
        &self,
        compression: &CompressionAlgorithm,
        partition: u32,
    ) -> Result<Leader, Failure> {
        let layout = self.layout(FRESH).await?;
        let leader = layout.leaders.get(&partition).ok_or(Failure::Unknown)?;
        let (name, address) = layout.brokers.get(leader).ok_or_else(|| {
            Failure::Connection(format!("the cluster does not know its leader {leader}"))
        })?;
        let mut config = self.config.with_prefix_sni_domain(name);
        config.set_addr(address.clone());
        let connection = Connection::open(config).await?;
        let replica = ReplicaKey::new(self.topic.clone(), partition);
        Ok(Leader::new(connection, replica, compression))
    }
}

impl Layout {
    /// Whether the topic has replicas beside its leaders.
    pub fn is_replicated(&self) -> bool {
        let topic = self.topic.as_ref();
        topic.is_some_and(|topic| topic.replicas().replication_factor().unwrap_or(1) > 1)
    }

    /// The partitions.
    pub fn partitions(&self) -> impl Iterator<Item = u32> {
        self.leaders.keys().copied()
    }
}

/// The configuration of a profile, by default the current one.
fn cluster_config(profile: Option<&str>) -> Result<FluvioClusterConfig, Error> {
    let file = ConfigFile::load(None).map_err(|error| {
        let why = match error {
            FluvioError::ClientConfig(ConfigError::ConfigFileError { msg, source }) => {
                format!("{}: {}", msg.trim_matches('"'), plain(&source))
            }
            FluvioError::ClientConfig(ConfigError::TomlError { msg, source }) => {
                format!("{msg}: {}", source.message())
            }
            other => other.to_string(),
        };
        Error::usage(format!("cannot read the profiles of Fluvio: {why}"))
    })?;
    let config = file.config();
    let name = profile
        .or(config.current_profile_name())
        .ok_or_else(|| Error::usage("Fluvio has no current profile; name one with --profile"))?;
    config.cluster_with_profile(name).cloned().ok_or_else(|| {
        let mut names: Vec<&str> = config.profile.keys().map(String::as_str).collect();
        names.sort_unstable();
        Error::usage(format!(
            "Fluvio has no profile `{name}`; it has `{}`",
            names.join("`, `")
        ))
    })
}
