//! From sources to partitions: what is read, held back, sent and delivered.

mod room;

use std::collections::BTreeMap;

use sessionize_core::parameters::Parameters;

use super::clock::{Clock, Judged};
use super::event::{Outgoing, Read, Reader};
use super::hold::Hold;
use super::lane::{Lane, OutgoingBatch};
use super::ledger::Ledger;
use super::source::RawRecord;
use super::stamp::Checkpoint;
use crate::words::Millis;

/// What a flow holds at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes from the first record that is not delivered to the last one that was read, of all
    /// sources together.
    pub(crate) window: usize,
    /// Bytes of a batch.
    pub(crate) batch: usize,
}

/// From sources to the partitions of a topic. It does no I/O and reads no clock.
pub(crate) struct Flow {
    feeder: String,
    bounds: Bounds,
    lateness: Millis,
    max_ahead: Option<Millis>,
    reader: Reader,
    sources: Vec<SourceFlow>,
    /// Sources of former times, as checkpoints list them.
    former: BTreeMap<String, (u64, u64)>,
    hold: Hold<Box<Outgoing>>,
    lanes: Vec<Lane>,
    /// The largest time of an event that was released.
    released: Millis,
    counts: Counts,
}

struct SourceFlow {
    name: String,
    ledger: Ledger,
    /// What was delivered before has no event.
    clock: Clock<Option<Box<Outgoing>>>,
    state: SourceState,
}

/// What a source does for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceState {
    /// It has events, or may have some: nothing is released that may come behind one of them.
    Active,
    /// It was silent for long. Nobody waits for it.
    Idle,
    /// It has ended.
    Ended,
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Records that were read and not delivered before.
    pub(crate) read: u64,
    /// Records among them that can't be sessionized.
    pub(crate) invalid: u64,
    /// Events whose clock was ahead.
    pub(crate) ahead: u64,
    /// Events that came after their turn.
    pub(crate) late: u64,
    /// Events that were sent before their turn, because the window was too small.
    pub(crate) early: u64,
}

impl Flow {
    /// Nothing was read yet. `former` lists the sources that this feeder had before.
    pub(crate) fn new(
        feeder: &str,
        parameters: &Parameters,
        bounds: Bounds,
        reader: Reader,
        lanes: usize,
        former: BTreeMap<String, (u64, u64)>,
    ) -> Self {
        Self {
            feeder: feeder.to_owned(),
            bounds,
            lateness: parameters.lateness,
            max_ahead: parameters.max_ahead,
            reader,
            sources: Vec::new(),
            former,
            hold: Hold::new(),
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
            released: 0,
            counts: Counts::default(),
        }
    }

    /// Adds a source, and returns its number.
    pub(crate) fn add(&mut self, name: &str, ledger: Ledger) -> usize {
        self.former.remove(name);
        self.sources.push(SourceFlow {
            name: name.to_owned(),
            ledger,
            clock: Clock::new(self.max_ahead),
            state: SourceState::Active,
        });
        self.sources.len() - 1
    }

    /// Where a source is read next; none if there is no room for more of it for now.
    pub(crate) fn wants(&self, source: usize) -> Option<u64> {
        let source = self.sources.get(source)?;
        let has_room = source.ledger.size() < self.share();
        (has_room && source.state != SourceState::Ended).then(|| source.ledger.next())
    }

    /// Whether a source has not ended.
    pub(crate) fn is_open(&self, source: usize) -> bool {
        let source = self.sources.get(source);
        source.is_some_and(|source| source.state != SourceState::Ended)
    }

    /// The part of the window that each source has.
    fn share(&self) -> usize {
        let open = |source: &&SourceFlow| source.state != SourceState::Ended;
        let open = self.sources.iter().filter(open).count();
        self.bounds.window / open.max(1)
    }

    /// Takes what was read of a source, which goes on at `next`. Returns how many records are
    /// delivered that were not read, because the source does not have them any more.
    pub(crate) fn take(&mut self, number: usize, records: &[RawRecord], next: u64) -> u64 {
        let Some(source) = self.sources.get_mut(number) else {
            return 0;
        };
        let mut judged = Vec::new();
        let mut invalid = Vec::new();
        for raw in records {
            let size = raw.value.len() + raw.key.as_ref().map_or(0, Vec::len);
            let is_new = source.ledger.read(raw.offset, raw.next, size);
            self.counts.read += u64::from(is_new);
            match self.reader.read(raw, (number, &source.name)) {
                Read::Event(time, event) => {
                    let event = is_new.then_some(event);
                    source.clock.push(time, raw.appended, event, &mut judged);
                }
                _ if !is_new => {}
                Read::Invalid(record) => {
                    self.counts.invalid += 1;
                    invalid.push(record);
                }
                Read::Dropped => {
                    self.counts.invalid += 1;
                    source.ledger.deliver(raw.offset);
                }
            }
        }
        let passed = source.ledger.skip(next);
        for record in invalid {
            self.enqueue(record);
        }
        self.hold_back(judged);
        self.release();
        passed
    }

