use super::civil::{DAY, date};
use super::{MAX, MIN, Millis};

/// Writes times as RFC 3339 in UTC with milliseconds: `2015-07-22T09:00:28.019Z`, always 24 bytes.
///
/// Remembers the last date, as nearly all events in a row are of the same day, and the calendar is the costly part.
#[derive(Clone, Debug)]
pub struct Rfc3339 {
    /// When the day begins that `text` holds.
    day: Millis,
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
        if !(0..DAY).contains(&(time - self.day)) {
            self.set_day((time / DAY) as u32);
        }
        // By multiplication with reciprocals, which are exact for numbers as small as these: divisions are slow, above all in WebAssembly.
        let of_day = (time - self.day) as u64;
        let seconds = (of_day * 274_877_907) >> 38;
        let minutes = (seconds * 2_290_649_225) >> 37;
        let hours = (minutes * 2185) >> 17;
        let millis = of_day - seconds * 1000;
        let tenths = (millis * 6554) >> 16;
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
        [*h1, *h2] = two_digits(hours as u32);
        [*m1, *m2] = two_digits((minutes - hours * 60) as u32);
        [*s1, *s2] = two_digits((seconds - minutes * 60) as u32);
        [*f1, *f2] = two_digits(tenths as u32);
        *f3 = b'0' + (millis - tenths * 10) as u8;
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
        self.day = Millis::from(day) * DAY;
    }
}

impl Default for Rfc3339 {
    fn default() -> Rfc3339 {
        Rfc3339::new()
    }
}

/// The digits of a number below 100.
fn two_digits(number: u32) -> [u8; 2] {
    let tens = (number * 103) >> 10;
    [b'0' + tens as u8, b'0' + (number - tens * 10) as u8]
}
