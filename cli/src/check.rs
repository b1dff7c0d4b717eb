//! Whether the module will start where it is to be deployed.
//!
//! A broker hides why it doesn't: a topic whose module refuses a parameter has no leader, and producers are told no more than that.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use fluvio_controlplane_metadata::topic::config::TopicConfig;
use fluvio_smartengine::transformation::TransformationConfig;
use sessionize_core::parameters::Parameters;

use sessionize_pipeline::engine::{BROKER_MEMORY, Module, Start};
use sessionize_pipeline::error::Error;

/// What a record that is looked back at takes in the module's memory, in bytes: the record itself, a web event with its
/// session, and the state of its visitor.
const BYTES_PER_RECORD: u64 = 600;

/// What a stored event with its session takes, in bytes, reckoned for the share of restarts that look back past a segment.
const STORED_BYTES_PER_RECORD: u64 = 520;

/// The size of a partition's segments that a topic has unless it says otherwise, in bytes: 1 GiB.
const DEFAULT_SEGMENT: u64 = 1 << 30;

/// The largest size of a segment, in bytes. Fluvio keeps it, and adds up what is in the segment, in 32 bits: up to here a batch
/// still fits in without an overflow.
const LARGEST_SEGMENT: u64 = 4_000_000_000;

/// A module as it is to be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The file and the part of it that describe it, for messages; none when it comes from the command line.
    pub name: Option<String>,
    /// Its parameters.
    pub parameters: Vec<(String, String)>,
    /// What it looks back at.
    pub bounds: Option<Bounds>,
    /// Size of the partitions' segments in bytes, of a topic.
    pub segment: Option<u64>,
}

/// What a module looks back at when it starts: the last records of its partition, as far as they are not too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many; 0 for no bound.
    pub count: u64,
    /// How old they may be, by the broker's clock, in ms.
    pub age: Option<i64>,
}

/// Something to know about bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The bounds do what they are for, if traffic is as said.
    Note(String),
    /// They don't.
    Warning(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(text) => write!(f, "note: {text}"),
            Self::Warning(text) => write!(f, "warning: {text}"),
        }
    }
}

impl Deployment {
    /// The transform of a topic, from the file that `fluvio topic create --config` takes.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or isn't a topic with a transform.
    pub fn from_topic(file: &Path) -> Result<Self, Error> {
        let name = file.display().to_string();
        let config = TopicConfig::from_file(file).map_err(|e| unreadable(&name, &e))?;
        let Some(deduplication) = config.deduplication else {
            return Err(Error::usage(format!(
                "{name}: topic {} has no transform; it belongs under `deduplication.filter.transform`",
                config.meta.name
            )));
        };
        let bounds = Bounds {
            count: deduplication.bounds.count,
            age: deduplication.bounds.age.map(millis),
        };
        let segment = config.retention.segment_size;
        let segment = segment.map_or(DEFAULT_SEGMENT, |size| size.as_u64());
        // The broker adds these two.
        let mut parameters = vec![(String::from("count"), bounds.count.to_string())];
        parameters.extend(bounds.age.map(|age| (String::from("age"), age.to_string())));
        parameters.extend(deduplication.filter.transform.with);
        Ok(Self {
            name: Some(format!("{name}: topic {}", config.meta.name)),
            parameters,
            bounds: Some(bounds),
            segment: Some(segment),
        })
    }

    /// The transforms of a consumer or a connector that are ours, from the file that `--transforms-file` takes: those whose
    /// module is called `sessionize`, in any group and version, or the only one there is.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or has no such transform.
    pub fn from_transforms(file: &Path) -> Result<Vec<Self>, Error> {
        let name = file.display().to_string();
        let config = TransformationConfig::from_file(file).map_err(|e| unreadable(&name, &e))?;
        let is_only = config.transforms.len() == 1;
        let deployments: Vec<Self> = config
            .transforms
            .into_iter()
            .enumerate()
            .filter(|(_, step)| is_only || is_ours(&step.uses))
            .map(|(number, step)| Self {
                name: Some(format!("{name}: transform {}, {}", number + 1, step.uses)),
                parameters: step
                    .with
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect(),
                bounds: step.lookback.map(|lookback| Bounds {
                    count: lookback.last,
                    age: lookback.age.map(millis),
                }),
                segment: None,
            })
            .collect();
        if deployments.is_empty() {
            return Err(Error::usage(format!(
                "{name}: no transform uses sessionize"
            )));
        }
        Ok(deployments)
    }

