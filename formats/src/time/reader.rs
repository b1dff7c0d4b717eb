//! A reader of times that remembers the latest minute.

use super::error::TimestampError;
use super::millis::Millis;
use super::rfc3339::utc_millis;
use super::spelling::from_text;

/// Reads event times from texts, as [`from_text`] does.
///
/// It remembers the latest minute, because nearly all events in a row are of the same one. One
/// comparison then replaces the calendar and half of the digits.
#[derive(Clone, Debug)]
pub struct TimeReader {
    /// `2015-07-22T09:00`.
    minute: [u8; 16],
    /// When this minute begins.
    start: Millis,
}

impl TimeReader {
    /// A reader that remembers the epoch's first minute.
    pub const fn new() -> TimeReader {
        TimeReader {
            minute: *b"1970-01-01T00:00",
            start: 0,
        }
    }

    /// Reads a time.
    ///
    /// # Errors
    ///
    /// Those of [`from_text`].
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Result<Millis, TimestampError> {
        match of_minute(text) {
            Some((minute, of_minute)) if *minute == self.minute => Ok(self.start + of_minute),
            found => self.read_and_remember(text, found),
        }
    }

    #[inline(never)]
    fn read_and_remember(
        &mut self,
        text: &[u8],
        found: Option<(&[u8; 16], Millis)>,
    ) -> Result<Millis, TimestampError> {
        let time = from_text(text)?;
        if let Some((minute, of_minute)) = found {
            self.minute = *minute;
            self.start = time - of_minute;
        }
        Ok(time)
    }
}

impl Default for TimeReader {
    fn default() -> TimeReader {
        TimeReader::new()
    }
}

/// The minute with which a time in UTC begins, and the milliseconds since its start. `None` for a
/// leap second, the only second that does not belong to its written minute.
#[inline]
fn of_minute(text: &[u8]) -> Option<(&[u8; 16], Millis)> {
    let (minute, rest) = text.split_first_chunk::<16>()?;
    let ([b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9'], tail) = rest.split_first_chunk()? else {
        return None;
    };
    let millis = utc_millis(tail)?;
    let seconds = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
    Some((minute, Millis::from(seconds * 1000 + millis)))
}
