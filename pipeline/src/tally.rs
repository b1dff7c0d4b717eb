//! The tally: counts what comes out.
//!
//! * [`reasons`]: why records came out without a session.
//! * [`summary`]: the figures of a run, for people ([`text`]) and for programs ([`json`]).

mod json;
mod reasons;
mod summary;
mod text;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use foldhash::quality::FixedState;
use sessionize_core::fields::{Added, AddedReader};
use sessionize_core::key::Key;
use sessionize_core::parameters::Parameters;
use sessionize_core::rule::{Cut, Placed};
use sessionize_core::wrapper::Wrapper;

pub use summary::Summary;

/// Counts what a processor puts out.
///
/// The counts are exact, at the cost of 9 to 18 bytes for each key that ever occurred, and of twice
/// as much where outputs have to be read. A key is known by 64 bits of its hash: in one of 400,000
/// runs with ten million keys, two keys have the same bits. The hash is good in all its bits, but
/// it is not keyed: whoever makes up a log of keys that collide gets a wrong number of keys for it.
/// SipHash would withstand that, and takes longer.
///
/// An event is counted in one of two ways: with the session that it was placed in
/// ([`add_event`](Self::add_event)), or by its output, which is read back
/// ([`add_output`](Self::add_output)).
#[derive(Clone)]
pub(crate) struct Tally {
    added: AddedReader,
    wrapper: Wrapper,
    /// Whether everything is counted. Otherwise the tally only notes whether there is an event with
    /// a session.
    is_whole: bool,
    summary: Summary,
    hasher: FixedState,
    /// Hashes of the keys of events whose sessions were placed here.
    keys: HashSet<u64, BuildHasherDefault<AsIs>>,
    /// Duration of each key's current session, of events whose outputs were read.
    durations: HashMap<u64, i64, BuildHasherDefault<AsIs>>,
    /// Hashes of the fragments' keys and times, which are what their ids are made of.
    fragments: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl Tally {
    /// A tally of what a module with these parameters puts out. Unless it `is_whole`, it only notes
    /// whether there is an event with a session.
    pub(crate) fn new(parameters: &Parameters, is_whole: bool) -> Self {
        Self {
            added: AddedReader::new(&parameters.prefix, parameters.id),
            wrapper: Wrapper::new(parameters),
            is_whole,
            summary: Summary::default(),
            hasher: FixedState::default(),
            keys: HashSet::default(),
            durations: HashMap::default(),
            fragments: HashSet::default(),
        }
    }

    /// Counts an event that was placed in its session.
    #[inline]
    pub(crate) fn add_event(&mut self, key: Key, placed: &Placed) {
        if !self.is_counting() {
            return;
        }
        let summary = &mut self.summary;
        summary.events += 1;
        summary.late += u64::from(placed.out_of_order);
        summary.duration += placed.lengthened;
        match placed.cut {
            Some(Cut::Fragment) => return self.add_fragment(key, placed),
            // Of no other event the key may be a new one.
            Some(Cut::First) => {
                self.keys.insert(self.hasher.hash_one(key));
            }
            _ => {}
        }
        self.summary.cuts.add(placed.cut);
        self.summary.longest = self.summary.longest.max(placed.session.duration());
    }

    #[cold]
    fn add_fragment(&mut self, key: Key, placed: &Placed) {
        let start = placed.session.origin.start;
        self.summary.fragments += 1;
        self.keys.insert(self.hasher.hash_one(key));
        self.fragments.insert(self.hasher.hash_one((key, start)));
    }

    /// Counts a wrapper that came out, of a record without a session.
    pub(crate) fn add_wrapper(&mut self, value: &[u8]) {
        if self.is_counting() {
            self.add_reason(value);
        }
    }

    /// Counts a record that came out. Its key is that of the session, as records from a file come
    /// without a key.
    pub(crate) fn add_output(&mut self, key: Option<&[u8]>, value: &[u8]) {
        if !self.is_counting() {
            return;
        }
        let key = key.unwrap_or_default();
        match self.added.read(value) {
            Some(added) if added.cut == Some(Cut::Fragment) => {
                self.add_output_fragment(key, value, &added)
            }
            Some(added) => self.add_output_event(key, &added),
            None => self.add_reason(value),
        }
    }

    fn is_counting(&self) -> bool {
        self.is_whole || self.summary.events == 0
    }

    #[cold]
    fn add_reason(&mut self, value: &[u8]) {
        let reason = self.wrapper.reason(value);
        let reason = reason.unwrap_or_else(|| "not the module's output".into());
        self.summary.invalid.add(reason);
    }

    #[cold]
    fn add_output_fragment(&mut self, key: &[u8], value: &[u8], added: &Added<'_>) {
        let Some((_, session)) = added.session() else {
            return self.add_reason(value);
        };
        let key = self.hasher.hash_one(key);
        self.summary.events += 1;
        self.summary.late += 1;
        self.summary.fragments += 1;
        self.durations.entry(key).or_default();
        let fragment = self.hasher.hash_one((key, session.origin.start));
        self.fragments.insert(fragment);
    }

    fn add_output_event(&mut self, key: &[u8], added: &Added<'_>) {
        let summary = &mut self.summary;
        let (cut, duration) = (added.cut, added.duration);
        summary.events += 1;
        match added.out_of_order {
            Some(is_late) => summary.late += u64::from(is_late),
            None => summary.late_unknown += 1,
        }
        let current = self.durations.entry(self.hasher.hash_one(key)).or_default();
        summary.cuts.add(cut);
        // A session's duration only grows: its last duration is the sum of the steps.
        let before = if cut.is_none() { *current } else { 0 };
        summary.duration += duration - before;
        summary.longest = summary.longest.max(duration);
        *current = duration;
    }

    /// The figures of all records.
    pub(crate) fn finish(self) -> Summary {
        Summary {
            keys: (self.keys.len() + self.durations.len()) as u64,
            fragment_ids: self.fragments.len() as u64,
            ..self.summary
        }
    }
}

/// Hashes a number that is a hash already, as it is.
#[derive(Clone, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests;
