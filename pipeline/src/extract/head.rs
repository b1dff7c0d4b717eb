//! The first columns of a log line.

use memchr::memchr_iter;

use sessionize_core::parameters::{Field, KeySource, Parameters, TimeSource};

/// How many columns, as spaces divide them, it takes for a time and an address in every format.
const COLUMNS: usize = 5;

/// What tells the formats apart is within so many bytes.
const SHORTEST: usize = 32;

/// Whether the head of a line has what is wanted of it. Other columns may be in it without their ends.
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

/// The first columns of a line. They are read as a line that was cut off, so that its time and address are those of the whole line,
/// in about half the time that this takes. What may be around the whole line, such as quotes, can't be told from them.
pub(super) fn of(line: &[u8]) -> Option<&[u8]> {
    if let [0 | 0xef | b'"', ..] = line {
        return None;
    }
    let end = memchr_iter(b' ', line).nth(COLUMNS - 1)?;
    line.get(..end).filter(|head| head.len() >= SHORTEST)
}
