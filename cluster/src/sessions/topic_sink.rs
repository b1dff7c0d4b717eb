//! A partition of a topic as the place where rows go.

mod found;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use fluvio_future::timer::sleep;
use fluvio_protocol::record::{Record, RecordData};
use sessionize_answers::log::Place;
use sessionize_answers::row::SessionRow;
use sessionize_answers::write::JsonRow;
use sessionize_pipeline::error::Error;
use tracing::{info, warn};

use super::figures::SessionsFigures;
use super::lane::{Ended, Rows, Sink};
use super::plan::Plan;
use super::stamp::Stamp;
use crate::failure::Failure;
use crate::outage::Outage;
use crate::partition::{Leaders, Partition};
use crate::tail::Tail;
use found::Found;

/// Bytes of a batch of rows.
const BATCH: usize = 256 << 10;

/// A partition to which nobody else writes.
///
/// One batch at a time is on its way. After a failure it is not known whether it is stored, so the
/// tail of the partition is read: the latest row of each partition of the source has the place
/// behind it.
pub(crate) struct TopicSink<L: Leaders> {
    pub(crate) plan: Arc<Plan>,
    pub(crate) figures: SessionsFigures,
    leaders: Arc<L>,
    /// Number of the partition, and how many there are.
    partition: u32,
    count: u32,
    link: Option<L::Partition>,
    /// Where the next batch begins.
    end: i64,
    /// Behind the latest rows of each partition of the source.
    places: BTreeMap<u32, Place>,
    /// Behind the latest rows that were sent; none before the tail was read.
    sent: Option<BTreeMap<u32, Place>>,
    json: JsonRow,
}

impl<L: Leaders> TopicSink<L> {
    /// A partition, of so many of its topic.
    pub(crate) fn new(
        plan: Arc<Plan>,
        figures: SessionsFigures,
        leaders: Arc<L>,
        (partition, count): (u32, u32),
    ) -> Self {
        Self {
            plan,
            figures,
            leaders,
            partition,
            count,
            link: None,
            end: 0,
            places: BTreeMap::new(),
            sent: None,
            json: JsonRow::default(),
        }
    }

