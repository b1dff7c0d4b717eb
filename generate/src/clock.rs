//! Times as logs write them.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// Writes times. It keeps the text of the last second, because neighbouring lines share it.
#[derive(Debug)]
pub(crate) struct Clock {
    format: &'static str,
    second: i64,
    text: String,
}

impl Clock {
    /// `2025-03-03T00:00:00`, without the fraction and the zone.
    pub(crate) fn rfc3339() -> Self {
        Self::new("%Y-%m-%dT%H:%M:%S")
    }

    /// `03/Mar/2025:00:00:00`, without the zone.
    pub(crate) fn apache() -> Self {
        Self::new("%d/%b/%Y:%H:%M:%S")
    }

    fn new(format: &'static str) -> Self {
        Self {
            format,
            second: i64::MIN,
            text: String::new(),
        }
    }

    /// Appends a time in UTC, given in seconds since the epoch. Times after the end of jiff's
    /// calendar are written as its last second.
    pub(crate) fn write(&mut self, second: i64, out: &mut Vec<u8>) {
        if second != self.second {
            self.second = second;
            let time = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
            // Both formats ask only for what every timestamp has, so this does not fail.
            self.text = strtime::format(self.format, time).unwrap_or_default();
        }
        out.extend_from_slice(self.text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
