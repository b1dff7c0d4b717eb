//! Reading the tails of all partitions.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use fluvio_protocol::record::Record;
use sessionize_pipeline::error::Error;
use tracing::{info, warn};

use super::{Driver, Ended, Lane, Sources, Target};
use crate::failure::Failure;
use crate::feed::resume::Resume;
use crate::feed::stamp::Stamps;
use crate::partition::Partition;
use crate::tail::Tail;

impl<O: Sources, T: Target> Driver<'_, O, T> {
    /// Reads the tails of all partitions.
    pub(super) async fn resume(
        &mut self,
        names: BTreeSet<String>,
        lanes: &mut [Lane<T::Partition>],
    ) -> Result<Resume, Ended> {
        let plan = self.plan;
        let began = Instant::now();
        let stamps = Stamps::new(&plan.parameters);
        let mut resume = Resume::new(
            &plan.feeder,
            stamps,
            plan.is_stamped,
            names.clone(),
            lanes.len(),
        );
        let bounds = settled(lanes, plan.pace.settle).await?;
        let mut starts = Vec::new();
        for (lane, (start, end)) in lanes.iter_mut().zip(bounds) {
            lane.end = end;
            starts.push((start, end, plan.chunks.least));
        }
        // The newest records of all partitions first: the more is known of what is delivered, the
        // less has to be read.
        let mut records = 0;
        let mut is_first = true;
        let mut is_enough = false;
        while !is_enough {
            is_enough = true;
            let pieces = lanes.iter_mut().zip(&mut starts).enumerate();
            for (index, (lane, (start, to, chunk))) in pieces {
                if *to <= *start || !is_first && resume.is_enough(index) {
                    continue;
                }
                let Some(partition) = &mut lane.partition else {
                    continue;
                };
                let from = (*to - *chunk).max(*start);
                let take = |record: Record| {
                    let key = record.key.as_ref().map(AsRef::as_ref);
                    resume.take(index, key, record.value.as_ref());
                };
                let read = Tail::new(partition).read(from, *to, take).await?;
                records += read.records;
                *chunk = plan.chunks.next(&read);
                *to = from;
                is_enough = false;
            }
            is_first = false;
            if self.is_stopped() {
                return Err(Ended::Done);
            }
        }
        let (doubled, foreign) = resume.strange();
        if doubled > 0 {
            warn!(doubled, "records are stored more than once");
            self.report.doubled += doubled;
            self.figures.doubled.inc_by(doubled);
        }
        for name in &names {
            let sent = resume.unsent(name);
            let reached = self.reached.get(name).copied();
            if reached.is_some_and(|reached| sent > reached) {
                return Err(Ended::Refused(Error::failure(format!(
                    "another feeder sends {name} to topic {}, too; give each feeder its own sources",
                    plan.topic
                ))));
            }
            self.reached
                .insert(name.clone(), sent.max(reached.unwrap_or(0)));
        }
        let seconds = began.elapsed().as_secs_f64();
        info!(records, foreign, seconds, "read where to go on");
        Ok(resume)
    }
}

/// The bounds of the partitions' logs, once their ends do not move any more.
async fn settled<P: Partition>(
    lanes: &mut [Lane<P>],
    settle: Duration,
) -> Result<Vec<(i64, i64)>, Failure> {
    let mut before = None;
    loop {
        let mut bounds = Vec::new();
        for partition in lanes.iter_mut().filter_map(|lane| lane.partition.as_mut()) {
            bounds.push(Tail::new(partition).bounds().await?);
        }
        if before.as_ref() == Some(&bounds) {
            return Ok(bounds);
        }
        before = Some(bounds);
        sleep(settle).await;
    }
}
