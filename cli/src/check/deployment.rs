//! Deployments of the module: read from the files that fluvio takes, and checked.

use std::path::Path;

use fluvio_controlplane_metadata::topic::config::TopicConfig;
use fluvio_smartengine::transformation::TransformationConfig;
use sessionize_cluster::lookback::{DEFAULT_SEGMENT_SIZE, Lookback};
use sessionize_cluster::remark::Remark;
use sessionize_core::parameters::{Parameters, Restore};
use sessionize_pipeline::engine::{Module, Start};
use sessionize_pipeline::error::{Error, plain};

use crate::millis;

/// A module as it is to be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The file that describes it and the part of that file, for messages; none when the
    /// parameters come from the command line.
    pub name: Option<String>,
    /// Its parameters.
    pub parameters: Vec<(String, String)>,
    /// What it looks back at when it starts, if at all.
    pub(super) lookback: Option<Lookback>,
    /// Size of the partitions' segments in bytes, of a topic.
    pub(super) segment_size: Option<u64>,
}

impl Deployment {
    /// Parameters without a place that they are for.
    pub fn from_parameters(parameters: Vec<(String, String)>) -> Self {
        Self {
            name: None,
            parameters,
            lookback: None,
            segment_size: None,
        }
    }

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
                "{name}: topic {} has no transform; it belongs under \
                 `deduplication.filter.transform`",
                config.meta.name
            )));
        };
        let lookback = Lookback {
            count: deduplication.bounds.count,
            age: deduplication.bounds.age.map(millis),
        };
        let segment_size = config.retention.segment_size;
        let segment_size = segment_size.map_or(DEFAULT_SEGMENT_SIZE, |size| size.as_u64());
        // The broker adds these two.
        let mut parameters = vec![(String::from("count"), lookback.count.to_string())];
        parameters.extend(
            lookback
                .age
                .map(|age| (String::from("age"), age.to_string())),
        );
        parameters.extend(deduplication.filter.transform.with);
        Ok(Self {
            name: Some(format!("{name}: topic {}", config.meta.name)),
            parameters,
            lookback: Some(lookback),
            segment_size: Some(segment_size),
        })
    }

    /// The transforms of a consumer or a connector that are ours, from the file that
    /// `--transforms-file` takes: those whose module is called `sessionize`, in any group and
    /// version, or the only transform in the file.
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
                lookback: step.lookback.map(|lookback| Lookback {
                    count: lookback.last,
                    age: lookback.age.map(millis),
                }),
                segment_size: None,
            })
            .collect();
        if deployments.is_empty() {
            return Err(Error::usage(format!(
                "{name}: no transform uses sessionize"
            )));
        }
        Ok(deployments)
    }

    /// Starts the module with these parameters, and judges the look-back. `record_size` is the
    /// average size of a stored event with its session, in bytes.
    ///
    /// # Errors
    ///
    /// The module's own message when it refuses a parameter.
    pub fn check(&self, wasm: &[u8], record_size: u64) -> Result<Vec<Remark>, Error> {
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
        let mut remarks = match (self.lookback, &self.name) {
            (Some(lookback), _) => self.judge(lookback, &parameters, record_size),
            (None, Some(_)) => vec![Remark::Note(
                "no look-back: every stream and every restart begins without sessions".into(),
            )],
            // Nothing is known of the place that the parameters are for.
            (None, None) => return Ok(Vec::new()),
        };
        remarks.extend(self.restore_remark(parameters.restore));
        Ok(remarks)
    }

    /// What the parameter `restore` asks for where the module is to run.
    fn restore_remark(&self, restore: Restore) -> Option<Remark> {
        if restore != Restore::Off && self.segment_size.is_none() {
            return Some(Remark::Warning(
                "`restore` works in a topic's transform only; elsewhere nobody can tell the \
                 sessions, and with `require` every event is refused"
                    .into(),
            ));
        }
        Remark::on_restore(restore)
    }

    fn judge(&self, lookback: Lookback, parameters: &Parameters, record_size: u64) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut lookback = lookback;
        if self.segment_size.is_some() {
            remarks.extend(lookback.topic_age_remark());
            lookback.age = None;
        }
        remarks.extend(lookback.remarks(parameters, record_size));
        if let Some(segment_size) = self.segment_size {
            remarks.extend(lookback.segment_remarks(segment_size, record_size, "--record-size"));
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
        Some(error) => plain(error),
        None => error.to_string(),
    };
    Error::usage(format!("cannot read {name}: {cause}"))
}

#[cfg(test)]
mod tests;
