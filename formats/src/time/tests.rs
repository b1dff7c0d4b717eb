use super::*;
use crate::bytes::text::Text;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn write(writer: &mut Rfc3339, time: Millis) -> String {
    let mut text = Text::new();
    let mut out = text.writer(24);
    writer.write(time, &mut out);
    out.end();
    String::from_utf8(text.as_bytes().to_vec()).unwrap()
}

fn written(time: Millis) -> String {
    write(&mut Rfc3339::new(), time)
}

#[test]
fn reads_text() {
    for (text, time) in [
        ("2015-07-22T09:00:28.019143Z", 1_437_555_628_019),
        ("2015-07-22T09:00:28.019Z", 1_437_555_628_019),
        ("2015-07-22T09:00:28Z", 1_437_555_628_000),
        ("2015-07-22t09:00:28z", 1_437_555_628_000),
        ("2015-07-22 09:00:28.5Z", 1_437_555_628_500),
        ("2015-07-22T09:00:28.019999999Z", 1_437_555_628_019),
        ("2015-07-22T09:00:28.0199Z", 1_437_555_628_019),
        ("2015-07-22T14:30:28.019+05:30", 1_437_555_628_019),
        ("2015-07-22T05:00:28.019-0400", 1_437_555_628_019),
        ("2015-07-22T05:00:28.019-04", 1_437_555_628_019),
        ("2015-07-22T09:00:28-00:00", 1_437_555_628_000),
        ("1970-01-01T00:00:00Z", MIN),
        ("1969-12-31T23:59:59-00:01", 59_000),
        ("9999-12-31T23:59:59.999999999Z", MAX),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2016-12-31T23:59:60.5Z", 1_483_228_800_500),
        ("2017-01-01T05:29:60+05:30", 1_483_228_800_000),
        ("17/May/2015:10:05:03 +0000", 1_431_857_103_000),
        ("[17/May/2015:10:05:03 +0000]", 1_431_857_103_000),
        ("17/May/2015:03:05:03 -0700", 1_431_857_103_000),
        ("17/May/2015:10:05:03.019 +0000", 1_431_857_103_019),
        ("[17/May/2015:03:05:03.019999999 -07:00]", 1_431_857_103_019),
        ("17/May/2015:10:05:03.5 Z", 1_431_857_103_500),
        ("31/Dec/1999:23:59:59 +0000", 946_684_799_000),
        ("1437555628.019", 1_437_555_628_019),
        ("1437555628019", 1_437_555_628_019),
    ] {
        assert_eq!(from_text(text.as_bytes()), Ok(time), "{text}");
    }
}

#[test]
fn reads_numbers() {
    for (text, time) in [
        ("0", 0),
        ("-0", 0),
        ("-0.0e5", 0),
        ("0e999999999999999999999", 0),
        ("1e-999999999999999999999", 0),
        ("0.001", 1),
        ("0.0009", 0),
        ("1437555628", 1_437_555_628_000),
        ("1437555628.019", 1_437_555_628_019),
        ("1437555628.0199999999999999999999", 1_437_555_628_019),
        ("1437555628019", 1_437_555_628_019),
        ("1437555628019.9", 1_437_555_628_019),
        ("1437555628019143", 1_437_555_628_019),
        ("1437555628019143999", 1_437_555_628_019),
        ("1.437555628019e9", 1_437_555_628_019),
        ("1.437555628019E+12", 1_437_555_628_019),
        ("1437555628019143e-6", 1_437_555_628_019),
        ("0.000001437555628019e15", 1_437_555_628_019),
        ("14375556280191430000e-1", 1_437_555_628_019),
        ("99999999999", 99_999_999_999_000),
        ("100000000000", 100_000_000_000),
        ("99999999999999", 99_999_999_999_999),
        ("100000000000000", 100_000_000_000),
        ("99999999999999999", 99_999_999_999_999),
        ("100000000000000000", 100_000_000_000),
        ("253402300799999999999", MAX),
        ("000000000000000000001437555628", 1_437_555_628_000),
    ] {
        assert_eq!(from_number(text.as_bytes()), Ok(time), "{text}");
        assert_eq!(from_text(text.as_bytes()), Ok(time), "{text}");
    }
}

const SYNTAX: &str = "is not an RFC 3339 time or an epoch number";
const CLF: &str = "is not a time as in `17/May/2015:10:05:03 +0000`";
const OFFSET: &str = "has no offset from UTC, such as `Z` or `+01:00`";
const DATE: &str = "is a date or time of day that does not exist";
const RANGE: &str = "is not between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z";

