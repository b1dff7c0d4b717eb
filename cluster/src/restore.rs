//! Restoring the sessions of a topic: once, or whenever it has to be.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::task::{Task, run_block_on, spawn_task};
use fluvio_future::timer::sleep;
use futures_util::future::{Either, join_all, select};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::Error;
use tracing::{Instrument, info, info_span};

use crate::cluster::{Cluster, Layout};
use crate::failure::Failure;
use crate::figures::Figures;
use crate::guard::{Guard, Orders, Pace};
use crate::leaders::TopicLeaders;
use crate::outage::Outage;
use crate::telling::Told;
use crate::topic::Topic;
use crate::words::{Millis, Reach};

/// How long between two looks at the topic for new partitions.
const LAYOUT: Duration = Duration::from_secs(5);

/// How long between two looks at the flag that stops the program, and of the progress.
const STEP: Duration = Duration::from_millis(100);

/// What to restore, and how.
#[derive(Clone, Debug)]
pub struct RestoreOptions {
    /// Profile of Fluvio's configuration; by default the current one.
    pub profile: Option<String>,
    /// The topic.
    pub topic: String,
    /// Tell the partitions that were told before, too.
    pub force: bool,
    /// Most milliseconds of event time to read back.
    pub within: Option<Millis>,
    /// How long to try again after a failure.
    pub timeout: Duration,
}

/// What became of a restore.
#[derive(Clone, Debug, Default)]
pub struct RestoreReport {
    /// Partitions that were told, with what they were told.
    pub told: Vec<Told>,
    /// Partitions that had been told before.
    pub told_before: usize,
    /// Partitions that could not be told, and why.
    pub failed: Vec<(u32, Failure)>,
    /// Whether it was stopped.
    pub stopped: bool,
    /// How long it took.
    pub took: Duration,
}

/// Tells the instances of a topic's partitions their sessions, once.
///
/// # Errors
///
/// When the cluster can't be reached, or the topic can't be restored.
pub fn restore(
    options: &RestoreOptions,
    figures: &Figures,
    bar: &ProgressBar,
    stop: &AtomicBool,
) -> Result<RestoreReport, Error> {
    let began = Instant::now();
    let cluster = Cluster::of_profile(options.profile.as_deref(), &options.topic)?;
    let cluster = Arc::new(cluster);
    let work = restore_all(options, cluster, figures);
    let ended = run_until(work, stop, || show(bar, figures));
    bar.finish_and_clear();
    let mut report = ended.unwrap_or_else(|| {
        Ok(RestoreReport {
            stopped: true,
            ..RestoreReport::default()
        })
    })?;
    report.took = began.elapsed();
    Ok(report)
}

/// Stays, and tells the instances of a topic's partitions their sessions whenever they have to be
/// told. Returns when it is stopped.
///
/// # Errors
///
/// When the topic can't be restored.
pub fn watch(options: &RestoreOptions, figures: &Figures, stop: &AtomicBool) -> Result<(), Error> {
    let cluster = Cluster::of_profile(options.profile.as_deref(), &options.topic)?;
    let work = watch_all(options, Arc::new(cluster), figures);
    run_until(work, stop, || {}).unwrap_or(Ok(()))
}

/// A progress bar for a restore; nothing where the standard error is not a terminal.
pub fn progress(is_shown: bool) -> ProgressBar {
    if !is_shown || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    // With a faulty template the bar would keep its default style.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, figures: &Figures) {
    bar.set_message(format!(
        "{} of {} partitions wait, {} records read, {} sessions told",
        figures.waiting.get(),
        figures.partitions.get(),
        HumanCount(figures.read.get()),
        HumanCount(figures.sessions.get()),
    ));
    bar.tick();
}

/// What the work gives; nothing if it is stopped before.
pub(crate) fn run_until<T>(
    work: impl Future<Output = T>,
    stop: &AtomicBool,
    step: impl Fn(),
) -> Option<T> {
    let stopped = async {
        while !stop.load(Ordering::Relaxed) {
            step();
            sleep(STEP).await;
        }
    };
    run_block_on(async {
        match select(pin!(work), pin!(stopped)).await {
            Either::Left((ended, _)) => Some(ended),
            Either::Right(_) => None,
        }
    })
}

