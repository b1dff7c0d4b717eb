//! Batches for hosts that feed the module themselves.

use super::varint::{length_size, put_length, put_signed};

const COUNT_SIZE: usize = size_of::<i32>();
const NO_ATTRIBUTES: u8 = 0;
const NO_HEADERS: u8 = 0;

/// Makes the raw bytes of a batch of records, as a producer would.
#[derive(Debug)]
pub struct BatchBuilder {
    bytes: Vec<u8>,
    record: Vec<u8>,
    count: u32,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// A batch without records.
    pub fn new() -> Self {
        Self {
            bytes: vec![0; COUNT_SIZE],
            record: Vec::new(),
            count: 0,
        }
    }

    /// Adds a record whose append time is the batch's.
    pub fn push(&mut self, key: Option<&[u8]>, value: &[u8]) {
        self.push_at(0, key, value);
    }

    /// Adds a record appended some milliseconds after the batch's base timestamp.
    pub fn push_at(&mut self, timestamp_delta: i64, key: Option<&[u8]>, value: &[u8]) {
        let head = &mut self.record;
        head.clear();
        head.push(NO_ATTRIBUTES);
        put_signed(head, timestamp_delta);
        put_signed(head, i64::from(self.count));
        head.push(u8::from(key.is_some()));
        if let Some(key) = key {
            put_length(head, key.len());
            head.extend_from_slice(key);
        }
        let length = head.len() + length_size(value.len()) + value.len() + size_of_val(&NO_HEADERS);
        put_length(&mut self.bytes, length);
        self.bytes.extend_from_slice(head);
        put_length(&mut self.bytes, value.len());
        self.bytes.extend_from_slice(value);
        self.bytes.push(NO_HEADERS);
        self.count += 1;
    }

    /// How many records the batch has.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Whether the batch has no records.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The size of the batch in bytes.
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The batch; the builder starts another.
    pub fn take(&mut self) -> Vec<u8> {
        let next = Vec::with_capacity(self.bytes.len());
        let mut bytes = std::mem::replace(&mut self.bytes, next);
        if let Some(count) = bytes.first_chunk_mut::<COUNT_SIZE>() {
            *count = self.count.to_be_bytes();
        }
        self.bytes.extend_from_slice(&[0; COUNT_SIZE]);
        self.count = 0;
        bytes
    }
}
