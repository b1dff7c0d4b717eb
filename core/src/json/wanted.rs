use crate::path::Path;

use super::unescape;

/// The most values that one scan can find. A visitor's key of several fields, the time, and our own fields fit well.
pub const MAX_WANTED: usize = 16;

/// A set of slots: bit i stands for `paths[i]`.
pub(super) type Slots = u16;

/// The values that a scan looks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The slots by the length of their member's name; the last for all that are as long or longer. Nearly all members of an event are
    /// of no interest, and most of them are told by their length alone.
    by_length: [Slots; LENGTHS],
    names: Vec<Name>,
}

const LENGTHS: usize = 33;

#[derive(Clone, Debug)]
struct Name {
    text: Box<[u8]>,
    /// Its first and last eight bytes, which overlap if it is short; those of a name below eight bytes are filled with zeros. They spare
    /// most comparisons a call, which costs more than the comparison.
    first: u64,
    last: u64,
    /// Where the value is in that member.
    inner: Box<[String]>,
}

impl Wanted {
    /// Compiles a list of paths, of which the first [`MAX_WANTED`] count; more is a mistake in the program.
    pub fn new(paths: &[Path]) -> Wanted {
        debug_assert!(paths.len() <= MAX_WANTED);
        let mut by_length = [0; LENGTHS];
        let mut names = Vec::new();
        for (slot, path) in paths.iter().take(MAX_WANTED).enumerate() {
            let (name, inner) = path
                .tokens()
                .split_first()
                .map_or(("", &[][..]), |(name, inner)| (name, inner));
            if let Some(slots) = by_length.get_mut(name.len().min(LENGTHS - 1)) {
                *slots |= 1 << slot;
            }
            let text = name.as_bytes();
            let (first, last) = ends(text);
            names.push(Name {
                text: text.into(),
                first,
                last,
                inner: inner.into(),
            });
        }
        Wanted { by_length, names }
    }

    /// The slots whose member has this name, which is as it stands in the record.
    #[inline]
    pub(super) fn slots(&self, name: &[u8]) -> Slots {
        match self.by_length.get(name.len().min(LENGTHS - 1)) {
            None | Some(0) => 0,
            Some(&candidates) => self.compare(candidates, name),
        }
    }

    #[inline]
    fn compare(&self, mut candidates: Slots, name: &[u8]) -> Slots {
        let (first, last) = ends(name);
        let mut slots = 0;
        while candidates != 0 {
            let slot = candidates.trailing_zeros();
            candidates &= candidates - 1;
            let same = self.names.get(slot as usize).is_some_and(|wanted| {
                wanted.first == first
                    && wanted.last == last
                    && (name.len() <= 16 || *wanted.text == *name)
            });
            slots |= Slots::from(same) << slot;
        }
        slots
    }

    /// The slots whose member has this name, which holds escapes in the record. Rare: names are seldom escaped.
    #[cold]
    pub(super) fn slots_of_escaped(&self, name: &[u8]) -> Slots {
        let mut plain = Vec::new();
        match unescape::append(name, &mut plain) {
            Some(()) => self.slots(&plain),
            // Half a surrogate pair, which no wanted name can hold.
            None => 0,
        }
    }

    /// The slots whose value lies deeper than in a top-level member, and the way to it.
    pub(super) fn nested(&self) -> impl Iterator<Item = (usize, &[String])> {
        let inner = self.names.iter().map(|name| &*name.inner);
        inner.enumerate().filter(|(_, inner)| !inner.is_empty())
    }
}

#[inline]
fn ends(name: &[u8]) -> (u64, u64) {
    match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => {
            let short = name
                .iter()
                .rfold(0, |word, &byte| word << 8 | u64::from(byte));
            (short, short)
        }
    }
}
