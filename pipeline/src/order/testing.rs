//! What the tests of orderings share.

use crate::record::{SourcePosition, StreamRecord};

/// A record whose line, key and position are made of its number.
pub(super) fn with_record<T>(
    time: i64,
    number: usize,
    take: impl FnOnce(&StreamRecord<'_>) -> T,
) -> T {
    take(&StreamRecord {
        time,
        key: key(number).as_bytes(),
        line: number.to_string().as_bytes(),
        position: position(number),
    })
}

/// The number of a record, which has the key and the position that belong to it.
pub(super) fn number_of(record: &StreamRecord<'_>) -> usize {
    let number = std::str::from_utf8(record.line).unwrap().parse().unwrap();
    assert_eq!(record.key, key(number).as_bytes());
    assert_eq!(record.position, position(number));
    number
}

fn key(number: usize) -> String {
    format!("visitor {}", number % 3)
}

fn position(number: usize) -> SourcePosition {
    SourcePosition {
        input: number as u32 % 2,
        byte: number as u64 * 1_000_000_007,
    }
}
