//! Durations as people write them: `30m`, `1h 30min`, `1.5days`.
//!
//! The grammar is that of the crate `humantime`, which is the oracle of the tests. It is read here because that crate would
//! take 10 KB of a module that is to stay below 150 KB.

use crate::timestamp::Millis;

const NANOS_PER_MILLI: u128 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;

/// The units with their names, in nanoseconds; a month is 30.44 days, a year 365.25 days.
const UNITS: [(&str, u64); 10] = [
    ("ns nsec nanos", 1),
    ("us usec µs", 1_000),
    ("ms msec millis", 1_000_000),
    ("s sec secs second seconds", SECOND),
    ("m min mins minute minutes", 60 * SECOND),
    ("h hr hrs hour hours", 3_600 * SECOND),
    ("d day days", DAY),
    ("w wk wks week weeks", 7 * DAY),
    ("M month months", 2_630_016 * SECOND),
    ("y yr yrs year years", 31_557_600 * SECOND),
];

/// Reads a duration of whole milliseconds: one or more numbers with their units.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text.trim_start();
    let mut nanos = 0;
    loop {
        let (number, behind) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, behind) = split(behind.trim_start(), char::is_alphabetic);
        nanos += product(number, unit)?;
        rest = behind.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    if nanos % NANOS_PER_MILLI == 0 {
        Millis::try_from(nanos / NANOS_PER_MILLI).ok()
    } else {
        None
    }
}

/// Writes a duration in the largest unit that it is a whole number of.
pub(crate) fn text(millis: Millis) -> String {
    const UNITS: [(Millis, &str); 5] = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "m"),
        (1_000, "s"),
        (1, "ms"),
    ];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| millis > 0 && millis % unit == 0);
    let (unit, name) = unit.copied().unwrap_or((1_000, "s"));
    format!("{}{name}", millis / unit)
}

/// Splits a text behind the characters that are `part` of its first piece.
fn split(text: &str, part: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// So many of a unit, in nanoseconds.
fn product(number: &str, unit: &str) -> Option<u128> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    // More decimals than these are of no use, and both numbers fit.
    if whole.is_empty() || decimals.is_empty() || decimals.len() > 9 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = decimals.parse().ok()?;
    let (_, nanos) = UNITS
        .iter()
        .find(|(names, _)| names.split(' ').any(|name| name == unit))?;
    let nanos = u128::from(*nanos);
    let part = u128::from(fraction) * nanos / 10u128.pow(decimals.len() as u32);
    Some(u128::from(whole) * nanos + part)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn durations_are_read() {
        let rows = [
            ("30m", Some(1_800_000)),
            ("1h 30min", Some(5_400_000)),
            (" 2 days 3 h", Some(183_600_000)),
            ("1.5s", Some(1_500)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1000us", Some(1)),
            ("1us", None),
            ("", None),
            ("30", None),
            ("m", None),
            ("30x", None),
            ("-1s", None),
            ("1.s", None),
            (".5s", None),
            ("1s,2s", None),
            ("99999999999999999999s", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn durations_are_written_as_they_can_be_read() {
        let rows = [
            (0, "0s"),
            (1, "1ms"),
            (1_500, "1500ms"),
            (1_800_000, "30m"),
            (43_200_000, "12h"),
            (5_400_000, "90m"),
            (315_360_000_000, "3650d"),
        ];
        for (millis, expected) in rows {
            assert_eq!(text(millis), expected);
            assert_eq!(parse(expected), Some(millis));
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            /// But for fractions, which it refuses where they are no whole number of a smaller unit.
            #[test]
            fn durations_are_those_of_humantime(
                text in "( ?[0-9]{1,4} ?(ns|us|ms|msec|s|secs?|min|m|hours?|d|weeks|M|y|x)){1,3}"
            ) {
                let expected = humantime::parse_duration(&text).ok();
                let whole = expected.filter(|it| it.subsec_nanos() % 1_000_000 == 0);
                prop_assert_eq!(parse(&text), whole.map(|it| it.as_millis() as Millis));
            }
        }
    }
}
