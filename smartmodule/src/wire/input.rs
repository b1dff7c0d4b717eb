//! The envelope around a batch of records.

use super::Damaged;
use super::cursor::Cursor;
use super::parameters;

/// The first engine version whose envelope has a record to join with.
const FIRST_WITH_JOIN: i16 = 16;
/// The last engine version whose envelope has parameters and a record to join with.
const LAST_WITH_PARAMETERS: i16 = 22;
/// The first engine version whose envelope has a base timestamp.
const FIRST_WITH_TIMESTAMP: i16 = 22;

/// A batch as the engine hands it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'a> {
    /// Offset of the batch's first record; in a topic's own path the same for every batch.
    pub base_offset: i64,
    /// The append time that the records' deltas start from; `None` when the batch has none.
    pub base_timestamp: Option<i64>,
    /// The records, for [`Records`](super::Records).
    pub records: &'a [u8],
}

impl<'a> Input<'a> {
    /// Reads the envelope as the given engine version writes it. Bytes after its end are ignored, as Fluvio does.
    pub fn parse(bytes: &'a [u8], version: i16) -> Result<Self, Damaged> {
        Self::read(Cursor::new(bytes), version).ok_or(Damaged::Input)
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
            // Fluvio's consumers take 0 and below as "no timestamp", and -1 is what a batch without one carries.
            base_timestamp: (base_timestamp > 0).then_some(base_timestamp),
            records,
        })
    }
}
