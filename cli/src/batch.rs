//! A batch of records in Fluvio's wire form.

/// Collects records into the bytes that the engine takes as a batch.
///
/// `fluvio-protocol` has an encoder too, but it works byte by byte on records that own their data: it alone would take as
/// long as the module.
#[derive(Debug)]
pub struct Batch {
    /// The records' number as a big-endian `i32`, then the records.
    raw: Vec<u8>,
    count: usize,
}

/// Size of the records' number at the start, in bytes.
const COUNT_SIZE: usize = 4;

impl Default for Batch {
    fn default() -> Self {
        Self::with_capacity(COUNT_SIZE)
    }
}

impl Batch {
    fn with_capacity(capacity: usize) -> Self {
        let mut raw = Vec::with_capacity(capacity);
        raw.extend_from_slice(&[0; COUNT_SIZE]);
        Self { raw, count: 0 }
    }

    /// Number of records.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Size of the records, in bytes.
    pub fn size(&self) -> usize {
        self.raw.len()
    }

    /// Adds a record; its offset is the number of those before it, its time that of the batch.
    pub fn push(&mut self, key: Option<&[u8]>, value: &[u8]) {
        let offset = zigzag(self.count as i64);
        let key_size = key.map_or(0, |key| varint_size(zigzag(key.len() as i64)) + key.len());
        let value_length = zigzag(value.len() as i64);
        // Attributes, time and headers are 0, a byte each; a fourth one tells whether there is a key.
        let size = 4 + varint_size(offset) + key_size + varint_size(value_length) + value.len();
        self.varint(zigzag(size as i64));
        self.raw.extend_from_slice(&[0, 0]);
        self.varint(offset);
        match key {
            Some(key) => {
                self.raw.push(1);
                self.varint(zigzag(key.len() as i64));
                self.raw.extend_from_slice(key);
            }
            None => self.raw.push(0),
        }
        self.varint(value_length);
        self.raw.extend_from_slice(value);
        self.raw.push(0);
        self.count += 1;
    }

    /// The bytes of the batch; an empty batch, made for the same size, takes its place.
    pub fn take(&mut self) -> Vec<u8> {
        let empty = Self::with_capacity(self.raw.len());
        let mut full = std::mem::replace(self, empty);
        if let Some(count) = full.raw.first_chunk_mut::<COUNT_SIZE>() {
            *count = (full.count as u32).to_be_bytes();
        }
        full.raw
    }

    fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.raw.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.raw.push(n as u8);
    }
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

/// Size of a varint, in bytes: one for each seven bits.
fn varint_size(n: u64) -> usize {
    (64 - (n | 1).leading_zeros() as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use fluvio_smartmodule::Record;
    use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;

    use super::*;

    #[test]
    fn equals_the_engines_own_encoder() {
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for length in [0, 1, 63, 64, 127, 128, 8_191, 8_192, 70_000] {
            let value = vec![b'v'; length];
            let key = vec![b'k'; length / 2];
            batch.push(None, &value);
            records.push(Record::new(value.clone()));
            batch.push(Some(&key), &value);
            records.push(Record::new_key_value(key, value));
        }
        for (number, record) in records.iter_mut().enumerate() {
            record.preamble.set_offset_delta(number as i64);
        }
        for _ in 0..2 {
            let expected = SmartModuleInput::try_from_records(records.clone(), 25).unwrap();
            assert_eq!(batch.count(), records.len());
            assert_eq!(batch.take(), expected.raw_bytes());
            assert_eq!((batch.count(), batch.size()), (0, COUNT_SIZE));
            for record in &records {
                batch.push(
                    record.key.as_ref().map(|key| key.as_ref()),
                    record.value.as_ref(),
                );
            }
        }
    }
}
