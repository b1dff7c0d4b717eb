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
//! stored goes on exactly there, whatever died before; see [`Place`](sessionize_answers::log::Place).

mod figures;
mod folder_sink;
mod lane;
mod leaders;
mod plan;
mod stamp;
mod topic_sink;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::task::{Task, run_block_on, spawn_task};
use fluvio_future::timer::sleep;
use fluvio_sc_schema::topic::CompressionAlgorithm;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use indicatif::{HumanCount, ProgressBar};
use sessionize_answers::folder::{Contents, LocalDisk, RowFolder};
use sessionize_answers::log::{LogEvents, LogReader, LogSessions};
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::Error;
use tracing::info;

use crate::cluster::{Cluster, Layout};
use crate::restore::{first_layout, run_until};
use crate::topic::Topic;
use folder_sink::FolderSink;
use lane::Lane;
use leaders::PlainLeaders;
use plan::Plan;
use topic_sink::TopicSink;

pub use figures::SessionsFigures;

/// Bytes of rows that become files at once. They are in memory until then.
const STEP: usize = 64 << 20;

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

/// The topic with the events.
struct Source {
    name: String,
    /// The parameters that were given.
    given: Vec<(String, String)>,
    parameters: Parameters,
    leaders: Arc<PlainLeaders>,
    partitions: Vec<u32>,
}

/// All that is needed to write.
struct Writing<'w> {
    source: &'w Source,
    is_once: bool,
    figures: &'w SessionsFigures,
    stop: &'w Arc<AtomicBool>,
    bar: &'w ProgressBar,
}

