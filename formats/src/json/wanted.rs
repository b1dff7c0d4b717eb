//! The paths that a scan looks for, compiled for fast comparison.

use core::ops::Range;

use crate::bytes::word::word;
use crate::path::Path;

use super::unescape;

/// The most values that one scan can find: more than the added fields, the time and a key of
/// several fields take together.
pub const MAX_WANTED: usize = Slots::BITS as usize;

/// A set of slots: bit i stands for `paths[i]`.
pub(super) type Slots = u32;

/// The values that a scan looks for.
///
/// Nearly all members of an event are of no interest. The length of the name alone rules most of
/// them out, and two comparisons of eight bytes decide about the others: a call for each would cost
/// more.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The slots by the length of their member's name; the last for all that are as long or longer.
    by_length: [Slots; LENGTHS],
    /// The ends of the names, by slot.
    ends: [Ends; MAX_WANTED],
    /// The slots whose name is too long to compare by its ends, or empty.
    others: Slots,
    /// The names, by slot.
    names: Vec<Box<[u8]>>,
    /// The slots whose value lies deeper than in a top-level member, and the way from there.
    nested: Vec<(usize, Box<[String]>)>,
}

const LENGTHS: usize = 64;

/// A name of 1 to 16 bytes for comparison: its first eight bytes, after zeros if it is shorter,
/// and its last eight bytes if it is longer.
type Ends = (u64, u64);

impl Wanted {
    /// Compiles a list of paths. There must be at most [`MAX_WANTED`]; any more are ignored.
    pub fn new(paths: &[Path]) -> Wanted {
        debug_assert!(paths.len() <= MAX_WANTED);
        let mut wanted = Wanted {
            by_length: [0; LENGTHS],
            ends: [(0, 0); MAX_WANTED],
            others: 0,
            names: Vec::new(),
            nested: Vec::new(),
        };
        for ((slot, path), name_ends) in paths.iter().enumerate().zip(&mut wanted.ends) {
            let Some((name, inner)) = path.tokens().split_first() else {
                continue;
            };
            let name = name.as_bytes();
            if let Some(slots) = wanted.by_length.get_mut(name.len().min(LENGTHS - 1)) {
                *slots |= 1 << slot;
            }
            match ends(name, 0..name.len()) {
                Some(ends) => *name_ends = ends,
                None => wanted.others |= 1 << slot,
            }
            wanted.names.push(name.into());
            if !inner.is_empty() {
                wanted.nested.push((slot, inner.into()));
            }
        }
        wanted
    }

    /// The slots whose member may have a name of this length.
    #[inline]
    pub(super) fn candidates(&self, length: usize) -> Slots {
        self.by_length
            .get(length.min(LENGTHS - 1))
            .copied()
            .unwrap_or(0)
    }

    /// The candidates whose member has the name at this place in the record.
    #[inline]
    pub(super) fn matching(&self, candidates: Slots, record: &[u8], name: Range<usize>) -> Slots {
        let Some(ends) = ends(record, name.clone()) else {
            return self.matching_others(candidates, record.get(name).unwrap_or_default());
        };
        let mut left = candidates & !self.others;
        let mut slots = 0;
        while left != 0 {
            let slot = left.trailing_zeros();
            left &= left - 1;
            let same = self.ends.get(slot as usize % MAX_WANTED) == Some(&ends);
            slots |= Slots::from(same) << slot;
        }
        slots
    }

    #[cold]
    fn matching_others(&self, candidates: Slots, name: &[u8]) -> Slots {
        let names = self.names.iter().enumerate();
        names.fold(0, |slots, (slot, wanted)| {
            slots | Slots::from(**wanted == *name) << slot
        }) & candidates
    }

    /// The slots whose member has this name, which holds escapes in the record. Rare: names are
    /// seldom escaped.
    #[cold]
    pub(super) fn slots_of_escaped(&self, name: &[u8]) -> Slots {
        let mut plain = Vec::new();
        match unescape::append(name, &mut plain) {
            Some(()) => self.matching_others(!0, &plain),
            // An invalid escape: the scan will refuse the record.
            None => 0,
        }
    }

    /// The slots of nested values, and the way to them from their top-level member.
    #[inline]
    pub(super) fn nested(&self) -> impl Iterator<Item = (usize, &[String])> {
        self.nested.iter().map(|(slot, inner)| (*slot, &**inner))
    }
}

/// The ends of the name at this place; `None` unless it has 1 to 16 bytes.
#[inline]
fn ends(text: &[u8], name: Range<usize>) -> Option<Ends> {
    let first = word(text, name.start);
    match name.len() {
        // The bytes after it are shifted out.
        length @ 1..=8 => Some((first << (64 - 8 * length), 0)),
        9..=16 => Some((first, word(text, name.end - 8))),
        _ => None,
    }
}
