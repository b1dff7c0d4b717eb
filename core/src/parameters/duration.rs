//! Durations as people write them: `30m`, `1h 30min`, `1.5days`.
//!
//! The grammar is that of the crate `humantime`, which is the oracle of the tests. That crate
//! itself would take 10 KB of the module, which has 150 KB.

use sessionize_formats::time::Millis;

const NANOS_PER_MILLI: u64 = 1_000_000;
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
    let mut rest = text.as_bytes().trim_ascii_start();
    let mut nanos = 0u64;
    loop {
        let (number, behind) = split(rest, |byte| byte.is_ascii_digit() || byte == b'.');
        let (unit, behind) = split(behind.trim_ascii_start(), |byte| {
            !byte.is_ascii_whitespace() && !byte.is_ascii_digit()
        });
        nanos = nanos.checked_add(product(number, unit)?)?;
        rest = behind.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
    }
    let whole = nanos.is_multiple_of(NANOS_PER_MILLI);
    whole.then_some((nanos / NANOS_PER_MILLI) as Millis)
}

/// Writes a duration as a whole number of the largest unit possible.
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

/// Splits a text after the leading bytes that are `part` of a piece.
fn split(text: &[u8], part: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|&&byte| part(byte)).count();
    text.split_at_checked(length).unwrap_or((text, b""))
}

/// A number of units, in nanoseconds.
fn product(number: &[u8], unit: &[u8]) -> Option<u64> {
    let (_, nanos) = UNITS.iter().find(|(names, _)| {
        let mut names = names.as_bytes().split(|&byte| byte == b' ');
        names.any(|name| name == unit)
    })?;
    let mut digits = 0u64;
    let mut divisor = None;
    for &byte in number {
        match (byte, divisor) {
            (b'.', None) => divisor = Some(1u64),
            (b'.', Some(_)) => return None,
            (digit, _) => {
                digits = digits
                    .checked_mul(10)?
                    .checked_add(u64::from(digit - b'0'))?;
                divisor = divisor.map(|divisor| divisor.saturating_mul(10));
            }
        }
    }
    let bare = number.is_empty() || number.starts_with(b".") || number.ends_with(b".");
    (!bare).then_some(digits.checked_mul(*nanos)? / divisor.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
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

    #[cfg(not(target_os = "unknown"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            /// Except for fractions: `humantime` refuses those that are not a whole number of a
            /// smaller unit.
            #[test]
            fn durations_are_those_of_humantime(
                text in "( ?[0-9]{1,4} ?(ns|us|ms|msec|s|secs?|min|m|hours?|d|weeks|M|y|x)){1,3}"
            ) {
                let expected = humantime::parse_duration(&text).ok();
                let whole = expected.filter(|it| it.subsec_nanos() % 1_000_000 == 0);
                // Beyond 500 years the sum is out of range here. A parameter may be ten at most.
                const MOST: Millis = 3_650 * 86_400_000;
                let whole = whole.map(|it| it.as_millis() as Millis);
                prop_assert_eq!(parse(&text).filter(|it| *it < MOST), whole.filter(|it| *it < MOST));
            }
        }
    }
}