impl Writing<'_> {
    fn plan(&self, to: String) -> Plan {
        let Source {
            name, parameters, ..
        } = self.source;
        Plan {
            is_once: self.is_once,
            ..Plan::new(name, to, parameters.clone(), self.stop)
        }
    }

    /// One lane for each partition.
    fn to_folder<R: LogReader>(
        &self,
        path: &std::path::Path,
        every: Duration,
    ) -> Result<(), Error> {
        let plan = Arc::new(Plan {
            step_bytes: STEP,
            every,
            ..self.plan(format!("folder {}", path.display()))
        });
        let contents = Contents::of::<R::Row>(&self.source.name, &plan.parameters);
        let folder = Arc::new(RowFolder::open(path, &contents, LocalDisk)?);
        run_block_on(async {
            let lanes = FuturesUnordered::new();
            for &partition in &self.source.partitions {
                let sink = FolderSink {
                    folder: folder.clone(),
                    figures: self.figures.clone(),
                };
                let lane = self.lane(&plan, vec![partition], sink);
                lanes.push(spawn_task(lane.run::<R>()));
            }
            self.watch(&plan, lanes, None).await
        })
    }

    /// One lane for each partition of the other topic.
    fn to_topic(&self, name: &str, cluster: Cluster, layout: &Layout) -> Result<(), Error> {
        if has_transform(layout) {
            return Err(Error::usage(format!(
                "topic {name} has a transform, which would change the rows: name another one"
            )));
        }
        let plan = Arc::new(self.plan(format!("topic {name}")));
        let compression = layout
            .topic
            .as_ref()
            .map(|topic| topic.get_compression_type());
        let to = Arc::new(PlainLeaders {
            cluster,
            compression: compression.cloned().unwrap_or(CompressionAlgorithm::Any),
            is_replicated: layout.is_replicated(),
        });
        let count = layout.partitions().count() as u32;
        run_block_on(async {
            let mut sinks = Vec::new();
            for partition in 0..count {
                let place = (partition, count);
                let figures = self.figures.clone();
                let mut sink = TopicSink::new(plan.clone(), figures, to.clone(), place);
                // If one of them is of something else, nothing is written to the others.
                sink.begin().await?;
                sinks.push((partition, sink));
            }
            let lanes = FuturesUnordered::new();
            for (to, sink) in sinks {
                let partitions = self.source.partitions.iter().copied();
                let own: Vec<u32> = partitions.filter(|from| from % count == to).collect();
                if !own.is_empty() {
                    let lane = self.lane(&plan, own, sink);
                    lanes.push(spawn_task(lane.run::<LogSessions>()));
                }
            }
            self.watch(&plan, lanes, Some((&to.cluster, count))).await
        })
    }

    fn lane<S>(&self, plan: &Arc<Plan>, partitions: Vec<u32>, sink: S) -> Lane<PlainLeaders, S> {
        Lane {
            plan: plan.clone(),
            leaders: self.source.leaders.clone(),
            partitions,
            sink,
            figures: self.figures.clone(),
        }
    }

    /// Waits for the lanes, shows how far they have come, and looks whether the topics are as they
    /// were. If anything is wrong, all lanes finish what they have begun.
    async fn watch(
        &self,
        plan: &Plan,
        mut lanes: FuturesUnordered<Task<Result<(), Error>>>,
        to: Option<(&Cluster, u32)>,
    ) -> Result<(), Error> {
        let Source {
            name, partitions, ..
        } = self.source;
        info!(
            topic = name,
            partitions = partitions.len(),
            to = plan.to,
            "writing"
        );
        let began = Instant::now();
        let mut looked = began;
        let mut error = None;
        while !lanes.is_empty() {
            let tick = std::pin::pin!(sleep(plan.pace.look));
            match futures_util::future::select(lanes.next(), tick).await {
                futures_util::future::Either::Left((Some(Err(first)), _)) => {
                    error.get_or_insert(first);
                    plan.halt.store(true, Ordering::Relaxed);
                }
                futures_util::future::Either::Left(_) => {}
                futures_util::future::Either::Right(_) => {
                    self.show(began);
                    if looked.elapsed() < plan.pace.layout {
                        continue;
                    }
                    looked = Instant::now();
                    if let Err(changed) = self.check(to).await {
                        error.get_or_insert(changed);
                        plan.halt.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
        error.map_or(Ok(()), Err)
    }

    /// Whether the topics are as they were at the start.
    async fn check(&self, to: Option<(&Cluster, u32)>) -> Result<(), Error> {
        let Source {
            name,
            given,
            parameters,
            leaders,
            partitions,
        } = self.source;
        let changed = |what: &str| Error::failure(format!("{what}; start sessions again"));
        if let Ok(layout) = leaders.cluster.layout(Duration::from_secs(2)).await {
            let now = match has_transform(&layout) {
                true => Topic::of_layout(name, &layout).map(|topic| topic.parameters),
                false => sessionize_pipeline::parameters(given),
            };
            let is_same = now.is_ok_and(|now| same(&now, parameters));
            if layout.topic.is_none() || !is_same {
                return Err(changed(&format!(
                    "topic {name} has another configuration now"
                )));
            }
            let count = layout.partitions().count();
            if count != partitions.len() {
                return Err(changed(&format!("topic {name} has {count} partitions now")));
            }
        }
        if let Some((cluster, before)) = to
            && let Ok(layout) = cluster.layout(Duration::from_secs(2)).await
        {
            let count = layout.partitions().count();
            if count != before as usize {
                return Err(changed(&format!(
                    "the topic that gets the sessions has {count} partitions now"
                )));
            }
        }
        Ok(())
    }

    /// Shows how far it has come.
    fn show(&self, began: Instant) {
        let figures = self.figures;
        let read = figures.read.get();
        let per_second = read as f64 / began.elapsed().as_secs_f64().max(0.001);
        let (behind, held) = figures.sums(self.source.partitions.len() as u32);
        self.bar.set_message(format!(
            "{} records read, {} a second, {} behind, {} rows written, {} sessions held",
            HumanCount(read),
            HumanCount(per_second as u64),
            HumanCount(behind),
            HumanCount(figures.rows.get()),
            HumanCount(held),
        ));
        self.bar.tick();
    }
}

/// Whether two modules' events make the same rows.
fn same(one: &Parameters, other: &Parameters) -> bool {
    let counts = |of: &Parameters| (of.rule.gap, of.rule.ttl, of.lateness);
    counts(one) == counts(other) && one.prefix == other.prefix
}
