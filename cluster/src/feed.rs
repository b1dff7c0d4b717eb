//! Feeding a sessionized topic: in order of time, nothing lost, nothing doubled.
//!
//! ```text
//! source ──▶ event ──▶ clock ──▶ hold ──▶ lane ──▶ partition of the topic
//! a partition   its key,   its      until    the batch
//! or a file     its stamp  time     its turn    │
//!     ▲                                         ▼
//!     └──────────────── ledger ◀────────── acknowledged
//!                  what is delivered
//! ```
//!
//! All of it is a flow, which does no I/O, and a driver around it. After any failure the driver
//! drops the flow, reads the tails of the topic's partitions, and resumes with what they tell.

mod clock;
pub(crate) mod driver;
mod event;
mod figures;
mod file_source;
mod files;
mod flow;
mod followed_file;
mod hold;
mod lane;
mod ledger;
mod partitioner;
mod plan;
mod resume;
pub(crate) mod source;
mod stamp;
mod topic;
pub(crate) mod topic_source;

#[cfg(test)]
mod simulation;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use fluvio_future::task::run_block_on;
use indicatif::{HumanCount, ProgressBar};
use sessionize_core::parameters::{Format, OnInvalid, Parameters};
use sessionize_pipeline::error::Error;

use crate::cluster::{Cluster, Layout};
use crate::leaders::TopicLeaders;
use crate::restore::{first_layout, run_until};
use crate::telling::CHUNKS;
use crate::topic::Topic;
use driver::{Driver, Sources, Target};
use files::Files;
use flow::Bounds;
use followed_file::FollowPace;
use plan::{Pace, Plan};
use stamp::Stamps;
use topic::{RawLeaders, RawTopic};

pub use figures::{FeedFigures, KeyLabel, PartitionLabel, SourceLabel};
pub use plan::FeedReport;
pub use source::Start;

/// What to feed, and how.
#[derive(Clone, Debug)]
pub struct FeedOptions {
    /// Profile of Fluvio's configuration; by default the current one.
    pub profile: Option<String>,
    /// The sessionized topic.
    pub to: String,
    /// Where events come from.
    pub from: FeedOrigin,
    /// Whether each event gets a stamp.
    pub is_stamped: bool,
    /// Who feeds, if files are fed.
    pub name: String,
    /// Where to begin if nothing was fed before.
    pub start: Start,
    /// How long a source must be silent before nobody waits for it.
    pub idle: Duration,
    /// Whether to end once all that is there is delivered. Files that are not followed end anyway.
    pub is_once: bool,
    /// Bytes of events from the first one that is not delivered to the last one that was read.
    pub window: usize,
    /// Bytes of a batch.
    pub batch: usize,
}

/// Where events come from.
#[derive(Clone, Debug)]
pub enum FeedOrigin {
    /// A raw topic.
    Topic {
        /// Its name.
        name: String,
        /// Only these partitions; all if there are none.
        partitions: Vec<u32>,
    },
    /// Files.
    Files {
        /// Their paths; `-` for the standard input.
        paths: Vec<PathBuf>,
        /// Whether to go on with what is added to them.
        follow: bool,
    },
}

/// Feeds a sessionized topic, until its sources have ended or it is stopped.
///
/// # Errors
///
/// When the topic can't be fed, or a source can't be read.
pub fn feed(
    options: &FeedOptions,
    figures: &FeedFigures,
    stop: &AtomicBool,
    bar: &ProgressBar,
) -> Result<FeedReport, Error> {
    if let FeedOrigin::Topic { name, .. } = &options.from
        && *name == options.to
    {
        return Err(Error::usage(format!(
            "topic {name} cannot be fed from itself"
        )));
    }
    let profile = options.profile.as_deref();
    let cluster = Cluster::of_profile(profile, &options.to)?;
    let Some(layout) = run_until(first_layout(&cluster, None), stop, || {}) else {
        return Ok(stopped());
    };
    let layout = layout?;
    let topic = Topic::of_layout(&options.to, &layout)?;
    let parameters = topic.parameters.clone();
    check(&options.to, &parameters)?;
    // With replicas, a batch is stored only once they have it.
    let target = TopicLeaders::new(Arc::new(cluster), topic);
    let target = Arc::new(target.acknowledged_by_all(layout.is_replicated()));
    let mut plan = Plan {
        feeder: options.name.clone(),
        topic: options.to.clone(),
        parameters,
        is_stamped: options.is_stamped,
        is_alone: false,
        bounds: Bounds {
            window: options.window,
            batch: options.batch,
        },
        start: options.start,
        idle: options.idle,
        pace: Pace::CLUSTER,
        chunks: CHUNKS,
    };
    match &options.from {
        FeedOrigin::Files { paths, follow } => {
            let files = match follow {
                true => Files::followed(paths, FollowPace::USUAL)?,
                false => Files::once(paths, options.window)?,
            };
            drive(&plan, &files, target, figures, stop, bar)
        }
        FeedOrigin::Topic { name, partitions } => {
            let cluster = Cluster::of_profile(profile, name)?;
            let Some(layout) = run_until(first_layout(&cluster, None), stop, || {}) else {
                return Ok(stopped());
            };
            check_partitions(name, partitions, &*layout?)?;
            plan.feeder = feeder(name, partitions);
            plan.is_alone = partitions.is_empty();
            let raw = RawTopic {
                leaders: Arc::new(RawLeaders(cluster)),
                name: name.clone(),
                partitions: partitions.clone(),
                is_once: options.is_once,
            };
            drive(&plan, &raw, target, figures, stop, bar)
        }
    }
}

