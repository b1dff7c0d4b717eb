//! A look at a sessionized topic: how its traffic is, what a crash of the broker would do, and what
//! to set.
//!
//! ```text
//! partition ──▶ examination ──▶ figures ──▶ report ──▶ diagnosis ──▶ findings
//!               reads its tail   counts      numbers    what they mean, what to set
//! ```
//!
//! It writes nothing. Where the module can be told its sessions, it asks whether it was, as a
//! watcher does: with a record that the module drops.

mod diagnosis;
mod examination;
mod figures;
mod finding;
mod rates;
mod report;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use indicatif::{HumanCount, ProgressBar};
use sessionize_pipeline::error::Error;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::guard::Pace;
use crate::leaders::TopicLeaders;
use crate::partition::Leaders;
use crate::restore::{first_layout, run_until};
use crate::telling::CHUNKS;
use crate::topic::Topic;
use crate::words::Millis;
use diagnosis::Case;
use examination::Examination;

pub use finding::{Finding, Level};
pub use report::{Crash, DoctorReport, FailedPartition, HeavyKey, PartitionReport, ReadUntil};

/// Which topic to look at, and how.
#[derive(Clone, Debug)]
pub struct DoctorOptions {
    /// Profile of Fluvio's configuration; by default the current one.
    pub profile: Option<String>,
    /// The topic.
    pub topic: String,
    /// How far to read each partition back, in ms of event time; by default `ttl` + `lateness`.
    pub within: Option<Millis>,
    /// Most bytes to read of each partition.
    pub limit: u64,
    /// How long to try again after a failure.
    pub timeout: Duration,
}

/// How far it has come.
#[derive(Default)]
struct Progress {
    partitions: AtomicU64,
    done: AtomicU64,
    read: AtomicU64,
}

/// Looks at a topic.
///
/// # Errors
///
/// When the cluster can't be reached, or when there is no such topic with the module.
pub fn doctor(
    options: &DoctorOptions,
    bar: &ProgressBar,
    stop: &AtomicBool,
) -> Result<DoctorReport, Error> {
    let cluster = Cluster::of_profile(options.profile.as_deref(), &options.topic)?;
    let progress = Progress::default();
    let work = look(options, Arc::new(cluster), &progress);
    let ended = run_until(work, stop, || progress.show(bar));
    bar.finish_and_clear();
    ended.unwrap_or_else(|| {
        Ok(DoctorReport {
            stopped: true,
            ..DoctorReport::default()
        })
    })
}

async fn look(
    options: &DoctorOptions,
    cluster: Arc<Cluster>,
    progress: &Progress,
) -> Result<DoctorReport, Error> {
    let layout = first_layout(&cluster, Some(options.timeout)).await?;
    let topic = Topic::of_layout(&options.topic, &layout)?;
    let examination = Examination {
        topic: &topic,
        within: within(options, &topic)?,
        limit: options.limit,
        chunks: CHUNKS,
        read: &progress.read,
    };
    let leaders = TopicLeaders::new(cluster, topic.clone());
    let mut report = DoctorReport {
        topic: topic.name.clone(),
        within: examination.within as f64 / 1000.0,
        ..DoctorReport::default()
    };
    let partitions: Vec<u32> = layout.partitions().collect();
    let count = partitions.len() as u64;
    progress.partitions.store(count, Ordering::Relaxed);
    // One after the other, so that the visitors of only one of them are held.
    for index in partitions {
        match examined(&examination, &leaders, index, options.timeout).await {
            Ok(partition) => report.partitions.push(partition),
            Err(failure) => report.failed.push(FailedPartition::new(index, &failure)),
        }
        progress.done.fetch_add(1, Ordering::Relaxed);
    }
    check_module(&topic, &report.partitions)?;
    report.crash = worst_crash(&report);
    report.findings = diagnosis::findings(&Case {
        topic: &topic,
        partitions: &report.partitions,
    });
    Ok(report)
}

/// Looks at a partition, and tries again if that fails, for as long as `patience` lasts.
async fn examined<L: Leaders>(
    examination: &Examination<'_>,
    leaders: &L,
    index: u32,
    patience: Duration,
) -> Result<PartitionReport, Failure> {
    let began = Instant::now();
    loop {
        let examined = match leaders.connect(index).await {
            Ok(mut partition) => examination.examine(index, &mut partition).await,
            Err(failure) => Err(failure),
        };
        match examined {
            Err(_) if began.elapsed() < patience => sleep(Pace::CLUSTER.retry).await,
            ended => return ended,
        }
    }
}

/// How far to read back.
fn within(options: &DoctorOptions, topic: &Topic) -> Result<Millis, Error> {
    let parameters = &topic.parameters;
    let least = parameters.rule.gap.saturating_add(parameters.lateness);
    match options.within {
        None => Ok(parameters.rule.ttl.saturating_add(parameters.lateness)),
        Some(within) if within >= least => Ok(within),
        Some(_) => Err(Error::usage(format!(
            "--within must be at least `gap` + `lateness` of the topic's module, which is {} s: \
             sessions that a crash may split go back that far",
            least as f64 / 1000.0
        ))),
    }
}

/// What a crash would do where it is worst. Of a partition that could not be read, nobody knows.
fn worst_crash(report: &DoctorReport) -> Crash {
    let is_known = report.failed.is_empty() && !report.partitions.is_empty();
    let least = if is_known {
        Crash::Exact
    } else {
        Crash::Unknown
    };
    let crashes = report.partitions.iter().map(|part| part.crash);
    crashes.fold(least, Crash::max)
}

/// Refuses a topic that has records, and none of the module's.
fn check_module(topic: &Topic, partitions: &[PartitionReport]) -> Result<(), Error> {
    let records: u64 = partitions.iter().map(|part| part.records).sum();
    if records == 0
        || partitions
            .iter()
            .any(|part| part.strange < 1.0 && part.records > 0)
    {
        return Ok(());
    }
    Err(Error::usage(format!(
        "topic {}: none of the {records} records that were read tells of a session; its transform \
         is `{}`, which is another module or has stored them with other parameters",
        topic.name, topic.uses
    )))
}

impl Progress {
    fn show(&self, bar: &ProgressBar) {
        bar.set_message(format!(
            "{} of {} partitions, {} records read",
            self.done.load(Ordering::Relaxed),
            self.partitions.load(Ordering::Relaxed),
            HumanCount(self.read.load(Ordering::Relaxed)),
        ));
        bar.tick();
    }
}

#[cfg(test)]
mod tests;
