//! The time of the Apache common log format.

use super::civil::Civil;
use super::rfc3339::two_digits;
use super::{Kind, Millis};

/// Reads `17/May/2015:10:05:03 +0000`, a shape without variants: the month is always the English one.
pub(super) fn parse(text: &[u8]) -> Result<Millis, Kind> {
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
        b' ',
        sign @ (b'+' | b'-'),
        o1,
        o2,
        o3,
        o4,
    ] = *text
    else {
        return Err(Kind::Syntax);
    };
    let number = |a, b| two_digits([a, b]).map(i32::cast_unsigned);
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
        _ => return Err(Kind::Syntax),
    };
    let civil = Civil {
        year: number(y1, y2)? * 100 + number(y3, y4)?,
        month,
        day: number(d1, d2)?,
        hour: number(h1, h2)?,
        minute: number(n1, n2)?,
        second: number(s1, s2)?,
        millis: 0,
    };
    let (hours, minutes) = (two_digits([o1, o2])?, two_digits([o3, o4])?);
    if hours > 23 || minutes > 59 {
        return Err(Kind::Date);
    }
    let offset = hours * 60 + minutes;
    civil.to_millis(if sign == b'-' { -offset } else { offset })
}