fn stopped() -> FeedReport {
    FeedReport {
        stopped: true,
        ..FeedReport::default()
    }
}

fn drive<O: Sources, T: Target>(
    plan: &Plan,
    sources: &O,
    target: Arc<T>,
    figures: &FeedFigures,
    stop: &AtomicBool,
    bar: &ProgressBar,
) -> Result<FeedReport, Error>
where
    T::Partition: 'static,
{
    let driver = Driver::new(plan, sources, target, figures, stop, bar);
    let report = run_block_on(driver.run());
    bar.finish_and_clear();
    report
}

/// The name of a feeder of these partitions of a topic.
fn feeder(topic: &str, partitions: &[u32]) -> String {
    if partitions.is_empty() {
        return topic.to_owned();
    }
    let numbers: Vec<String> = partitions.iter().map(u32::to_string).collect();
    format!("{topic}:{}", numbers.join(","))
}

fn check_partitions(name: &str, partitions: &[u32], layout: &Layout) -> Result<(), Error> {
    if layout.topic.is_none() {
        return Err(Error::usage(format!("the cluster has no topic {name}")));
    }
    let unknown = |partition: &&u32| !layout.partitions().any(|there| there == **partition);
    match partitions.iter().find(unknown) {
        Some(partition) => Err(Error::usage(format!(
            "--partitions: topic {name} has no partition {partition}"
        ))),
        None => Ok(()),
    }
}

/// Refuses a topic whose module can't be fed.
fn check(topic: &str, parameters: &Parameters) -> Result<(), Error> {
    let refused = |why: &str| Err(Error::usage(format!("topic {topic}: {why}")));
    // One such record would be refused for ever, and all that comes behind it would wait.
    if parameters.on_invalid == OnInvalid::Fail {
        return refused("parameter `invalid` is `fail`, but must be `tag` or `drop` to be fed");
    }
    if let Some(Format::Line(format)) = parameters.format {
        return refused(&format!(
            "parameter `format` is `{}`, but must be `auto` or `json` to be fed: lines are \
             sent as JSON objects",
            format.name()
        ));
    }
    let stamps = Stamps::new(parameters).check(parameters);
    stamps.map_err(|e| e.at(&format!("topic {topic}")))
}

/// Shows how far it has come.
fn show(bar: &ProgressBar, figures: &FeedFigures, stored: u64, per_second: f64, behind: u64) {
    bar.set_message(format!(
        "{} events, {} a second, {} behind, {} held back, {} late",
        HumanCount(stored),
        HumanCount(per_second as u64),
        HumanCount(behind),
        HumanCount(figures.held.get().unsigned_abs()),
        HumanCount(figures.late.get()),
    ));
    bar.tick();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_cannot_be_fed_are_refused() {
        let rows = [
            (
                ("invalid", "fail"),
                "topic sessions: parameter `invalid` is `fail`, but must be `tag` or `drop` to be fed",
            ),
            (
                ("format", "elb"),
                "topic sessions: parameter `format` is `elb`, but must be `auto` or `json` to be fed: lines are sent as JSON objects",
            ),
            (
                ("key", "session_source"),
                "topic sessions: parameter `key` is `session_source`, but must not name a member that feed writes",
            ),
        ];
        for (pair, message) in rows {
            let parameters = Parameters::from_pairs([pair]).unwrap();
            let checked = check("sessions", &parameters);
            assert_eq!(checked.unwrap_err().to_string(), message);
        }
        check("sessions", &Parameters::default()).unwrap();
    }

    #[test]
    fn siblings_have_names_of_their_own() {
        assert_eq!(feeder("weblog", &[]), "weblog");
        assert_eq!(feeder("weblog", &[0, 2]), "weblog:0,2");
    }
}
