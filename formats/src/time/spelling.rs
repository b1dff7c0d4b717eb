//! Tells which spelling a time has, and reads it.

use super::error::{Reason, TimestampError};
use super::millis::{MAX, MIN, Millis};
use super::{clf, epoch, rfc3339};

/// Reads an event time from the content of a string.
///
/// * RFC 3339 with any offset: `2015-07-22T09:00:28.019143Z`, `2015-07-22 14:30:28+05:30`. `T` may
///   be `t` or a space, `Z` may be `z`, an offset may lack its colon or its minutes (`+0530`,
///   `+05`), and the fraction has up to nine digits. A leap second (`23:59:60` UTC) is the first
///   second of the following day, which is how Unix time counts it.
/// * the Apache common log format, with or without its brackets: `17/May/2015:10:05:03 +0000`, with
///   a fraction and an offset as above.
/// * an epoch number as in [`from_number`]: `1437555628.019`.
///
/// Digits finer than a millisecond are cut off, not rounded, so that no event moves ahead of its
/// time.
///
/// # Errors
///
/// If the text is none of these, names a day or time of day that doesn't exist, has no offset, or
/// lies outside [`MIN`]`..=`[`MAX`].
pub fn from_text(text: &[u8]) -> Result<Millis, TimestampError> {
    // The separators at fixed places tell the formats apart. A text with neither can only be a
    // number.
    let read = match text {
        [_, _, _, _, b'-', ..] => rfc3339::parse(text),
        [b'[', inner @ .., b']'] => clf::parse(inner),
        [_, _, b'/', ..] => clf::parse(text),
        _ => epoch::parse(text),
    };
    read.and_then(in_range)
        .map_err(|reason| TimestampError::new(reason, text))
}

/// Reads an event time from a JSON number: seconds, milliseconds, microseconds or nanoseconds since
/// the Unix epoch.
///
/// The magnitude decides the unit: seconds below 10^11, milliseconds below 10^14, microseconds
/// below 10^17, and nanoseconds from there on. So each unit is understood for all times from 1973
/// to 5138, and seconds from 1970 on. Fractions and exponents are allowed and exact, as the digits
/// are read without going through floating point. Digits finer than a millisecond are cut off.
///
/// # Errors
///
/// If the text is not a JSON number, or its time lies outside [`MIN`]`..=`[`MAX`].
#[inline]
pub fn from_number(text: &[u8]) -> Result<Millis, TimestampError> {
    epoch::parse(text)
        .and_then(in_range)
        .map_err(|reason| TimestampError::new(reason, text))
}

fn in_range(time: Millis) -> Result<Millis, Reason> {
    if (MIN..=MAX).contains(&time) {
        Ok(time)
    } else {
        Err(Reason::Range)
    }
}
