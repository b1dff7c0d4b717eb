//! The envelope around a batch of records.

use super::cursor::Cursor;
use super::damaged::Damaged;
use super::parameters;

/// The first engine version whose envelope has a record to join with.
const FIRST_WITH_JOIN: i16 = 16;
/// The last engine version whose envelope has parameters and a record to join with.
const LAST_WITH_PARAMETERS: i16 = 22;
/// The first engine version whose envelope has a base timestamp.
const FIRST_WITH_TIMESTAMP: i16 = 22;

/// A batch as the engine hands it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    /// The offset of the batch's first record; the same for every batch in a topic's own path.
    pub(crate) base_offset: i64,
    /// The append time to which the records' deltas are added, in ms since the epoch; `None` if the
    /// batch has none.
    pub(crate) base_timestamp: Option<i64>,
    /// The encoded records, for [`Records`](super::Records).
    pub(crate) records: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads the envelope as this engine version writes it. Ignores bytes after its end, as Fluvio
    /// does.
    pub(crate) fn parse(bytes: &'a [u8], version: i16) -> Result<Self, Damaged> {
        Self::read(Cursor::new(bytes), version).ok_or(Damaged::Envelope)
    }

    fn read(mut cursor: Cursor<'a>, version: i16) -> Option<Self> {
        let base_offset = cursor.i64()?;
        let records = cursor.i32_bytes()?;
        if version <= LAST_WITH_PARAMETERS {
            // Hosts leave the parameters empty here, and give the real ones to `init`.
            parameters::skip(&mut cursor, version)?;
            if version >= FIRST_WITH_JOIN {
                cursor.i32_bytes()?;
            }
        }
        let base_timestamp = if version >= FIRST_WITH_TIMESTAMP {
            cursor.i64()?
        } else {
            0
        };
        Some(Self {
            base_offset,
            // Fluvio's consumers take 0 and below as "no timestamp", and a batch without one
            // carries -1.
            base_timestamp: (base_timestamp > 0).then_some(base_timestamp),
            records,
        })
    }
}
