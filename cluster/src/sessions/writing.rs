//! All lanes of a topic: how they are made, and what is looked at while they run.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluvio_future::task::{Task, run_block_on, spawn_task};
use fluvio_future::timer::sleep;
use fluvio_sc_schema::topic::CompressionAlgorithm;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use indicatif::{HumanCount, ProgressBar};
use sessionize_answers::folder::{Contents, LocalDisk, RowFolder};
use sessionize_answers::log::{LogReader, LogSessions};
use sessionize_core::parameters::Parameters;
use sessionize_pipeline::error::Error;
use tracing::info;

use super::figures::SessionsFigures;
use super::folder_sink::FolderSink;
use super::has_transform;
use super::lane::Lane;
use super::leaders::PlainLeaders;
use super::plan::Plan;
use super::topic_sink::TopicSink;
use crate::cluster::{Cluster, Layout};
use crate::topic::Topic;

/// Bytes of rows that become files at once. They are in memory until then.
const STEP: usize = 64 << 20;

/// The topic with the events.
pub(super) struct Source {
    pub(super) name: String,
    /// The parameters that were given.
    pub(super) given: Vec<(String, String)>,
    pub(super) parameters: Parameters,
    pub(super) leaders: Arc<PlainLeaders>,
    pub(super) partitions: Vec<u32>,
}

/// All that is needed to write.
pub(super) struct Writing<'w> {
    pub(super) source: &'w Source,
    pub(super) is_once: bool,
    pub(super) figures: &'w SessionsFigures,
    pub(super) stop: &'w Arc<AtomicBool>,
    pub(super) bar: &'w ProgressBar,
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
    pub(super) fn to_folder<R: LogReader>(
        &self,
        path: &Path,
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
    pub(super) fn to_topic(
        &self,
        name: &str,
        cluster: Cluster,
        layout: &Layout,
    ) -> Result<(), Error> {
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
            let tick = pin!(sleep(plan.pace.look));
            match select(lanes.next(), tick).await {
                Either::Left((Some(Err(first)), _)) => {
                    error.get_or_insert(first);
                    plan.halt.store(true, Ordering::Relaxed);
                }
                Either::Left(_) => {}
                Either::Right(_) => {
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
