//! RFC 3339.

use super::civil::Civil;
use super::error::Reason;
use super::millis::Millis;

/// Reads a text that has a `-` after its fourth byte.
pub(super) fn parse(text: &[u8]) -> Result<Millis, Reason> {
    let Some((head, tail)) = text.split_first_chunk::<19>() else {
        return Err(Reason::Syntax);
    };
    let mut civil = date_and_time(head).ok_or(Reason::Syntax)?;
    if let Some(millis) = utc_millis(tail) {
        civil.millis = millis;
        return civil.to_millis(0);
    }
    let (millis, tail) = fraction(tail)?;
    civil.millis = millis;
    civil.to_millis(offset(tail)?)
}

/// The milliseconds after the seconds of a time in UTC, in the forms that machines write: without
/// a fraction, with milliseconds, or with microseconds.
#[inline]
pub(super) fn utc_millis(tail: &[u8]) -> Option<u32> {
    match *tail {
        [b'Z'] => Some(0),
        [b'.', a, b, c, b'Z'] if are_digits(&[a, b, c]) => Some(millis(a, b, c)),
        [b'.', a, b, c, d, e, f, b'Z'] if are_digits(&[a, b, c, d, e, f]) => Some(millis(a, b, c)),
        _ => None,
    }
}

fn are_digits(bytes: &[u8]) -> bool {
    // Not `all`, whose early exit is a branch per byte.
    bytes
        .iter()
        .fold(true, |all, byte| all & byte.is_ascii_digit())
}

fn millis(a: u8, b: u8, c: u8) -> u32 {
    u32::from(a - b'0') * 100 + u32::from(b - b'0') * 10 + u32::from(c - b'0')
}

/// `2015-07-22T09:00:28`. Eight bytes at a time: exclusive-or with a template leaves 0..=9 in a
/// digit's place and 0 in a separator's, and one addition then carries into the highest bit of each
/// byte that holds more.
#[inline]
fn date_and_time(text: &[u8; 19]) -> Option<Civil> {
    let (date, rest) = text.split_first_chunk::<8>()?;
    let (day_and_time, _) = rest.split_first_chunk::<8>()?;
    let (_, time) = text.split_last_chunk::<8>()?;
    let date = u64::from_le_bytes(*date) ^ u64::from_le_bytes(*b"0000-00-");
    let mut day = u64::from_le_bytes(*day_and_time) ^ u64::from_le_bytes(*b"00T00:00");
    // `T`, `t` or a space.
    let separator = day >> 16 & 0xff;
    if separator == u64::from(b'T' ^ b't') || separator == u64::from(b'T' ^ b' ') {
        day &= !0xff_0000;
    }
    let time = u64::from_le_bytes(*time) ^ u64::from_le_bytes(*b"00:00:00");
    let wrong = (date.wrapping_add(u64::from_le_bytes(*b"vvvv\x7fvv\x7f")) | date)
        | (day.wrapping_add(u64::from_le_bytes(*b"vv\x7fvv\x7fvv")) | day)
        | (time.wrapping_add(u64::from_le_bytes(*b"vv\x7fvv\x7fvv")) | time);
    if wrong & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let digit = |word: u64, index: u32| (word >> (8 * index)) as u32 & 0xff;
    let pair = |word: u64, index: u32| digit(word, index) * 10 + digit(word, index + 1);
    Some(Civil {
        year: pair(date, 0) * 100 + pair(date, 2),
        month: pair(date, 5),
        day: pair(day, 0),
        hour: pair(time, 0),
        minute: pair(time, 3),
        second: pair(time, 6),
        millis: 0,
    })
}

/// The milliseconds of a fraction, if there is one, and what follows it.
pub(super) fn fraction(text: &[u8]) -> Result<(u32, &[u8]), Reason> {
    let Some(digits) = text.strip_prefix(b".") else {
        return Ok((0, text));
    };
    let mut millis = 0;
    let mut scale = 100;
    let mut rest = digits;
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        millis += u32::from(digit - b'0') * scale;
        scale /= 10;
        rest = after;
    }
    match digits.len() - rest.len() {
        0 => Err(Reason::Syntax),
        1..=9 => Ok((millis, rest)),
        _ => Err(Reason::Fraction),
    }
}

/// The minutes that an offset is ahead of UTC.
pub(super) fn offset(text: &[u8]) -> Result<i32, Reason> {
    let (sign, hours, minutes) = match *text {
        [b'Z' | b'z'] => return Ok(0),
        [] => return Err(Reason::Offset),
        [sign, a, b] => (sign, [a, b], [b'0', b'0']),
        [sign, a, b, c, d] | [sign, a, b, b':', c, d] => (sign, [a, b], [c, d]),
        _ => return Err(Reason::Syntax),
    };
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return Err(Reason::Syntax),
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return Err(Reason::Date);
    }
    Ok(sign * (hours * 60 + minutes))
}

/// The value of two decimal digits.
pub(super) fn two_digits([a, b]: [u8; 2]) -> Result<i32, Reason> {
    if are_digits(&[a, b]) {
        Ok(i32::from(a - b'0') * 10 + i32::from(b - b'0'))
    } else {
        Err(Reason::Syntax)
    }
}
