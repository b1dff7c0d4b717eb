//! Calendar times, found by counting years and months one by one. The module computes them, so the
//! two cannot share a mistake.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

const DAY: i64 = 86_400_000;

/// Reads RFC 3339 in UTC with milliseconds, and nothing else.
pub fn millis_of(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let marks: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if text.len() != 24 || marks != "--T::.Z" {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let days_before_year: i64 = (1970..year).map(days_of_year).sum();
    let months = usize::try_from(month - 1).ok()?;
    let days_before_month: i64 = days_of_months(year).iter().take(months).sum();
    let days = days_before_year + days_before_month + day - 1;
    let minutes = (days * 24 + number(11, 13)?) * 60 + number(14, 16)?;
    Some((minutes * 60 + number(17, 19)?) * 1000 + number(20, 23)?)
}

/// Writes what [`millis_of`] reads.
pub fn rfc3339(millis: i64) -> String {
    let Civil {
        year,
        month,
        day,
        time,
    } = Civil::of(millis);
    let month = month + 1;
    format!("{year:04}-{month:02}-{day:02}T{time}.{:03}Z", millis % 1000)
}

/// Writes a time as Apache does, in UTC, truncated to the second.
pub fn clf(millis: i64) -> String {
    let Civil {
        year,
        month,
        day,
        time,
    } = Civil::of(millis);
    let month = MONTHS.get(month).copied().unwrap_or_default();
    format!("{day:02}/{month}/{year:04}:{time} +0000")
}

/// Reads what [`clf`] writes.
pub fn millis_of_clf(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix(" +0000")?.split_once(':')?;
    let [day, month, year] = date.split('/').collect::<Vec<_>>().try_into().ok()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    millis_of(&format!("{year}-{month:02}-{day}T{time}.000Z"))
}

struct Civil {
    year: i64,
    /// Counted from 0.
    month: usize,
    day: i64,
    /// To the second.
    time: String,
}

impl Civil {
    fn of(millis: i64) -> Self {
        let mut days = millis / DAY;
        let mut year = 1970;
        while days >= days_of_year(year) {
            days -= days_of_year(year);
            year += 1;
        }
        let mut month = 0;
        for length in days_of_months(year) {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        let seconds = millis % DAY / 1000;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        Self {
            year,
            month,
            day: days + 1,
            time: format!("{hours:02}:{minutes:02}:{:02}", seconds % 60),
        }
    }
}

fn days_of_year(year: i64) -> i64 {
    days_of_months(year).iter().sum()
}

fn days_of_months(year: i64) -> [i64; 12] {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = 28 + i64::from(leap);
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_by_counting() {
        for (text, millis, clf_text) in [
            ("1970-01-01T00:00:00.000Z", 0, "01/Jan/1970:00:00:00 +0000"),
            (
                "2015-07-22T09:00:28.019Z",
                1_437_555_628_019,
                "22/Jul/2015:09:00:28 +0000",
            ),
            (
                "2000-02-29T23:59:59.999Z",
                951_868_799_999,
                "29/Feb/2000:23:59:59 +0000",
            ),
            (
                "2023-12-31T23:59:59.000Z",
                1_704_067_199_000,
                "31/Dec/2023:23:59:59 +0000",
            ),
        ] {
            assert_eq!(millis_of(text), Some(millis));
            assert_eq!(rfc3339(millis), text);
            assert_eq!(clf(millis), clf_text);
            assert_eq!(millis_of_clf(clf_text), Some(millis / 1000 * 1000));
        }
        assert_eq!(millis_of("2015-07-22T09:00:28Z"), None);
        assert_eq!(millis_of_clf("2015-07-22T09:00:28.019Z"), None);
    }
}
