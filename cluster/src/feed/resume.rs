//! Where to go on, read from the tails of the partitions that a feeder writes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ledger::Ledger;
use super::stamp::{Checkpoint, Origin, Stamps};

/// What the tails of all partitions tell of the sources, read backwards.
///
/// * All below the largest lower bound that any checkpoint tells is delivered.
/// * A record above it is delivered if it is stored. Everything stored in front of a checkpoint was
///   sent before it, so it is of no interest if the checkpoint says that nothing had been sent from
///   that lower bound on.
pub(crate) struct Resume {
    feeder: String,
    stamps: Stamps,
    is_stamped: bool,
    /// The sources that matter.
    names: BTreeSet<String>,
    sources: HashMap<String, Known>,
    /// What the latest checkpoint of this feeder lists.
    former: BTreeMap<String, (u64, u64)>,
    /// From where on nothing of a source was sent, as far as stamps tell.
    sent: HashMap<String, u64>,
    lanes: Vec<LaneTail>,
    doubled: u64,
    foreign: u64,
}

/// What is known of a source.
#[derive(Debug, Default)]
struct Known {
    /// All below is delivered; none if no checkpoint lists the source.
    low: Option<u64>,
    delivered: BTreeSet<u64>,
}

/// What is known of a partition's tail.
#[derive(Debug, Default)]
struct LaneTail {
    /// Of each source, from where on nothing was sent when the oldest checkpoint that lists it was
    /// written.
    unsent: HashMap<String, u64>,
    /// The oldest checkpoint of this feeder.
    own: Option<Checkpoint>,
}

impl Resume {
    /// Nothing is read yet. The sources of these names matter.
    pub(crate) fn new(
        feeder: &str,
        stamps: Stamps,
        is_stamped: bool,
        names: impl IntoIterator<Item = String>,
        lanes: usize,
    ) -> Self {
        Self {
            feeder: feeder.to_owned(),
            stamps,
            is_stamped,
            names: names.into_iter().collect(),
            sources: HashMap::new(),
            former: BTreeMap::new(),
            sent: HashMap::new(),
            lanes: (0..lanes).map(|_| LaneTail::default()).collect(),
            doubled: 0,
            foreign: 0,
        }
    }

    /// Takes a record of a partition. Records of one checkpoint's batch may come in any order, but
    /// none that is stored in front of it.
    pub(crate) fn take(&mut self, lane: usize, key: Option<&[u8]>, value: &[u8]) {
        let Origin { stamp, checkpoint } = self.stamps.read(key, value);
        self.foreign += u64::from(stamp.is_none() && checkpoint.is_none());
        if let Some((name, offset)) = stamp {
            if self.names.contains(&name) {
                let known = self.sources.entry(name.clone()).or_default();
                self.doubled += u64::from(!known.delivered.insert(offset));
            }
            let sent = self.sent.entry(name).or_default();
            *sent = offset.saturating_add(1).max(*sent);
        }
        if let Some(checkpoint) = checkpoint {
            self.take_checkpoint(lane, checkpoint);
        }
    }

    fn take_checkpoint(&mut self, lane: usize, checkpoint: Checkpoint) {
        let Some(tail) = self.lanes.get_mut(lane) else {
            return;
        };
        for (name, &(low, unsent)) in &checkpoint.sources {
            if self.names.contains(name) {
                let known = self.sources.entry(name.clone()).or_default();
                known.low = known.low.max(Some(low));
                let least = tail.unsent.entry(name.clone()).or_insert(unsent);
                *least = unsent.min(*least);
            }
        }
        if checkpoint.feeder == self.feeder {
            for (name, &(low, unsent)) in &checkpoint.sources {
                let former = self.former.entry(name.clone()).or_insert((low, unsent));
                *former = (low.max(former.0), unsent.max(former.1));
            }
            tail.own = Some(checkpoint);
        }
    }

    /// Whether nothing that is stored further in front of a partition's tail matters.
    pub(crate) fn is_enough(&self, lane: usize) -> bool {
        let Some(tail) = self.lanes.get(lane) else {
            return true;
        };
        let is_new = |name: &String| {
            let own = tail.own.as_ref();
            own.is_some_and(|own| !own.sources.contains_key(name))
        };
        let is_known = |name: &String| {
            let low = self.sources.get(name).and_then(|known| known.low);
            let unsent = tail.unsent.get(name);
            match (low, unsent) {
                (Some(low), Some(&unsent)) => unsent <= low || !self.is_stamped,
                _ => false,
            }
        };
        // Without sources, what this feeder had before still matters.
        let is_listed = !self.names.is_empty() || tail.own.is_some();
        is_listed && self.names.iter().all(|name| is_known(name) || is_new(name))
    }

    /// Records that were delivered more than once, and such as no feeder has sent.
    pub(crate) fn strange(&self) -> (u64, u64) {
        (self.doubled, self.foreign)
    }

    /// Whether anything is known of any source of this feeder.
    pub(crate) fn has_any(&self) -> bool {
        !self.former.is_empty() || !self.sources.is_empty()
    }

    /// The sources that this feeder had, as its next checkpoint has to list them.
    pub(crate) fn former(&self) -> BTreeMap<String, (u64, u64)> {
        let names = self.former.keys();
        names
            .filter_map(|name| Some((name.clone(), self.listed(name)?)))
            .collect()
    }

    /// What is known of a source that this feeder had: below which offset all is delivered, and
    /// from which on nothing was sent.
    pub(crate) fn listed(&self, name: &str) -> Option<(u64, u64)> {
        let &(low, unsent) = self.former.get(name)?;
        // The batch that had the checkpoint was sent after it was written, and so was all that is
        // stored behind it.
        let sent = self.sent.get(name).copied();
        Some((low, unsent.max(sent.unwrap_or_default())))
    }

    /// From where on nothing of a source was sent, as far as is known.
    pub(crate) fn unsent(&self, name: &str) -> u64 {
        let Some(known) = self.sources.get(name) else {
            return 0;
        };
        let behind = known.delivered.last().map_or(0, |last| last + 1);
        behind.max(known.low.unwrap_or_default())
    }

    /// Where a source goes on; none if nothing is known of it.
    pub(crate) fn low(&self, name: &str) -> Option<u64> {
        self.sources.get(name)?.low
    }

    /// What is delivered of a source, all below `low` included.
    pub(crate) fn ledger(&self, name: &str, low: u64) -> Ledger {
        let known = self.sources.get(name);
        let delivered = known.into_iter().flat_map(|known| &known.delivered);
        Ledger::new(low, delivered.copied())
    }
}