    /// Reads the tail of the partition, for as long as it takes to reach it.
    ///
    /// # Errors
    ///
    /// When another command has written it.
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        let mut outage = Outage::default();
        while !self.plan.is_stopped() {
            match self.read_tail(&[]).await {
                Ok(()) => break,
                Err(Ended::Refused(error)) => return Err(error),
                Err(Ended::Anew(failure)) => outage.begin("a partition is out of reach", &failure),
            }
            sleep(self.plan.pace.retry.0).await;
        }
        Ok(())
    }

    /// Reads the tail of the partition, backwards until the latest batch is read.
    async fn read_tail(&mut self, partitions: &[u32]) -> Result<(), Ended> {
        let began = Instant::now();
        let mut link = self.leaders.connect(self.partition).await?;
        let mut tail = Tail::new(&mut link);
        let (start, end) = tail.settled_bounds(self.plan.pace.settle).await?;
        let mut found = Found::default();
        let (mut to, mut chunk) = (end, self.plan.chunks.least);
        while to > start && !found.is_enough(partitions) {
            let from = (to - chunk).max(start);
            let mut stamps = Vec::new();
            let take = |record: Record| stamps.push(Stamp::read(record.value.as_ref()));
            let read = tail.read(from, to, take).await?;
            for stamp in stamps.into_iter().rev() {
                match stamp {
                    Some(stamp) => found.take(self.checked(stamp)?),
                    None => found.foreign += 1,
                }
            }
            found.damaged += read.damaged;
            chunk = self.plan.chunks.next(&read);
            to = from;
        }
        self.judge(&found, start, partitions)?;
        let seconds = began.elapsed().as_secs_f64();
        info!(
            to = self.partition,
            records = end - to,
            seconds,
            "read where to go on"
        );
        (self.link, self.end, self.places) = (Some(link), end, found.places);
        Ok(())
    }

    /// Refuses what another command has written.
    fn checked(&self, stamp: Stamp) -> Result<Stamp, Error> {
        let Plan { topic, to, .. } = &*self.plan;
        if stamp.topic != *topic {
            return Err(Error::usage(format!(
                "{to} holds sessions of topic {}, and not of topic {topic}: name another one",
                stamp.topic
            )));
        }
        if stamp.of != self.count {
            return Err(Error::usage(format!(
                "{to} had {} partitions when sessions were written to it, and has {} now, so that \
                 it is not known where to go on: name another one",
                stamp.of, self.count
            )));
        }
        Ok(stamp)
    }

    /// Refuses to go on if what was found does not tell where.
    fn judge(&self, found: &Found, start: i64, partitions: &[u32]) -> Result<(), Error> {
        let Plan { to, .. } = &*self.plan;
        if found.foreign > 0 {
            warn!(records = found.foreign, "others write to {to}, too");
        }
        if found.damaged > 0 {
            warn!(
                records = found.damaged,
                "damaged records of {to} are passed over: their rows may be stored again"
            );
        }
        if start > 0 && !found.is_enough(partitions) {
            return Err(Error::failure(format!(
                "{to} has deleted the rows that tell where to go on: name another one"
            )));
        }
        let Some(sent) = &self.sent else {
            return Ok(());
        };
        for (partition, place) in &found.places {
            let sent = sent.get(partition);
            if sent.is_none_or(|sent| key(place) > key(sent)) {
                return Err(self.not_alone());
            }
        }
        Ok(())
    }

    /// The record of a row.
    fn record(&mut self, stamp: &Stamp, row: &SessionRow) -> Record {
        let mut value = self.json.of(row).to_vec();
        stamp.add_to(&mut value);
        let visitor = row.session_id.get(..row.visitor).unwrap_or_default();
        Record {
            key: Some(RecordData::from(visitor.as_bytes().to_vec())),
            value: RecordData::from(value),
            ..Record::default()
        }
    }

    /// Has a batch stored.
    async fn send(&mut self, batch: Vec<Record>) -> Result<(), Ended> {
        // A link that has failed once is not used again: the answer may still come.
        let Some(mut link) = self.link.take() else {
            return Err(Failure::Connection("there is no connection".into()).into());
        };
        let count = batch.len() as i64;
        let bytes: usize = batch.iter().map(|record| record.value.len()).sum();
        let base = link.produce(batch).await?;
        if base < self.end {
            return Err(Failure::Gone(base, self.end).into());
        }
        if base > self.end {
            self.look_at_others(&mut link, base).await?;
        }
        self.end = base + count;
        self.link = Some(link);
        self.figures.bytes.inc_by(bytes as u64);
        self.figures.batches.inc();
        Ok(())
    }

    /// Looks at what others have written in front of the latest batch.
    async fn look_at_others(&mut self, link: &mut L::Partition, base: i64) -> Result<(), Ended> {
        let mut is_alone = true;
        let take = |record: Record| is_alone &= Stamp::read(record.value.as_ref()).is_none();
        Tail::new(link).read(self.end, base, take).await?;
        if !is_alone {
            return Err(self.not_alone().into());
        }
        warn!(
            records = base - self.end,
            "others write to {}, too", self.plan.to
        );
        Ok(())
    }

    fn not_alone(&self) -> Error {
        let Plan { topic, to, .. } = &*self.plan;
        Error::failure(format!(
            "another program writes the sessions of topic {topic} to {to}, too"
        ))
    }
}

impl<L: Leaders> Sink<SessionRow> for TopicSink<L> {
    async fn resume(&mut self, partitions: &[u32]) -> Result<BTreeMap<u32, Place>, Ended> {
        // At the start, it is known already.
        if self.sent.is_some() || self.link.is_none() {
            self.link = None;
            self.read_tail(partitions).await?;
        }
        self.sent = Some(self.places.clone());
        Ok(self.places.clone())
    }

    async fn store(&mut self, rows: Rows<SessionRow>) -> Result<(), Ended> {
        let mut rows = rows.rows.into_iter().peekable();
        let mut sent = self.places.clone();
        while rows.peek().is_some() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while bytes < BATCH
                && let Some((partition, place, row)) = rows.next()
            {
                let stamp = Stamp {
                    topic: self.plan.topic.clone(),
                    partition,
                    place,
                    of: self.count,
                    others: batch.is_empty().then(|| self.others(partition)),
                };
                let record = self.record(&stamp, &row);
                bytes += record.value.len();
                batch.push(record);
                sent.insert(partition, place);
            }
            self.sent = Some(sent.clone());
            self.send(batch).await?;
            self.places.clone_from(&sent);
        }
        Ok(())
    }
}

impl<L: Leaders> TopicSink<L> {
    /// The places of the other partitions of the source.
    fn others(&self, partition: u32) -> BTreeMap<u32, Place> {
        let mut others = self.places.clone();
        others.remove(&partition);
        others
    }
}

/// What places are compared by.
fn key(place: &Place) -> (u64, u32) {
    (place.offset, place.rows)
}
