use super::civil::{DAY, date};
use super::{MAX, MIN, Millis};

/// Writes times as RFC 3339 in UTC with milliseconds: `2015-07-22T09:00:28.019Z`, always 24 bytes.
///
/// Remembers the last date, as nearly all events in a row are of the same day, and the calendar is the costly part.
#[derive(Clone, Debug)]
pub struct Rfc3339 {
    /// The day that `text` holds, since the epoch.
    day: u32,
    text: [u8; 24],
}

impl Rfc3339 {
    /// A writer that remembers the epoch's day.
    pub fn new() -> Rfc3339 {
        Rfc3339 {
            day: 0,
            text: *b"1970-01-01T00:00:00.000Z",
        }
    }

    /// Appends the time, which must be in [`MIN`]`..=`[`MAX`] (one outside is written as the nearer of the two).
    pub fn write(&mut self, time: Millis, out: &mut Vec<u8>) {
        let time = time.clamp(MIN, MAX);
        let day = (time / DAY) as u32;
        if day != self.day {
            self.set_day(day);
        }
        let of_day = (time % DAY) as u32;
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            h1,
            h2,
            _,
            m1,
            m2,
            _,
            s1,
            s2,
            _,
            f1,
            f2,
            f3,
            _,
        ] = &mut self.text;
        [*h1, *h2] = two_digits(seconds / 3600);
        [*m1, *m2] = two_digits(seconds / 60 % 60);
        [*s1, *s2] = two_digits(seconds % 60);
        *f1 = b'0' + (millis / 100) as u8;
        [*f2, *f3] = two_digits(millis % 100);
        out.extend_from_slice(&self.text);
    }

    #[cold]
    fn set_day(&mut self, day: u32) {
        let (year, month, of_month) = date(day);
        let [y1, y2, y3, y4, _, m1, m2, _, d1, d2, ..] = &mut self.text;
        [*y1, *y2] = two_digits(year / 100);
        [*y3, *y4] = two_digits(year % 100);
        [*m1, *m2] = two_digits(month);
        [*d1, *d2] = two_digits(of_month);
        self.day = day;
    }
}

impl Default for Rfc3339 {
    fn default() -> Rfc3339 {
        Rfc3339::new()
    }
}

fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}