#[test]
fn says_what_is_wrong() {
    for (text, why) in [
        ("yesterday", SYNTAX),
        ("", SYNTAX),
        ("-", SYNTAX),
        ("1437555628x", SYNTAX),
        (" 1437555628", SYNTAX),
        ("+1437555628", SYNTAX),
        ("1.", SYNTAX),
        (".5", SYNTAX),
        ("1e", SYNTAX),
        ("1e+", SYNTAX),
        ("1e5.5", SYNTAX),
        ("0x10", SYNTAX),
        ("2015-07-22", SYNTAX),
        ("2015-07-22T09:00Z", SYNTAX),
        ("2015-07-22X09:00:28Z", SYNTAX),
        ("2015-07-22T09:00:28.Z", SYNTAX),
        ("2015-07-22T09:00:28,5Z", SYNTAX),
        ("2015-07-22T09:00:28.01x143Z", SYNTAX),
        ("2015-07-22T09:00:28.x19Z", SYNTAX),
        ("2015-07-22T09:00:28.019ZZ", SYNTAX),
        ("2015-07-22T09:00:28+1", SYNTAX),
        ("2015-07-22T09:00:28*01:00", SYNTAX),
        ("2015-0a-22T09:00:28Z", SYNTAX),
        ("2015-07-22T09:00:2\u{e9}", SYNTAX),
        ("2015-07-22T09:00:28", OFFSET),
        ("2015-07-22T09:00:28.5", OFFSET),
        (
            "2015-07-22T09:00:28.0191430001Z",
            "has more than 9 digits after the second",
        ),
        ("2015-02-29T00:00:00Z", DATE),
        ("1900-02-29T00:00:00Z", DATE),
        ("2015-04-31T00:00:00Z", DATE),
        ("2015-00-01T00:00:00Z", DATE),
        ("2015-13-01T00:00:00Z", DATE),
        ("2015-01-00T00:00:00Z", DATE),
        ("2015-01-32T00:00:00Z", DATE),
        ("2015-01-01T24:00:00Z", DATE),
        ("2015-01-01T00:60:00Z", DATE),
        ("2015-01-01T00:00:61Z", DATE),
        ("2015-01-01T00:00:60Z", DATE),
        ("2015-01-01T00:00:00+24:00", DATE),
        ("2015-01-01T00:00:00+01:60", DATE),
        ("32/May/2015:10:05:03 +0000", DATE),
        ("17/May/2015:10:05:03 +2400", DATE),
        ("17/May/2015:10:05:03", OFFSET),
        ("17/May/2015:10:05:03 ", OFFSET),
        ("17/May/2015:10:05:03.019", OFFSET),
        ("17/mai/2015:10:05:03 +0000", CLF),
        ("17/May/2015:10:05:03,019 +0000", CLF),
        ("17/May/2015:10:05:03. +0000", CLF),
        ("17/May/2015:10:05:03.019+0000", CLF),
        ("17/May/2015:10:05:03 UTC", CLF),
        ("17/May/2015:10:05:0x +0000", CLF),
        ("17/May/2015 10:05:03 +0000", CLF),
        ("17/05/2015", CLF),
        ("[17/May/2015:10:05:03 +0000", SYNTAX),
        ("1969-12-31T23:59:59Z", RANGE),
        ("0000-01-01T00:00:00Z", RANGE),
        ("1970-01-01T00:00:00+00:01", RANGE),
        ("9999-12-31T23:59:59-00:01", RANGE),
        ("9999-12-31T23:59:60Z", RANGE),
        ("-1437555628", RANGE),
        ("-0.0001", RANGE),
        ("253402300800000000000", RANGE),
        ("1e30", RANGE),
        ("1e999999999999999999999", RANGE),
    ] {
        let error = from_text(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), format!("`{text}` {why}"));
    }
}

#[test]
fn quotes_only_an_excerpt() {
    let error = from_text(&[b'x'; 100]).unwrap_err().to_string();
    assert_eq!(error, format!("`{}…` {SYNTAX}", "x".repeat(40)));
    let error = from_text(b"\xff").unwrap_err().to_string();
    assert_eq!(error, format!("`\u{fffd}` {SYNTAX}"));
}

