//! A partition of a raw topic as a source.

use std::sync::Arc;
use std::time::Duration;

use fluvio_future::timer::sleep;

use super::source::{Portion, RawRecord, Source, Start, Then};
use crate::failure::Failure;
use crate::partition::{Leaders, Partition};
use crate::tail::{Read, StoredRecord, Tail};

/// A partition of a raw topic.
///
/// Only what is committed is read: what is not may be gone after a change of leaders, and another
/// record may have its offset.
pub(crate) struct TopicSource<L: Leaders> {
    leaders: Arc<L>,
    name: String,
    partition: u32,
    /// How long to wait for new records.
    poll: Duration,
    /// Whether it ends where its records end.
    is_once: bool,
    link: Option<L::Partition>,
    high_watermark: i64,
    /// Whether the latest look for records found none.
    is_at_end: bool,
}

impl<L: Leaders> TopicSource<L> {
    /// A partition of the topic of this name.
    pub(crate) fn new(
        leaders: Arc<L>,
        topic: &str,
        partition: u32,
        poll: Duration,
        is_once: bool,
    ) -> Self {
        Self {
            leaders,
            name: format!("{topic}/{partition}"),
            partition,
            poll,
            is_once,
            link: None,
            high_watermark: 0,
            is_at_end: false,
        }
    }

    /// Where its log begins, and where it ends: what is committed, and all that is stored behind.
    pub(crate) async fn bounds(&mut self) -> Result<(i64, i64), Failure> {
        let bounds = match self.link().await {
            Ok(link) => Tail::new(link).bounds().await,
            Err(failure) => Err(failure),
        };
        if bounds.is_err() {
            self.link = None;
        }
        bounds
    }

    async fn link(&mut self) -> Result<&mut L::Partition, Failure> {
        let open = self.link.take().filter(|link| link.is_there());
        let link = match open {
            Some(link) => link,
            None => self.leaders.connect(self.partition).await?,
        };
        Ok(self.link.insert(link))
    }

    async fn try_to_read(&mut self, from: i64) -> Result<Portion, Failure> {
        let mut portion = Portion {
            next: from as u64,
            ..Portion::default()
        };
        if from >= self.high_watermark {
            if self.is_at_end {
                sleep(self.poll).await;
            }
            let offsets = self.link().await?.offsets().await?;
            self.high_watermark = offsets.high_watermark;
            // What is committed may lag behind for a moment after a crash, but not the log.
            if from > offsets.high_watermark {
                let (_, end) = self.bounds().await?;
                if from > end {
                    return Err(Failure::Gone(end, from));
                }
            }
            if from < offsets.start {
                portion.lost = (offsets.start - from) as u64;
                portion.next = offsets.start as u64;
                return Ok(portion);
            }
        }
        let to = self.high_watermark;
        self.is_at_end = from >= to;
        if self.is_at_end {
            portion.then = if self.is_once {
                Then::End
            } else {
                Then::CaughtUp
            };
            return Ok(portion);
        }
        let records = &mut portion.records;
        let mut take = |stored: StoredRecord| records.push(raw(stored));
        let mut tail = Tail::new(self.link().await?);
        let mut read = Read::default();
        let next = tail.step(from, to, &mut read, &mut take).await?;
        portion.next = next as u64;
        portion.lost = (next - from) as u64 - read.records;
        portion.behind = (to - next).max(0) as u64;
        Ok(portion)
    }
}

impl<L: Leaders> Source for TopicSource<L> {
    async fn name(&mut self) -> Result<Option<String>, Failure> {
        Ok(Some(self.name.clone()))
    }

    async fn start(&mut self, start: Start) -> Result<u64, Failure> {
        let offsets = self.link().await?.offsets().await?;
        Ok(match start {
            Start::Beginning => offsets.start as u64,
            Start::End => offsets.high_watermark as u64,
        })
    }

    async fn read(&mut self, from: u64) -> Result<Portion, Failure> {
        let read = self.try_to_read(from as i64).await;
        if read.is_err() {
            self.link = None;
        }
        read
    }
}

fn raw(stored: StoredRecord) -> RawRecord {
    let offset = stored.offset as u64;
    RawRecord {
        offset,
        next: offset + 1,
        appended: stored.appended,
        key: stored.record.key.map(|key| key.as_ref().to_vec()),
        value: stored.record.value.as_ref().to_vec(),
    }
}