    /// Says what a source does for the order from now on.
    pub(crate) fn set_state(&mut self, number: usize, state: SourceState) {
        let Some(source) = self.sources.get_mut(number) else {
            return;
        };
        if source.state == state {
            return;
        }
        source.state = state;
        let mut judged = Vec::new();
        match state {
            SourceState::Active => {}
            SourceState::Idle => source.clock.idle(&mut judged),
            SourceState::Ended => source.clock.finish(&mut judged),
        }
        self.hold_back(judged);
        self.release();
    }

    fn hold_back(&mut self, judged: Vec<Judged<Option<Box<Outgoing>>>>) {
        for judged in judged {
            match judged {
                Judged::Right(time, Some(event)) => self.hold.push(time, event),
                Judged::Wrong(appended, Some(mut event)) => {
                    self.counts.ahead += 1;
                    event.appended = Some(appended);
                    self.enqueue(event);
                }
                Judged::Right(_, None) | Judged::Wrong(_, None) => {}
            }
        }
    }

    /// Releases what no source can have anything before.
    fn release(&mut self) {
        let Some(watermark) = self.watermark() else {
            return;
        };
        while let Some((time, event)) = self.hold.pop_before(watermark) {
            self.counts.late += u64::from(time < self.released);
            self.released = self.released.max(time);
            self.enqueue(event);
        }
    }

    /// The time before which no source has anything; none if a source has not told its time.
    fn watermark(&self) -> Option<Millis> {
        let mut slowest = Millis::MAX;
        for source in &self.sources {
            if source.state == SourceState::Active {
                slowest = slowest.min(source.clock.time()?.saturating_sub(self.lateness));
            }
        }
        Some(slowest)
    }

    fn enqueue(&mut self, event: Box<Outgoing>) {
        if let Some(lane) = self.lanes.get_mut(event.lane) {
            lane.push(event);
        }
    }

    /// The next batch for a partition, which is on its way from now on. None if one is, or if there
    /// is nothing to send.
    pub(crate) fn batch(&mut self, number: usize) -> Option<OutgoingBatch> {
        if !self.lanes.get(number)?.is_ready() {
            return None;
        }
        let checkpoint = self.checkpoint();
        let lane = self.lanes.get_mut(number)?;
        let batch = lane.batch(self.bounds.batch, self.released, |first| {
            self.reader.add_checkpoint(first, &checkpoint);
        });
        for &(source, offset) in lane.in_flight() {
            if let Some(source) = self.sources.get_mut(source) {
                source.ledger.send(offset);
            }
        }
        Some(batch)
    }

    /// How far it has come.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let mut sources = self.former.clone();
        sources.extend(self.sources.iter().map(|SourceFlow { name, ledger, .. }| {
            (name.clone(), (ledger.low(), ledger.unsent()))
        }));
        Checkpoint {
            feeder: self.feeder.clone(),
            sources,
        }
    }

    /// Notes that the batch that is on its way to a partition is stored. Returns its number of
    /// records.
    pub(crate) fn stored(&mut self, number: usize) -> usize {
        let Some(lane) = self.lanes.get_mut(number) else {
            return 0;
        };
        let in_flight = lane.stored();
        for &(source, offset) in &in_flight {
            if let Some(source) = self.sources.get_mut(source) {
                source.ledger.deliver(offset);
            }
        }
        in_flight.len()
    }

    /// Whether nothing is on its way, and there is nothing to send.
    pub(crate) fn is_quiet(&self) -> bool {
        self.lanes.iter().all(Lane::is_quiet)
    }

    /// Events that are held back.
    pub(crate) fn held(&self) -> usize {
        self.hold.len()
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether all that was read is delivered.
    pub(crate) fn is_done(&self) -> bool {
        let all = |source: &SourceFlow| source.ledger.low() == source.ledger.next();
        self.sources.iter().all(all)
    }
}