#[test]
fn writes_utc_with_milliseconds() {
    for (time, text) in [
        (MIN, "1970-01-01T00:00:00.000Z"),
        (1_437_555_628_019, "2015-07-22T09:00:28.019Z"),
        (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (MAX, "9999-12-31T23:59:59.999Z"),
        (-1, "1970-01-01T00:00:00.000Z"),
        (Millis::MAX, "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(written(time), text);
    }
}

#[test]
fn writes_and_reads_every_day_and_every_second_of_one() {
    let mut writer = Rfc3339::new();
    let mut check = |time: Millis| {
        let text = write(&mut writer, time);
        assert_eq!(from_text(text.as_bytes()), Ok(time), "{time}");
    };
    for day in (MIN..=MAX).step_by(civil::DAY as usize) {
        check(day);
    }
    for second in 0..86_400 {
        check(second * 1000 + second % 1000);
    }
}

#[test]
fn a_reader_takes_no_minute_for_another() {
    let mut reader = TimeReader::new();
    for text in [
        "1970-01-01T00:00:59.999Z",
        "2016-12-31T23:59:59Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5Z",
        "2016-12-31T23:59:01.25Z",
        "2016-12-31T23:59:01.250Z",
        "2016-12-31T23:59:01.250999Z",
        "2016-12-31T23:59:01.250+01:00",
        "2016-12-31T23:59:61Z",
        "2016-12-31T23:59:0xZ",
        "2016-12-31T23:59:01.2x0Z",
        "2016-12-31T23:59:01,250Z",
        "2016-12-31T23:59-01.250Z",
        "2016-12-31 23:59:02Z",
        "2016-12-31t23:59:02Z",
        "2016-13-31T23:59:02Z",
        "2016-13-31T23:59:03Z",
        "2017-01-01T00:00:00Z",
        "1483228800",
        "1483228800abcdef:01Z",
        "31/Dec/2016:23:59:02 +0000",
        "2016-12-31T23:59:02.001Z",
    ] {
        assert_eq!(
            reader.read(text.as_bytes()),
            from_text(text.as_bytes()),
            "{text}"
        );
    }
}

#[test]
fn writing_forgets_no_date() {
    let mut writer = Rfc3339::new();
    for time in [1_437_555_628_019, 0, 1_437_555_628_020, 1_437_600_000_000] {
        assert_eq!(write(&mut writer, time), written(time));
    }
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;
    use std::time::UNIX_EPOCH;

    proptest! {
        #[test]
        fn agrees_with_humantime(time in MIN..=MAX) {
            let instant = UNIX_EPOCH + Duration::from_millis(time as u64);
            let text = humantime::format_rfc3339_millis(instant).to_string();
            prop_assert_eq!(&written(time), &text);
            prop_assert_eq!(from_text(text.as_bytes()), Ok(time));
            let micros = humantime::format_rfc3339_micros(instant).to_string();
            prop_assert_eq!(from_text(micros.as_bytes()), Ok(time));
        }

        #[test]
        fn a_reader_agrees_whatever_it_has_read(times in proptest::collection::vec(0..300_000i64, 1..20), start in MIN..MAX - 300_000) {
            let mut reader = TimeReader::new();
            for time in times {
                let text = written(start + time);
                prop_assert_eq!(reader.read(text.as_bytes()), Ok(start + time));
            }
        }

        #[test]
        fn accepts_no_date_that_humantime_refuses(
            year in 1970..10_000u32, month in 0..15u32, day in 0..34u32,
            hour in 0..26u32, minute in 0..62u32, second in 0..60u32,
        ) {
            let text = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
            let theirs = humantime::parse_rfc3339(&text).ok()
                .map(|time| time.duration_since(UNIX_EPOCH).unwrap().as_millis() as Millis);
            prop_assert_eq!(from_text(text.as_bytes()).ok(), theirs);
        }

        #[test]
        fn an_offset_is_taken_off(time in 2 * civil::DAY..MAX - civil::DAY, minutes in -1439..1440i64) {
            let local = written(time + minutes * 60_000);
            let sign = if minutes < 0 { '-' } else { '+' };
            let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
            let text = local.replace('Z', &offset);
            prop_assert_eq!(from_text(text.as_bytes()), Ok(time));
        }

        #[test]
        fn units_are_told_apart(nanos in 100_000_000_000_000_000..253_402_300_800_000_000_000u128) {
            let time = (nanos / 1_000_000) as Millis;
            let number = |text: String| from_number(text.as_bytes());
            prop_assert_eq!(number(nanos.to_string()), Ok(time));
            if nanos < 100_000_000_000_000_000_000 {
                let (s, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
                prop_assert_eq!(number(format!("{s}.{fraction:09}")), Ok(time));
                prop_assert_eq!(number(format!("{nanos}e-9")), Ok(time));
                prop_assert_eq!(number((nanos / 1_000_000).to_string()), Ok(time));
                prop_assert_eq!(number((nanos / 1000).to_string()), Ok(time));
            }
        }

        #[test]
        fn takes_any_bytes(bytes: Vec<u8>) {
            let _ = (from_text(&bytes), from_number(&bytes));
        }

        #[test]
        fn takes_any_near_time(text in "[0-9]{1,4}[-/]?[0-9A-Z]{0,3}[-/: ]?[0-9T:.e+Z-]{0,25}") {
            if let Ok(time) = from_text(text.as_bytes()) {
                prop_assert!((MIN..=MAX).contains(&time));
                prop_assert_eq!(from_text(written(time).as_bytes()), Ok(time));
            }
        }
    }
}