    /// Starts the module with these parameters, and looks at the bounds.
    ///
    /// # Errors
    ///
    /// The module's own message when it refuses a parameter.
    pub fn check(&self, wasm: &[u8]) -> Result<Vec<Remark>, Error> {
        let start = Start {
            parameters: self.parameters.clone(),
            ..Start::default()
        };
        let located = |error: Error| match &self.name {
            Some(name) => error.at(name),
            None => error,
        };
        Module::start(wasm, &start).map_err(located)?;
        let pairs = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters =
            Parameters::from_pairs(pairs).map_err(|e| located(Error::usage(e.to_string())))?;
        // The broker adds a topic's age to the parameters, and nobody else's.
        let is_topics_age = self.parameters.iter().any(|(name, _)| name == "age");
        let mut remarks = match (self.bounds, &self.name) {
            (Some(bounds), _) if is_topics_age => {
                let mut remarks = vec![Remark::Warning(
                    "a topic's look-back with an age finds nothing, since what its transform stores has no append time; leave \
                     `age` out: sessions are split at every restart"
                        .into(),
                )];
                let without = Bounds {
                    age: None,
                    ..bounds
                };
                remarks.extend(without.remarks(&parameters));
                remarks
            }
            (Some(bounds), _) => bounds.remarks(&parameters),
            (None, Some(_)) => vec![Remark::Note(
                "no look-back: every stream and every restart begins without sessions".into(),
            )],
            // Parameters alone say nothing of the place they are for.
            (None, None) => Vec::new(),
        };
        if let (Some(bounds), Some(segment)) = (self.bounds, self.segment) {
            remarks.extend(bounds.segment_remarks(segment));
        }
        Ok(remarks)
    }
}

impl Bounds {
    /// What there is to know about these bounds with these parameters.
    fn remarks(self, parameters: &Parameters) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let live = parameters.rule.gap.saturating_add(parameters.lateness);
        if let Some(age) = self.age {
            if age < live {
                remarks.push(Remark::Warning(format!(
                    "look-back age {} is shorter than gap + lateness, {}: sessions may be split after a restart",
                    text(age),
                    text(live)
                )));
            } else {
                let remembered = parameters.rule.ttl.saturating_add(parameters.lateness);
                if age < remembered {
                    remarks.push(Remark::Note(format!(
                        "look-back age {} is shorter than ttl + lateness, {}: after a restart, a visitor who was away for longer \
                         than the age has a `first` session rather than one by `gap` that names the previous one",
                        text(age),
                        text(remembered)
                    )));
                }
            }
        }
        let fitting = BROKER_MEMORY as u64 / BYTES_PER_RECORD;
        if self.count > fitting {
            remarks.push(Remark::Warning(format!(
                "look-back count {} needs about {} MB of the module's memory, which is limited to {} MB; {fitting} records \
                 of {BYTES_PER_RECORD} bytes fit",
                self.count,
                self.count.saturating_mul(BYTES_PER_RECORD) / 1_000_000,
                BROKER_MEMORY / 1_000_000,
            )));
        }
        if self.count == 0 {
            remarks.push(Remark::Note(format!(
                "look-back has no count: all records of its age have to fit into the module's memory, about {fitting}"
            )));
        } else {
            let rate = u128::from(self.count) * 10_000 / u128::from(live.max(1).unsigned_abs());
            remarks.push(Remark::Note(format!(
                "look-back count {} covers gap + lateness, {}, up to {}.{} events/s in a partition",
                self.count,
                text(live),
                rate / 10,
                rate % 10
            )));
        }
        remarks
    }

    /// What there is to know about looking back in segments of so many bytes: nothing is read behind the end of the one in which
    /// the first record is.
    fn segment_remarks(self, segment: u64) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if segment > LARGEST_SEGMENT {
            remarks.push(Remark::Warning(format!(
                "segment-size {segment} is more than Fluvio can count in 32 bits; the largest that is safe is {LARGEST_SEGMENT}, \
                 as `segment-size: 4 GB`"
            )));
            return remarks;
        }
        if segment < LARGEST_SEGMENT {
            remarks.push(Remark::Warning(format!(
                "segment-size {segment} is not the largest, {LARGEST_SEGMENT}, as `segment-size: 4 GB` under `retention`: look-back \
                 ends with the segment in which it begins, and more restarts than need be restore an old state"
            )));
        }
        if self.count > 0 {
            let looked_back = u128::from(self.count) * u128::from(STORED_BYTES_PER_RECORD);
            let thousandths = (looked_back * 1000 / u128::from(segment.max(1))).min(1000);
            remarks.push(Remark::Note(format!(
                "about {}.{} % of restarts restore an old state, once a partition has filled a segment: look-back count {} × \
                 {STORED_BYTES_PER_RECORD} bytes a record ÷ segment-size {segment}",
                thousandths / 10,
                thousandths % 10,
                self.count
            )));
        }
        remarks
    }
}

