//! The unit and the range of event times.

/// Milliseconds since the Unix epoch, without leap seconds.
pub type Millis = i64;

/// The earliest event time: 1970-01-01T00:00:00Z. What lies before is an unset clock or a wrong
/// unit, not the time of a log.
pub const MIN: Millis = 0;

/// The latest event time: 9999-12-31T23:59:59.999Z, the last that RFC 3339 can write.
pub const MAX: Millis = 253_402_300_799_999;
