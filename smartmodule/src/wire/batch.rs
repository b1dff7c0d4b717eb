//! Batches, for hosts that feed the module themselves.

use super::varint::{prefixed_size, put_length, put_signed, signed_size};

const COUNT_SIZE: usize = size_of::<i32>();
const NO_ATTRIBUTES: u8 = 0;
const NO_HEADERS: u8 = 0;

/// No milliseconds after the batch's base timestamp, as a varint.
const NO_TIMESTAMP_DELTA: u8 = 0;

/// Builds the raw bytes of a batch of records, as a producer does.
#[derive(Debug)]
pub struct BatchBuilder {
    bytes: Vec<u8>,
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
            count: 0,
        }
    }

    /// Adds a record. Its append time is the batch's.
    pub fn push(&mut self, key: Option<&[u8]>, value: &[u8]) {
        let offset_delta = i64::from(self.count);
        let key_size = key.map_or(0, |key| prefixed_size(key.len()));
        let length = size_of_val(&NO_ATTRIBUTES)
            + size_of_val(&NO_TIMESTAMP_DELTA)
            + signed_size(offset_delta)
            + size_of::<bool>()
            + key_size
            + prefixed_size(value.len())
            + size_of_val(&NO_HEADERS);
        let bytes = &mut self.bytes;
        bytes.reserve(prefixed_size(length));
        put_length(bytes, length);
        bytes.push(NO_ATTRIBUTES);
        bytes.push(NO_TIMESTAMP_DELTA);
        put_signed(bytes, offset_delta);
        bytes.push(u8::from(key.is_some()));
        if let Some(key) = key {
            put_length(bytes, key.len());
            bytes.extend_from_slice(key);
        }
        put_length(bytes, value.len());
        bytes.extend_from_slice(value);
        bytes.push(NO_HEADERS);
        self.count += 1;
    }

    /// The number of records in the batch.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Whether the batch has no records.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The size of the batch, in bytes.
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Takes the batch, and begins another.
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
