//! What the tests of orderings share.

use sessionize_core::key::Key;
use sessionize_core::output::{Members, ObjectEnd};

use crate::record::{SourcePosition, StreamRecord};

/// The line of the record of this number, which is not its text.
pub(super) fn line(number: usize) -> Vec<u8> {
    format!("line {number}").into_bytes()
}

/// A record whose text, key, end and position are made of its number.
pub(super) fn with_record<T>(
    time: i64,
    number: usize,
    take: impl FnOnce(&StreamRecord<'_>) -> T,
) -> T {
    take(&StreamRecord {
        time,
        key: key(number),
        key_text: key_text(number).as_bytes(),
        text: number.to_string().as_bytes(),
        end: end(number),
        line_length: line(number).len(),
        position: position(number),
    })
}

/// The number of a record, which has all that belongs to it.
pub(super) fn number_of(record: &StreamRecord<'_>) -> usize {
    let number = std::str::from_utf8(record.text).unwrap().parse().unwrap();
    with_record(record.time, number, |expected| {
        assert_eq!(record, expected);
    });
    number
}

fn key(number: usize) -> Key {
    Key::from_parts(number as u128 % 3 * u128::from(u64::MAX), number % 2 == 1)
}

fn key_text(number: usize) -> String {
    format!("visitor {}", number % 3)
}

fn end(number: usize) -> ObjectEnd {
    ObjectEnd {
        close: number * 3,
        members: [Members::None, Members::Others, Members::Added][number % 3],
    }
}

fn position(number: usize) -> SourcePosition {
    SourcePosition {
        input: number as u32 % 2,
        byte: number as u64 * 1_000_000_007,
    }
}
