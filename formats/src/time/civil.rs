//! The proleptic Gregorian calendar, as days since the Unix epoch.

use super::error::Reason;
use super::millis::Millis;

/// The milliseconds of a day.
pub(super) const DAY: Millis = 86_400_000;

/// A day and time of day, as written, in the offset of the writer.
#[derive(Clone, Copy)]
pub(super) struct Civil {
    pub year: u32,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub millis: u32,
}

impl Civil {
    /// The time, for a writer whose clock is `offset` minutes ahead of UTC. Each field may hold any
    /// two digits, and the year any four.
    #[inline]
    pub(super) fn to_millis(self, offset: i32) -> Result<Millis, Reason> {
        let Civil {
            year, month, day, ..
        } = self;
        // One test for all: a borrow out of any difference sets its highest bit.
        let outside = (month.wrapping_sub(1) | 12u32.wrapping_sub(month))
            | (day.wrapping_sub(1) | 31u32.wrapping_sub(day))
            | (23u32.wrapping_sub(self.hour) | 59u32.wrapping_sub(self.minute))
            | 60u32.wrapping_sub(self.second);
        if outside >> 31 != 0 || (day > 28 && day > days_in_month(year, month)) {
            return Err(Reason::Date);
        }
        let minutes = (self.hour * 60 + self.minute) as i32 - offset;
        let millis = i64::from(minutes) * 60_000 + i64::from(self.second * 1000 + self.millis);
        let time = i64::from(days(year, month, day)) * DAY + millis;
        // A leap second is only ever inserted at the end of a UTC day.
        if self.second == 60 && (time - i64::from(self.millis)) % DAY != 0 {
            return Err(Reason::Date);
        }
        Ok(time)
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the years 0..=9999. Counted in years that begin in March, which
/// puts the leap day last and makes the months before it a linear function (H. Hinnant's algorithm,
/// without its eras as no year here is negative).
fn days(year: u32, month: u32, day: u32) -> i32 {
    let january_or_february = u32::from(month < 3);
    // 400 years more keep January of the year 0 from going below zero.
    let year = year + 400 - january_or_february;
    let month = month + 12 * january_or_february - 3;
    // Divisions by 5 and by 100, which are slow, above all in WebAssembly; exact for months up to
    // 11 and years up to 10,399.
    let of_year = (((153 * month + 2) * 6554) >> 15) + day - 1;
    let centuries = (year * 5243) >> 19;
    let days = year * 365 + year / 4 - centuries + centuries / 4 + of_year;
    // Days from 0000-03-01 to 1970-01-01, and the 400 years from above.
    days as i32 - (719_468 + 146_097)
}

/// The year, month and day of a day since the epoch; for the days of `MIN..=MAX`.
pub(super) fn date(days: u32) -> (u32, u32, u32) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + era * 400;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}
