//! The first columns of a log line.

use memchr::memchr_iter;

use sessionize_core::parameters::{Field, KeySource, Parameters, TimeSource};

/// Number of columns, divided by spaces, within which every format has its time and its address.
const COLUMNS: usize = 5;

/// The least number of bytes that tells the formats apart.
const SHORTEST: usize = 32;

/// Whether the head of a line is enough. Only its time and its address are sure to be whole.
pub(super) fn is_enough(parameters: &Parameters) -> bool {
    let is = |field: &Field, name| field.path.as_field() == Some(name);
    let by_time = match &parameters.timestamp {
        TimeSource::Field(field) => is(field, "timestamp"),
        TimeSource::AppendTime => false,
    };
    let by_ip = match &parameters.key {
        KeySource::Fields(fields) => fields.iter().all(|field| is(field, "ip")),
        KeySource::RecordKey => false,
    };
    by_time && by_ip
}

/// The first columns of a line. Read as a line that was cut off, they have the time and the address
/// of the whole line, in about half the time that it takes to read the whole line. None where
/// something may be around the whole line, such as quotes: the head doesn't show it.
pub(super) fn of(line: &[u8]) -> Option<&[u8]> {
    if let [0 | 0xef | b'"', ..] = line {
        return None;
    }
    let end = memchr_iter(b' ', line).nth(COLUMNS - 1)?;
    line.get(..end).filter(|head| head.len() >= SHORTEST)
}
