//! The output of a batch, and of a start that fails.

use sessionize_formats::bytes::text::Text;

use super::records::RecordView;
use super::varint::{prefixed_size, put_length, write_length};

const COUNT_SIZE: usize = size_of::<i32>();
const NONE: u8 = 0;
const SOME: u8 = 1;

/// The records that are passed on, written once and in order into a buffer that the next batch
/// reuses.
///
/// Fluvio's generated code gives each batch a buffer of its own, which nobody ever frees.
#[derive(Debug)]
pub(crate) struct OutputBuffer {
    bytes: Text,
    count: u32,
    failed: bool,
}

impl OutputBuffer {
    /// An output that has allocated nothing yet.
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Text::new(),
            count: 0,
            failed: false,
        }
    }

    /// Begins a batch. Drops the records of the last one, and keeps the memory.
    pub(crate) fn begin(&mut self) {
        self.bytes.clear();
        self.bytes.push(&[0; COUNT_SIZE]);
        self.count = 0;
        self.failed = false;
    }

    /// Passes a record on with another key and a value given in parts. Deltas, attributes and
    /// headers stay.
    #[inline]
    pub(crate) fn record(&mut self, record: &RecordView<'_>, key: Option<&[u8]>, value: &[&[u8]]) {
        let key_size = key.map_or(0, |key| prefixed_size(key.len()));
        let value_length = value.iter().map(|part| part.len()).sum();
        let length = record.preamble.len()
            + size_of_val(&SOME)
            + key_size
            + prefixed_size(value_length)
            + record.headers.len();
        let mut out = self.bytes.writer(prefixed_size(length));
        write_length(length, &mut out);
        out.text(record.preamble);
        match key {
            Some(key) => {
                out.bytes([SOME]);
                write_length(key.len(), &mut out);
                out.text(key);
            }
            None => out.bytes([NONE]),
        }
        write_length(value_length, &mut out);
        for part in value {
            out.text(part);
        }
        out.text(record.headers);
        out.end();
        self.count += 1;
    }

    /// The number of records passed on since [`begin`](Self::begin).
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// Ends a batch. Call it once, before the next [`begin`](Self::begin).
    pub(crate) fn finish(&mut self) -> &[u8] {
        if !self.failed {
            let count = self.count.to_be_bytes();
            if let Some(place) = self.bytes.as_mut_bytes().first_chunk_mut() {
                *place = count;
            }
            self.bytes.push(&[NONE]);
        }
        self.bytes.as_bytes()
    }

    /// Fails the batch for one of its records, with the reason. Withdraws the records before it:
    /// the broker stores nothing of such a request, and a consumer would otherwise see them twice.
    ///
    /// Written by hand like the rest: for this one place, Fluvio's encoder would add 5 KB to the
    /// module.
    pub(crate) fn fail(&mut self, record: &RecordView<'_>, base_offset: i64, why: &str) {
        const FILTER_MAP: u8 = 4;
        self.begin();
        self.failed = true;
        let mut bytes = vec![SOME];
        put_text(&mut bytes, why);
        let offset = base_offset.saturating_add(record.offset_delta);
        bytes.extend_from_slice(&offset.to_be_bytes());
        bytes.push(FILTER_MAP);
        bytes.push(u8::from(record.key.is_some()));
        for part in record.key.into_iter().chain([record.value]) {
            put_length(&mut bytes, part.len());
            bytes.extend_from_slice(part);
        }
        self.bytes.push(&bytes);
    }
}

/// The output of an `init` that refuses the parameters, with the reason.
pub(crate) fn refusal(why: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_text(&mut bytes, why);
    bytes
}

/// Appends a text after its length. The length has 15 bits; a longer text is cut.
fn put_text(to: &mut Vec<u8>, text: &str) {
    const LONGEST: usize = i16::MAX as usize;
    let text = text
        .get(..text.floor_char_boundary(LONGEST))
        .unwrap_or_default();
    to.extend_from_slice(&(text.len() as u16).to_be_bytes());
    to.extend_from_slice(text.as_bytes());
}
