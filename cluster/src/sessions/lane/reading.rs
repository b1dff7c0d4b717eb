//! A partition that is read, and what is waited for.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use fluvio_future::timer::sleep;
use futures_util::stream::FuturesUnordered;
use sessionize_answers::log::{LogReader, Place, Taken};
use tracing::{debug, warn};

use crate::failure::Failure;
use crate::feed::source::{Portion, Source};
use crate::feed::topic_source::TopicSource;
use crate::outage::Outage;
use crate::partition::Leaders;
use crate::sessions::figures::SessionsFigures;

/// A partition that is read.
pub(super) struct Reading<R> {
    pub(super) partition: u32,
    pub(super) reader: R,
    /// Offset of the next record.
    pub(super) next: u64,
    /// The first record of which rows were not stored, or some of whose rows were not.
    pub(super) begin: u64,
    /// Up to where all is stored.
    pub(super) stored: u64,
    pub(super) has_ended: bool,
    pub(super) outage: Outage,
}

/// What a lane waits for.
pub(super) enum Event<L: Leaders> {
    Read(usize, TopicSource<L>, Result<Portion, Failure>),
    Look,
}

/// All that a lane waits for.
pub(super) type Waiting<L> = FuturesUnordered<Pin<Box<dyn Future<Output = Event<L>> + Send>>>;

impl<R: LogReader> Reading<R> {
    /// Whether records were read that are behind what is stored.
    pub(super) fn is_ahead(&self) -> bool {
        self.next > self.stored
    }

    /// How far it is read.
    pub(super) fn place(&self) -> Place {
        self.reader.place(self.next)
    }

    /// Makes rows of what was read.
    pub(super) fn take(
        &mut self,
        portion: &Portion,
        figures: &SessionsFigures,
        rows: &mut Vec<(u32, Place, R::Row)>,
    ) {
        for record in &portion.records {
            let taken = self.reader.take(record.offset, &record.value);
            figures.read.inc();
            // What is read again was counted before.
            if record.offset >= self.begin {
                figures.count(&taken);
            }
            if let Taken::Foreign(why) = taken {
                debug!(
                    partition = self.partition,
                    offset = record.offset,
                    why,
                    "a record is passed over"
                );
            }
            while let Some((place, row)) = self.reader.pop() {
                rows.push((self.partition, place, row));
            }
        }
        if portion.lost > 0 {
            warn!(
                partition = self.partition,
                records = portion.lost,
                from = self.next,
                "records were deleted or damaged before they were read: sessions lack events"
            );
            figures.lost.inc_by(portion.lost);
        }
        self.next = portion.next;
        figures.of(self.partition, portion.behind, self.reader.held());
    }
}

/// Reads on, after a pause.
pub(super) fn read<L: Leaders>(
    number: usize,
    mut source: TopicSource<L>,
    from: u64,
    pause: Duration,
) -> Pin<Box<dyn Future<Output = Event<L>> + Send>>
where
    L::Partition: 'static,
{
    Box::pin(async move {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        let portion = source.read(from).await;
        Event::Read(number, source, portion)
    })
}

/// Waits until the next look.
pub(super) fn look<L: Leaders>(pause: Duration) -> Pin<Box<dyn Future<Output = Event<L>> + Send>> {
    Box::pin(async move {
        sleep(pause).await;
        Event::Look
    })
}
