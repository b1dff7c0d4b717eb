//! One key with its session, packed.

use crate::key::Key;
use crate::session::{Origin, Session};
use sessionize_formats::time::Millis;

/// The place of a slot in the slab.
pub(super) type SlotId = u32;

/// No slot: the end of a list.
pub(super) const NONE: SlotId = SlotId::MAX;

/// A key, its session, and its links in the index and in the list: 60 bytes.
///
/// Times take 48 bits, which are enough until the year 9999. One number serves for the session and
/// for the one before it. If both start at the same time, the session has the next number. If not,
/// the session has the number 1, and only that of the one before is kept.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    key: [u32; 4],
    start: Packed,
    last: Packed,
    previous: Packed,
    flags: u8,
    /// The height of the tree below the slot, if the slot is in the tree.
    height: u8,
    events: u32,
    number: u32,
    /// The children in the tree. A slot that is not in the tree has its next one in `left`: see
    /// [`chain`](Slot::chain).
    left: SlotId,
    right: SlotId,
    /// The neighbours in the list.
    older: SlotId,
    newer: SlotId,
}

const _: () = assert!(size_of::<Slot>() == 60);

/// A side of a tree.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// A time in 48 bits.
#[derive(Clone, Copy)]
struct Packed([u16; 3]);

/// Flag: the key is that of a text.
const TEXT: u8 = 1;

/// Flag: the session before is known.
const HAS_PREVIOUS: u8 = 2;

impl Slot {
    pub(super) fn new(key: Key, session: &Session) -> Self {
        let bits = key.bits();
        let mut slot = Slot {
            key: [
                bits as u32,
                (bits >> 32) as u32,
                (bits >> 64) as u32,
                (bits >> 96) as u32,
            ],
            start: Packed([0; 3]),
            last: Packed([0; 3]),
            previous: Packed([0; 3]),
            flags: if key.is_text() { TEXT } else { 0 },
            height: 0,
            events: 0,
            number: 0,
            left: NONE,
            right: NONE,
            older: NONE,
            newer: NONE,
        };
        slot.set_session(session);
        slot
    }

    pub(super) fn key(&self) -> Key {
        let [a, b, c, d] = self.key.map(u128::from);
        Key::from_parts(a | b << 32 | c << 64 | d << 96, self.flags & TEXT != 0)
    }

    pub(super) fn session(&self) -> Session {
        let start = self.start.time();
        let previous_start = self.previous.time();
        let has_previous = self.flags & HAS_PREVIOUS != 0;
        let (number, previous_number) = if has_previous && previous_start == start {
            (self.number, self.number.saturating_sub(1))
        } else {
            (1, self.number)
        };
        Session {
            origin: Origin { start, number },
            last: self.last.time(),
            events: self.events,
            previous: has_previous.then_some(Origin {
                start: previous_start,
                number: previous_number,
            }),
        }
    }

    /// The latest event time of the session.
    pub(super) fn last(&self) -> Millis {
        self.last.time()
    }

    pub(super) fn set_session(&mut self, session: &Session) {
        let Origin { start, number } = session.origin;
        self.start = Packed::from(start);
        self.last = Packed::from(session.last);
        self.events = session.events;
        self.flags &= TEXT;
        if let Some(previous) = session.previous {
            self.flags |= HAS_PREVIOUS;
            self.previous = Packed::from(previous.start);
            self.number = if previous.start == start {
                number
            } else {
                previous.number
            };
        }
    }

    /// This slot with the session, and the neighbours in the list, that it had `before`. It stays
    /// where it is in the index.
    pub(super) fn restored(self, before: &Slot) -> Slot {
        Slot {
            height: self.height,
            left: self.left,
            right: self.right,
            ..*before
        }
    }

    /// The next slot of its bucket, or the next free one.
    pub(super) fn chain(&self) -> SlotId {
        self.left
    }

    pub(super) fn chain_mut(&mut self) -> &mut SlotId {
        &mut self.left
    }

    /// The child in the tree at a side.
    pub(super) fn child(&self, side: Side) -> SlotId {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }

    pub(super) fn child_mut(&mut self, side: Side) -> &mut SlotId {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    pub(super) fn height(&self) -> u8 {
        self.height
    }

    pub(super) fn height_mut(&mut self) -> &mut u8 {
        &mut self.height
    }

    /// Makes the slot a tree of its own.
    pub(super) fn become_leaf(&mut self) {
        (self.left, self.right, self.height) = (NONE, NONE, 1);
    }

    pub(super) fn older(&self) -> SlotId {
        self.older
    }

    pub(super) fn older_mut(&mut self) -> &mut SlotId {
        &mut self.older
    }

    pub(super) fn newer(&self) -> SlotId {
        self.newer
    }

    pub(super) fn newer_mut(&mut self) -> &mut SlotId {
        &mut self.newer
    }
}

impl Packed {
    fn time(self) -> Millis {
        let [a, b, c] = self.0.map(Millis::from);
        a | b << 16 | c << 32
    }
}

impl From<Millis> for Packed {
    fn from(time: Millis) -> Self {
        Packed([time as u16, (time >> 16) as u16, (time >> 32) as u16])
    }
}
