//! What a topic's configuration says of the module.

use std::collections::BTreeMap;

use fluvio_sc_schema::topic::{CompressionAlgorithm, TopicSpec};
use sessionize_core::parameters::{Parameters, Restore};
use sessionize_pipeline::error::Error;

use crate::cluster::Layout;
use crate::lookback::{DEFAULT_SEGMENT_SIZE, Lookback};
use crate::words::Millis;

/// A topic whose transform can be told its sessions.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// The parameters of its module.
    pub parameters: Parameters,
    /// How batches have to be compressed.
    pub compression: CompressionAlgorithm,
    /// What its transform calls the module.
    pub uses: String,
    /// What its module looks back at when it starts.
    pub lookback: Lookback,
    /// Size of its segments, in bytes.
    pub segment_size: u64,
    /// How long a segment is kept behind its last record, by the broker's clock, in ms.
    pub retention: Millis,
    /// The parameters as they are configured.
    with: BTreeMap<String, String>,
}

impl Topic {
    /// Reads the configuration of the topic of this name.
    ///
    /// # Errors
    ///
    /// When there is no such topic, and as for [`from_spec`](Self::from_spec).
    pub fn of_layout(name: &str, layout: &Layout) -> Result<Self, Error> {
        let spec = layout.topic.as_ref();
        let spec = spec.ok_or_else(|| Error::usage(format!("the cluster has no topic {name}")))?;
        Self::from_spec(name, spec)
    }

    /// Reads a topic's configuration.
    ///
    /// # Errors
    ///
    /// When the topic has no transform, or parameters that the module refuses.
    pub fn from_spec(name: &str, spec: &TopicSpec) -> Result<Self, Error> {
        let Some(deduplication) = spec.get_deduplication() else {
            return Err(Error::usage(format!(
                "topic {name} has no transform; it belongs under `deduplication.filter.transform` \
                 of its configuration"
            )));
        };
        let bounds = &deduplication.bounds;
        let storage = spec.get_storage();
        let segment_size = storage.and_then(|storage| storage.segment_size);
        let with = deduplication.filter.transform.with.iter();
        let pairs = with.map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters = Parameters::from_pairs(pairs)
            .map_err(|e| Error::usage(e.to_string()).at(&format!("topic {name}")))?;
        Ok(Self {
            name: name.to_owned(),
            parameters,
            compression: spec.get_compression_type().clone(),
            uses: deduplication.filter.transform.uses.clone(),
            lookback: Lookback {
                count: bounds.count,
                age: bounds.age.map(|age| age.as_millis() as Millis),
            },
            segment_size: segment_size.map_or(DEFAULT_SEGMENT_SIZE, u64::from),
            retention: Millis::from(spec.retention_secs()) * 1000,
            with: deduplication.filter.transform.with.clone(),
        })
    }

    /// Whether the topic is configured as it was: one that was deleted and created again may not
    /// be.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.with, &self.compression) == (&other.with, &other.compression)
    }

    /// Refuses a topic whose module would take marks for events.
    ///
    /// # Errors
    ///
    /// When the topic's parameter `restore` is `off`.
    pub fn check_restore(&self) -> Result<(), Error> {
        if self.parameters.restore == Restore::Off {
            return Err(Error::usage(format!(
                "topic {}: parameter `restore` is `off`, but must be `accept` or `require`",
                self.name
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use fluvio_sc_schema::topic::{Bounds, Deduplication, Filter, Transform};

    use super::*;

    pub(crate) fn spec(pairs: &[(&str, &str)]) -> TopicSpec {
        let mut spec = TopicSpec::default();
        let with = pairs
            .iter()
            .map(|&(name, value)| (name.into(), value.into()));
        spec.set_deduplication(Some(Deduplication {
            bounds: Bounds {
                count: 1,
                age: None,
            },
            filter: Filter {
                transform: Transform {
                    uses: "sessionize/sessionize@0.1.0".into(),
                    with: with.collect(),
                },
            },
        }));
        spec
    }

    #[test]
    fn the_parameters_are_those_of_the_transform() {
        let spec = spec(&[("gap", "15m"), ("restore", "require")]);
        let topic = Topic::from_spec("sessions", &spec).unwrap();
        assert_eq!(topic.parameters.rule.gap, 15 * 60_000);
        assert_eq!(topic.parameters.restore, Restore::Require);
        topic.check_restore().unwrap();
    }

    #[test]
    fn bounds_and_sizes_are_those_of_the_topic() {
        use fluvio_sc_schema::topic::{CleanupPolicy, SegmentBasedPolicy, TopicStorageConfig};
        let mut spec = spec(&[]);
        let topic = Topic::from_spec("sessions", &spec).unwrap();
        assert_eq!(
            (topic.segment_size, topic.retention),
            (1 << 30, 7 * 86_400_000)
        );
        assert_eq!(
            topic.lookback,
            Lookback {
                count: 1,
                age: None
            }
        );
        spec.set_storage(TopicStorageConfig {
            segment_size: Some(10_000_000),
            max_partition_size: None,
        });
        let time_in_seconds = 3600;
        spec.set_cleanup_policy(CleanupPolicy::Segment(SegmentBasedPolicy {
            time_in_seconds,
        }));
        let topic = Topic::from_spec("sessions", &spec).unwrap();
        assert_eq!(
            (topic.segment_size, topic.retention),
            (10_000_000, 3_600_000)
        );
        assert_eq!(topic.uses, "sessionize/sessionize@0.1.0");
    }

    #[test]
    fn topics_that_cannot_be_restored_are_refused() {
        let rows = [
            (
                TopicSpec::default(),
                "topic sessions has no transform; it belongs under `deduplication.filter.transform` of its configuration",
            ),
            (
                spec(&[("gap", "soon")]),
                "topic sessions: parameter `gap` is `soon`, but must be a duration such as `30m`, in whole milliseconds, from 1ms to 3650d",
            ),
            (
                spec(&[]),
                "topic sessions: parameter `restore` is `off`, but must be `accept` or `require`",
            ),
        ];
        for (spec, message) in rows {
            let checked = Topic::from_spec("sessions", &spec).and_then(|t| t.check_restore());
            assert_eq!(checked.unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn another_configuration_is_another_topic() {
        let topic = |pairs: &[(&str, &str)]| Topic::from_spec("sessions", &spec(pairs)).unwrap();
        let one = topic(&[("restore", "accept")]);
        assert!(one.is_same(&topic(&[("restore", "accept")])));
        assert!(!one.is_same(&topic(&[("restore", "require")])));
    }
}