/// Whether `group/sessionize@version`, or a part of it, names our module.
fn is_ours(uses: &str) -> bool {
    let name = uses.rsplit('/').next().unwrap_or(uses);
    name.split('@').next() == Some("sessionize")
}

fn unreadable(name: &str, error: &anyhow::Error) -> Error {
    let cause = match error.downcast_ref::<std::io::Error>() {
        Some(error) => sessionize_pipeline::error::plain(error),
        None => error.to_string(),
    };
    Error::usage(format!("cannot read {name}: {cause}"))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn text(ms: i64) -> String {
    humantime::format_duration(Duration::from_millis(ms.max(0).unsigned_abs())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    fn remarks(count: u64, age: Option<i64>) -> Vec<String> {
        let bounds = Bounds { count, age };
        let remarks = bounds.remarks(&Parameters::default());
        remarks.iter().map(Remark::to_string).collect()
    }

    #[test]
    fn bounds_that_cover_the_gap_or_not() {
        const MINUTE: i64 = 60_000;
        let covers = "note: look-back count 1000000 covers gap + lateness, 31m, up to 537.6 events/s in a partition";
        assert_eq!(remarks(1_000_000, None), [covers]);
        assert_eq!(remarks(1_000_000, Some(13 * 60 * MINUTE)), [covers]);
        assert_eq!(
            remarks(1_000_000, Some(31 * MINUTE)),
            [
                "note: look-back age 31m is shorter than ttl + lateness, 12h 1m: after a restart, a visitor who was away \
                 for longer than the age has a `first` session rather than one by `gap` that names the previous one",
                covers
            ]
        );
        assert_eq!(
            remarks(1_000_000, Some(31 * MINUTE - 1))[0],
            "warning: look-back age 30m 59s 999ms is shorter than gap + lateness, 31m: sessions may be split after a \
             restart"
        );
        assert_eq!(
            remarks(2_000_000, None)[0],
            "warning: look-back count 2000000 needs about 1200 MB of the module's memory, which is limited to 1073 MB; \
             1789569 records of 600 bytes fit"
        );
        assert_eq!(
            remarks(0, Some(13 * 60 * MINUTE)),
            [
                "note: look-back has no count: all records of its age have to fit into the module's memory, about 1789569"
            ]
        );
    }

    #[test]
    fn restarts_that_restore_an_old_state() {
        let remarks = |count, segment| {
            let remarks = Bounds { count, age: None }.segment_remarks(segment);
            remarks.iter().map(Remark::to_string).collect::<Vec<_>>()
        };
        let share = |share, count, segment: u64| {
            format!(
                "note: about {share} % of restarts restore an old state, once a partition has filled a segment: look-back count \
                 {count} × 520 bytes a record ÷ segment-size {segment}"
            )
        };
        assert_eq!(
            remarks(500_000, LARGEST_SEGMENT),
            [share("6.5", 500_000, LARGEST_SEGMENT)]
        );
        let warning = "warning: segment-size 1073741824 is not the largest, 4000000000, as `segment-size: 4 GB` under \
                       `retention`: look-back ends with the segment in which it begins, and more restarts than need be restore \
                       an old state";
        assert_eq!(
            remarks(500_000, DEFAULT_SEGMENT),
            [warning.into(), share("24.2", 500_000, DEFAULT_SEGMENT)]
        );
        assert_eq!(
            remarks(100_000, 10_000_000)[1],
            share("100.0", 100_000, 10_000_000)
        );
        assert_eq!(
            remarks(1, 5_000_000_000),
            [
                "warning: segment-size 5000000000 is more than Fluvio can count in 32 bits; the largest that is safe is 4000000000, \
                 as `segment-size: 4 GB`"
            ]
        );
    }

    #[test]
    fn a_topic_as_the_broker_reads_it() {
        let file = file(
            "meta:\n  name: sessions\nretention:\n  segment-size: 4 GB\ndeduplication:\n  bounds:\n    count: 10\n    age: 1h\n  filter:\n    transform:\n      \
             uses: g/sessionize@0.1.0\n      with:\n        gap: \"15m\"\n",
        );
        let deployment = Deployment::from_topic(file.path()).unwrap();
        assert_eq!(
            deployment.name,
            Some(format!("{}: topic sessions", file.path().display()))
        );
        let parameters = [("count", "10"), ("age", "3600000"), ("gap", "15m")];
        assert_eq!(
            deployment.parameters,
            parameters.map(|(n, v)| (n.into(), v.into()))
        );
        let age = Some(3_600_000);
        assert_eq!(deployment.bounds, Some(Bounds { count: 10, age }));
        assert_eq!(deployment.segment, Some(LARGEST_SEGMENT));
    }

    #[test]
    fn transforms_that_are_ours() {
        let file = file(
            "transforms:\n  - uses: infinyon/jolt@0.4.1\n    with:\n      spec: \"[]\"\n  - uses: g/sessionize@0.1.0\n    \
             lookback:\n      last: 5\n    with:\n      gap: \"15m\"\n  - uses: sessionize\n",
        );
        let deployments = Deployment::from_transforms(file.path()).unwrap();
        assert_eq!(deployments.len(), 2);
        assert_eq!(deployments[0].parameters, [("gap".into(), "15m".into())]);
        assert_eq!(
            deployments[0].bounds,
            Some(Bounds {
                count: 5,
                age: None
            })
        );
        assert_eq!(deployments[1].bounds, None);
    }

    #[test]
    fn files_that_are_something_else() {
        let rows = [
            (
                "topic",
                "meta:\n  name: a\n",
                "topic a has no transform; it belongs under `deduplication.filter.transform`",
            ),
            (
                "topic",
                "meta:\n  name: a\ndeduplication:\n  bounds:\n    count: 0\n",
                "deduplication.bounds: count must be non-zero at line 5 column 5",
            ),
            (
                "transforms",
                "transforms: []\n",
                "no transform uses sessionize",
            ),
        ];
        for (kind, content, expected) in rows {
            let file = file(content);
            let result = match kind {
                "topic" => Deployment::from_topic(file.path()).map(|_| ()),
                _ => Deployment::from_transforms(file.path()).map(|_| ()),
            };
            let error = result.unwrap_err();
            assert!(error.to_string().ends_with(expected), "{error}");
            assert_eq!(error.exit_code(), 2);
        }
    }
}
