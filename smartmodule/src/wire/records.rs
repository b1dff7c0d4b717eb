//! The records of a batch, as views into its bytes.

use super::cursor::Cursor;
use super::damaged::Damaged;

/// One record, borrowed from the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordView<'a> {
    /// Attributes and both deltas as they came in. Passing these bytes on costs no encoding, and
    /// avoids Fluvio's encoder, which garbles deltas beyond 32 bits.
    pub(crate) preamble: &'a [u8],
    /// Milliseconds after the batch's base timestamp.
    pub(crate) timestamp_delta: i64,
    /// Distance from the batch's base offset.
    pub(crate) offset_delta: i64,
    /// The record key.
    pub(crate) key: Option<&'a [u8]>,
    /// The record's value.
    pub(crate) value: &'a [u8],
    /// The headers as they came in.
    pub(crate) headers: &'a [u8],
}

/// The records of a batch, in order. It ends after the first damaged one.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    cursor: Cursor<'a>,
    left: usize,
}

impl<'a> Records<'a> {
    /// Starts at the record count in front. A negative count counts as 0, as in Fluvio's decoder.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut cursor = Cursor::new(bytes);
        let count = cursor.i32().ok_or(Damaged::Records)?;
        Ok(Self {
            cursor,
            left: usize::try_from(count).unwrap_or(0),
        })
    }

    /// The number of records that the batch announces and that are not read yet. The batch may lie:
    /// allocate nothing by it.
    pub(crate) fn left(&self) -> usize {
        self.left
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordView<'a>, Damaged>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let record = read(&mut self.cursor);
        if record.is_none() {
            self.left = 0;
        }
        Some(record.ok_or(Damaged::Records))
    }
}

#[inline]
fn read<'a>(cursor: &mut Cursor<'a>) -> Option<RecordView<'a>> {
    // As in Fluvio's decoder, the length in front must fit into the bytes that are left, but the
    // record ends where its last part ends: stored batches exist whose prefix is wrong.
    let length = cursor.varint()?;
    if i64::try_from(cursor.remaining()).is_ok_and(|remaining| remaining < length) {
        return None;
    }
    let start = *cursor;
    cursor.u8()?;
    let timestamp_delta = cursor.varint()?;
    let offset_delta = cursor.varint()?;
    let preamble = cursor.since(start);
    let key = if cursor.bool()? {
        Some(cursor.varint_bytes()?)
    } else {
        None
    };
    let value = cursor.varint_bytes()?;
    let end = *cursor;
    cursor.varint()?;
    Some(RecordView {
        preamble,
        timestamp_delta,
        offset_delta,
        key,
        value,
        headers: cursor.since(end),
    })
}
