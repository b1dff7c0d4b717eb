//! The time of the Apache common log format.

use super::civil::Civil;
use super::error::Reason;
use super::millis::Millis;
use super::rfc3339::{fraction, offset, two_digits};

/// Reads `17/May/2015:10:05:03 +0000`, which may have a fraction after its second. The month is
/// always the English one.
pub(super) fn parse(text: &[u8]) -> Result<Millis, Reason> {
    let (head, tail) = text.split_first_chunk().ok_or(Reason::Clf)?;
    let mut civil = date_and_time(head).ok_or(Reason::Clf)?;
    let (millis, tail) = fraction(tail).map_err(as_clf)?;
    civil.millis = millis;
    let offset = match tail {
        [] | [b' '] => Err(Reason::Offset),
        [b' ', tail @ ..] => offset(tail).map_err(as_clf),
        _ => Err(Reason::Clf),
    };
    civil.to_millis(offset?)
}

/// The error for the whole time, from the error for a part of it.
fn as_clf(reason: Reason) -> Reason {
    match reason {
        Reason::Syntax => Reason::Clf,
        reason => reason,
    }
}

fn date_and_time(text: &[u8; 20]) -> Option<Civil> {
    let [
        d1,
        d2,
        b'/',
        m1,
        m2,
        m3,
        b'/',
        y1,
        y2,
        y3,
        y4,
        b':',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *text
    else {
        return None;
    };
    let number = |a, b| two_digits([a, b]).ok().map(i32::cast_unsigned);
    let month = match &[m1, m2, m3] {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    };
    Some(Civil {
        year: number(y1, y2)? * 100 + number(y3, y4)?,
        month,
        day: number(d1, d2)?,
        hour: number(h1, h2)?,
        minute: number(n1, n2)?,
        second: number(s1, s2)?,
        millis: 0,
    })
}
