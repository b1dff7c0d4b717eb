//! What the order of an input was like.

use sessionize_formats::time::Millis;

/// What the order of the input was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disorder {
    /// Events that were set aside, as they were ahead of the stream's time by more than
    /// `max_ahead`.
    pub(crate) set_aside: u64,
    /// Those of them for which there was no room.
    pub(crate) no_room: u64,
    /// Events that came after their turn.
    pub(crate) behind: Behind,
}

/// Events that came after their turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    /// Their number.
    pub(crate) events: u64,
    /// The farthest that one of them was behind the stream's time, in ms.
    pub(crate) most: Millis,
}
