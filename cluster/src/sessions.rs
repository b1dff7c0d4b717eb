//! Writing the sessions of a topic, for ever: to a folder of Parquet files, or to another topic.
//!
//! ```text
//! partition ──▶ log reader ──▶ rows ──▶ folder: files by day, and a note of the place
//! of the topic  (answers)       │
//!     ▲                         └─────▶ topic: records with the place as a stamp
//!     └──────────── place ◀──────────── what is stored tells it
//! ```
//!
//! The rows and their order follow from the log alone. So whoever knows the place behind what is
//! stored goes on exactly there, whatever died before; see
//! [`Place`](sessionize_answers::log::Place).

mod figures;
mod folder_sink;
mod lane;
mod leaders;
mod plan;
mod stamp;
mod topic_sink;
mod writing;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_sc_schema::topic::CompressionAlgorithm;
use indicatif::ProgressBar;
use sessionize_answers::log::{LogEvents, LogSessions};
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::Error;

use crate::cluster::{Cluster, Layout};
use crate::restore::{first_layout, run_until};
use crate::topic::Topic;
use leaders::PlainLeaders;
use writing::{Source, Writing};

pub use figures::SessionsFigures;

/// What to write, and where.
#[derive(Clone, Debug)]
pub struct SessionsOptions {
    /// Profile of Fluvio's configuration; by default the current one.
    pub profile: Option<String>,
    /// The sessionized topic.
    pub from: String,
    /// Where rows go.
    pub to: SessionsTarget,
    /// The parameters with which the events were sessionized, if the topic does not have them.
    pub parameters: Vec<(String, String)>,
    /// Whether to end once all that the topic has is read.
    pub is_once: bool,
}

/// Where rows go.
#[derive(Clone, Debug)]
pub enum SessionsTarget {
    /// A folder of Parquet files, by day.
    Folder {
        /// Its path.
        path: PathBuf,
        /// Whether the rows are those of events rather than of sessions.
        is_of_events: bool,
        /// How long rows wait for others at most, before they become a file.
        every: Duration,
    },
    /// A topic.
    Topic(String),
}

/// How it ended.
#[derive(Clone, Debug, Default)]
pub struct SessionsReport {
    /// Whether it was stopped.
    pub stopped: bool,
    /// How long it took.
    pub took: Duration,
}

/// Writes a row for each session of a topic, until it is stopped or, with `is_once`, until all that
/// is there is read.
///
/// # Errors
///
/// When the topic or the target can't be used, or what is in the target is of something else.
pub fn write_sessions(
    options: &SessionsOptions,
    figures: &SessionsFigures,
    stop: &Arc<AtomicBool>,
    bar: &ProgressBar,
) -> Result<SessionsReport, Error> {
    let began = Instant::now();
    let written = write(options, figures, stop, bar);
    bar.finish_and_clear();
    written?;
    Ok(SessionsReport {
        stopped: stop.load(Ordering::Relaxed),
        took: began.elapsed(),
    })
}

fn write(
    options: &SessionsOptions,
    figures: &SessionsFigures,
    stop: &Arc<AtomicBool>,
    bar: &ProgressBar,
) -> Result<(), Error> {
    let profile = options.profile.as_deref();
    let Some((cluster, layout)) = layout_of(profile, &options.from, stop)? else {
        return Ok(());
    };
    let parameters = parameters(options, &layout)?;
    let source = Source {
        name: options.from.clone(),
        given: options.parameters.clone(),
        parameters,
        leaders: Arc::new(PlainLeaders {
            cluster,
            compression: CompressionAlgorithm::Any,
            is_replicated: false,
        }),
        partitions: layout.partitions().collect(),
    };
    let writing = Writing {
        source: &source,
        is_once: options.is_once,
        figures,
        stop,
        bar,
    };
    match &options.to {
        SessionsTarget::Folder {
            path,
            is_of_events: true,
            every,
        } => writing.to_folder::<LogEvents>(path, *every),
        SessionsTarget::Folder { path, every, .. } => {
            writing.to_folder::<LogSessions>(path, *every)
        }
        SessionsTarget::Topic(name) => {
            if *name == options.from {
                return Err(Error::usage(format!(
                    "topic {name} can't get its own sessions: name another one"
                )));
            }
            let Some((cluster, layout)) = layout_of(profile, name, stop)? else {
                return Ok(());
            };
            writing.to_topic(name, cluster, &layout)
        }
    }
}

/// A topic of the cluster, once that can be reached; none if it is stopped before.
fn layout_of(
    profile: Option<&str>,
    topic: &str,
    stop: &AtomicBool,
) -> Result<Option<(Cluster, Arc<Layout>)>, Error> {
    let cluster = Cluster::of_profile(profile, topic)?;
    let Some(layout) = run_until(first_layout(&cluster, None), stop, || {}) else {
        return Ok(None);
    };
    let layout = layout?;
    if layout.topic.is_none() {
        return Err(Error::usage(format!("the cluster has no topic {topic}")));
    }
    if layout.partitions().next().is_none() {
        return Err(Error::failure(format!(
            "topic {topic} has no partitions yet"
        )));
    }
    Ok(Some((cluster, layout)))
}

/// The parameters with which the topic's events were sessionized.
fn parameters(options: &SessionsOptions, layout: &Layout) -> Result<Parameters, Error> {
    let name = &options.from;
    match has_transform(layout) {
        true if options.parameters.is_empty() => Ok(Topic::of_layout(name, layout)?.parameters),
        true => Err(Error::usage(format!(
            "topic {name} has the parameters of its module: leave out --params"
        ))),
        false => sessionize_pipeline::parameters(&options.parameters),
    }
}

fn has_transform(layout: &Layout) -> bool {
    let topic = layout.topic.as_ref();
    topic.is_some_and(|topic| topic.get_deduplication().is_some())
}