async fn restore_all(
    options: &RestoreOptions,
    cluster: Arc<Cluster>,
    figures: &Figures,
) -> Result<RestoreReport, Error> {
    let layout = first_layout(&cluster, Some(options.timeout)).await?;
    let topic = topic(&options.topic, &layout)?;
    let orders = Arc::new(orders(options, &topic.parameters, figures)?);
    let leaders = Arc::new(TopicLeaders::new(cluster, topic));
    let tasks: Vec<_> = layout
        .partitions()
        .map(|index| {
            let guard = Guard::new(leaders.clone(), orders.clone(), index, options.force);
            let span = info_span!("partition", topic = options.topic, partition = index);
            let restored = guard.restore(options.timeout).instrument(span);
            spawn_task(async move { (index, restored.await) })
        })
        .collect();
    figures.partitions.set(tasks.len() as i64);
    let mut report = RestoreReport::default();
    for (index, restored) in join_all(tasks).await {
        match restored {
            Ok(Some(told)) => report.told.push(told),
            Ok(None) => report.told_before += 1,
            Err(failure) => report.failed.push((index, failure)),
        }
    }
    Ok(report)
}

async fn watch_all(
    options: &RestoreOptions,
    cluster: Arc<Cluster>,
    figures: &Figures,
) -> Result<(), Error> {
    let mut layout = first_layout(&cluster, None).await?;
    let mut current = topic(&options.topic, &layout)?;
    let mut orders = Arc::new(self::orders(options, &current.parameters, figures)?);
    let mut guards: BTreeMap<u32, Task<()>> = BTreeMap::new();
    let mut outage = Outage::default();
    info!(
        topic = options.topic,
        partitions = layout.partitions().count(),
        "watching"
    );
    loop {
        if layout.topic.is_none() {
            outage.begin("the topic is gone", &"it was deleted");
            guards.clear();
        } else {
            outage.end("the topic is back");
            let found = topic(&options.topic, &layout)?;
            if !found.is_same(&current) {
                info!(
                    topic = options.topic,
                    "the topic has another configuration now"
                );
                guards.clear();
                orders = Arc::new(self::orders(options, &found.parameters, figures)?);
                current = found;
            }
            guards.retain(|index, _| layout.partitions().any(|there| there == *index));
            for index in layout.partitions() {
                guards.entry(index).or_insert_with(|| {
                    let leaders = TopicLeaders::new(cluster.clone(), current.clone());
                    let guard = Guard::new(Arc::new(leaders), orders.clone(), index, options.force);
                    let span = info_span!("partition", topic = options.topic, partition = index);
                    spawn_task(guard.watch().instrument(span))
                });
            }
        }
        figures.partitions.set(guards.len() as i64);
        sleep(LAYOUT).await;
        if let Ok(newer) = cluster.layout(LAYOUT / 2).await {
            layout = newer;
        }
    }
}

/// The layout of the topic, once the cluster can be reached.
pub(crate) async fn first_layout(
    cluster: &Cluster,
    patience: Option<Duration>,
) -> Result<Arc<Layout>, Error> {
    let began = Instant::now();
    let mut outage = Outage::default();
    loop {
        match cluster.layout(Duration::ZERO).await {
            Ok(layout) => {
                outage.end("the cluster is within reach");
                return Ok(layout);
            }
            Err(failure) if patience.is_some_and(|most| began.elapsed() >= most) => {
                return Err(Error::failure(failure.to_string()));
            }
            Err(failure) => outage.begin("the cluster is out of reach", &failure),
        }
        sleep(Pace::CLUSTER.retry).await;
    }
}

fn topic(name: &str, layout: &Layout) -> Result<Topic, Error> {
    let topic = Topic::of_layout(name, layout)?;
    topic.check_restore()?;
    Ok(topic)
}

fn orders(
    options: &RestoreOptions,
    parameters: &Parameters,
    figures: &Figures,
) -> Result<Orders, Error> {
    let parameters = parameters.clone();
    let mut reach = Reach::of(&parameters);
    if let Some(within) = options.within {
        // What is stored before a chunk was placed when event time was at most `lateness` ahead of
        // the chunk's, and an event that is still to come may be `lateness` late.
        let least = parameters.rule.gap + 2 * parameters.lateness;
        if within < least {
            return Err(Error::usage(format!(
                "--within must be at least `gap` + twice `lateness` of the topic's module, which is \
                 {} s: otherwise sessions are split",
                least as f64 / 1000.0
            )));
        }
        reach = reach.within(within);
    }
    Ok(Orders {
        parameters,
        reach,
        pace: Pace::CLUSTER,
        figures: figures.clone(),
    })
}

#[cfg(test)]
mod tests;
