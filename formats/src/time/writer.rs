//! A writer of times that remembers the latest date.

use crate::bytes::text::Writer;

use super::civil::{DAY, date};
use super::millis::{MAX, MIN, Millis};

/// Writes times as RFC 3339 in UTC with milliseconds: `2015-07-22T09:00:28.019Z`, always 24 bytes.
///
/// It remembers the latest date, because nearly all events in a row are of the same day and the
/// calendar is the costly part.
#[derive(Clone, Debug)]
pub struct Rfc3339 {
    /// When the remembered day begins.
    day: Millis,
    /// `2015-07-22T`, filled up to a whole vector.
    date: [u8; 16],
}

impl Default for Rfc3339 {
    fn default() -> Self {
        Self::new()
    }
}

impl Rfc3339 {
    /// A writer that remembers the epoch's day.
    pub const fn new() -> Rfc3339 {
        Rfc3339 {
            day: 0,
            date: *b"1970-01-01T     ",
        }
    }

    /// Writes the time, which must be in [`MIN`]`..=`[`MAX`] (one outside is written as the nearer
    /// bound).
    #[inline(always)]
    pub fn write(&mut self, time: Millis, out: &mut Writer<'_>) {
        let time = time.clamp(MIN, MAX);
        if !(0..DAY).contains(&(time - self.day)) {
            self.set_day((time / DAY) as u32);
        }
        // Multiplications with reciprocals, which are exact for numbers as small as these, replace
        // divisions, which are slow, above all in WebAssembly.
        let of_day = (time - self.day) as u64;
        let seconds = (of_day * 274_877_907) >> 38;
        let minutes = (seconds * 2_290_649_225) >> 37;
        let hours = (minutes * 2185) >> 17;
        let millis = of_day - seconds * 1000;
        // All three pairs of digits at once, each in the place of its bytes in `00:00:00`.
        let pairs = hours | (minutes - hours * 60) << 24 | (seconds - minutes * 60) << 48;
        let tens = ((pairs * 103) >> 10) & 0x000f_0000_0f00_000f;
        let time = tens | (pairs - tens * 10) << 8 | u64::from_le_bytes(*b"00:00:00");
        let hundreds = (millis * 656) >> 16;
        let rest = millis - hundreds * 100;
        let tens = (rest * 103) >> 10;
        let fraction = hundreds << 8 | tens << 16 | (rest - tens * 10) << 24;
        out.part(self.date, 11);
        out.bytes(time.to_le_bytes());
        out.part(
            (fraction | u64::from_le_bytes(*b".000Z\0\0\0")).to_le_bytes(),
            5,
        );
    }

    #[cold]
    fn set_day(&mut self, day: u32) {
        let (year, month, of_month) = date(day);
        let [y1, y2, y3, y4, _, m1, m2, _, d1, d2, ..] = &mut self.date;
        [*y1, *y2] = two_digits(year / 100);
        [*y3, *y4] = two_digits(year % 100);
        [*m1, *m2] = two_digits(month);
        [*d1, *d2] = two_digits(of_month);
        self.day = Millis::from(day) * DAY;
    }
}

/// The digits of a number below 100.
fn two_digits(number: u32) -> [u8; 2] {
    let tens = (number * 103) >> 10;
    [b'0' + tens as u8, b'0' + (number - tens * 10) as u8]
}
