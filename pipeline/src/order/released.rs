//! Records that an ordering gives back.

use sessionize_formats::time::Millis;

use crate::record::StreamRecord;

/// A record whose turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Released<'a> {
    pub(crate) record: StreamRecord<'a>,
    /// The stream's time, in ms since the epoch, if the record is too far ahead of it and there is
    /// no room for it to wait. The text of the record is then its line. None for a record in its
    /// turn.
    pub(crate) ahead_of: Option<Millis>,
}
