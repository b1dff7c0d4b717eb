//! Times as logs write them.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// Writes times, and keeps the text of the second that it wrote last: neighbouring lines share it.
#[derive(Debug)]
pub(crate) struct Clock {
    format: &'static str,
    second: i64,
    text: String,
}

impl Clock {
    /// `2025-03-03T00:00:00`, to be followed by a fraction and the zone.
    pub(crate) fn rfc3339() -> Self {
        Self::new("%Y-%m-%dT%H:%M:%S")
    }

    /// `03/Mar/2025:00:00:00`, to be followed by the zone.
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

    /// Appends a second, counted since the epoch, in UTC. Beyond the calendar's end it is the last
    /// one.
    pub(crate) fn write(&mut self, second: i64, out: &mut Vec<u8>) {
        if second != self.second {
            self.second = second;
            let time = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
            // The formats are fixed, and every time has what they ask for.
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
