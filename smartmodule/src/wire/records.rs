//! The records of a batch, as views into its bytes.

use super::Damaged;
use super::cursor::Cursor;

/// One record, borrowed from the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordView<'a> {
    /// Attributes and both deltas as they came in. Passing these bytes on costs no encoding, and spares the record
    /// Fluvio's encoder, which garbles deltas beyond 32 bits.
    pub preamble: &'a [u8],
    /// Milliseconds after the batch's base timestamp.
    pub timestamp_delta: i64,
    /// Distance from the batch's base offset.
    pub offset_delta: i64,
    /// The record key.
    pub key: Option<&'a [u8]>,
    /// The record's value.
    pub value: &'a [u8],
    /// The headers as they came in.
    pub headers: &'a [u8],
}

/// The records of a batch, in order. Ends after the first damaged one.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    cursor: Cursor<'a>,
    left: usize,
}

impl<'a> Records<'a> {
    /// Starts at the record count in front. A negative count is none, as in Fluvio's decoder.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut cursor = Cursor::new(bytes);
        let count = cursor.i32().ok_or(Damaged::Records)?;
        Ok(Self {
            cursor,
            left: usize::try_from(count).unwrap_or(0),
        })
    }

    /// How many records are announced and not yet read: the batch's own word, not to be trusted with an allocation.
    pub fn left(&self) -> usize {
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
    // As in Fluvio's decoder the length in front must fit into what is left, but where the record ends is told by its
    // parts: stored batches exist whose prefix is wrong.
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
