//! Times as logs write them.

use std::io::Write;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes times, and keeps the text of the second it wrote last: neighbouring lines share it.
#[derive(Debug)]
pub(super) struct Clock {
    style: Style,
    second: i64,
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Rfc3339,
    Apache,
}

impl Clock {
    /// `2025-03-03T00:00:00`, to be followed by a fraction and the zone.
    pub(super) fn rfc3339() -> Self {
        Self::new(Style::Rfc3339)
    }

    /// `03/Mar/2025:00:00:00`, to be followed by the zone.
    pub(super) fn apache() -> Self {
        Self::new(Style::Apache)
    }

    fn new(style: Style) -> Self {
        Self {
            style,
            second: i64::MIN,
            text: Vec::new(),
        }
    }

    /// Appends a second, counted since the epoch, in UTC.
    pub(super) fn write(&mut self, second: i64, out: &mut Vec<u8>) {
        if second != self.second {
            self.second = second;
            self.text.clear();
            let (year, month, day) = date(second.div_euclid(86_400));
            let of_day = second.rem_euclid(86_400);
            let (h, m, s) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
            // A Vec takes every write.
            let _ = match self.style {
                Style::Rfc3339 => {
                    write!(
                        self.text,
                        "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}"
                    )
                }
                Style::Apache => {
                    let name = MONTHS.get(month as usize - 1).copied().unwrap_or("Jan");
                    write!(self.text, "{day:02}/{name}/{year:04}:{h:02}:{m:02}:{s:02}")
                }
            };
        }
        out.extend_from_slice(&self.text);
    }
}

/// Year, month (1 to 12) and day (1 to 31) of a day counted since the epoch, in the Gregorian calendar. Counted from a
/// first of March, so that the leap day is the last of its year.
fn date(day: i64) -> (i64, i64, i64) {
    const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let day = day + DAYS_FROM_MARCH_OF_YEAR_0;
    let era = day.div_euclid(DAYS_IN_400_YEARS);
    let day = day.rem_euclid(DAYS_IN_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_at_the_edges_of_the_calendar() {
        let rows = [
            (-1, (1969, 12, 31)),
            (0, (1970, 1, 1)),
            (58, (1970, 2, 28)),
            (59, (1970, 3, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (19_782, (2024, 2, 29)),
            (20_150, (2025, 3, 3)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ];
        for (day, expected) in rows {
            assert_eq!(date(day), expected, "day {day}");
        }
    }

    #[test]
    fn both_styles() {
        let mut out = Vec::new();
        let mut clock = Clock::rfc3339();
        clock.write(1_740_960_000, &mut out);
        out.push(b' ');
        clock.write(1_740_960_000, &mut out);
        out.push(b' ');
        Clock::apache().write(1_740_963_661, &mut out);
        assert_eq!(
            out,
            b"2025-03-03T00:00:00 2025-03-03T00:00:00 03/Mar/2025:01:01:01"
        );
    }
}
