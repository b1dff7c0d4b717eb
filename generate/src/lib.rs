//! Realistic access logs, the same bytes for the same seed on any machine.
//!
//! Visits begin at random times. Each is by a visitor drawn from a heavy-tailed population: a few
//! addresses (offices behind one address, robots) cause a large part of the traffic, and most are
//! seen once or twice. A visit goes from page to page, with bursts of images, with pauses to read,
//! and sometimes with a pause long enough to end a session.
//!
//! ```
//! use sessionize_generate::{Log, LogOptions};
//!
//! let options = LogOptions { events: 3, ..LogOptions::default() };
//! let lines: Vec<Vec<u8>> = Log::new(&options).collect();
//! assert_eq!(lines.len(), 3);
//! assert!(lines[0].starts_with(br#"{"timestamp":"2025-03-03T"#));
//! ```

mod address;
mod chance;
mod clock;
mod delay;
mod line;
mod site;
mod traffic;

use delay::Delay;
use line::LineWriter;
use traffic::Traffic;

/// The format of a generated line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line, about 280 bytes.
    Json,
    /// Access log of an AWS classic load balancer.
    Elb,
    /// Access log of an AWS application load balancer.
    Alb,
    /// Combined log of Apache and nginx.
    Combined,
    /// Common log of Apache.
    Common,
}

/// What to generate.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Seed of the random numbers: each gives another log.
    pub seed: u64,
    /// Number of lines.
    pub events: u64,
    /// Number of visitors in the population, at least 1. A short log does not contain all of them.
    pub ips: u32,
    /// Format of the lines.
    pub format: LogFormat,
    /// Time of the first visit, in ms since the epoch.
    pub start: i64,
    /// Time from the first event to the last, roughly, in ms.
    pub span: i64,
    /// How far a line's time may lag the latest time before it, in ms; 0 writes the log in order of
    /// time.
    pub disorder: i64,
}

impl Default for LogOptions {
    /// One day with 200,000 events of 10,000 visitors, from Monday 2025-03-03 on, in order of time.
    fn default() -> Self {
        Self {
            seed: 1,
            events: 200_000,
            ips: 10_000,
            format: LogFormat::Json,
            start: 1_740_960_000_000,
            span: 24 * 60 * 60 * 1000,
            disorder: 0,
        }
    }
}

/// A log that is generated line by line.
#[derive(Debug)]
pub struct Log {
    requests: Delay<Traffic>,
    writer: LineWriter,
}

impl Log {
    /// A log that starts at its first line.
    pub fn new(options: &LogOptions) -> Self {
        let traffic = Traffic::new(options);
        Self {
            requests: Delay::new(
                traffic,
                options.disorder.max(0).saturating_mul(1000),
                options.seed,
            ),
            writer: LineWriter::new(options.format, options.seed),
        }
    }

    /// Appends the next line with its newline. Returns `false` at the end of the log. This is
    /// faster than the iterator, which allocates each line.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> bool {
        match self.requests.next() {
            Some(request) => {
                self.writer.write(&request, out);
                out.push(b'\n');
                true
            }
            None => false,
        }
    }
}

impl Iterator for Log {
    /// A line without its newline.
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let request = self.requests.next()?;
        let mut line = Vec::new();
        self.writer.write(&request, &mut line);
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn bytes(options: &LogOptions) -> Vec<u8> {
        let mut log = Log::new(options);
        let mut out = Vec::new();
        while log.write_next(&mut out) {}
        out
    }

    fn options(format: LogFormat) -> LogOptions {
        LogOptions {
            events: 5_000,
            ips: 1_000,
            format,
            ..LogOptions::default()
        }
    }

    const FORMATS: [LogFormat; 5] = [
        LogFormat::Json,
        LogFormat::Elb,
        LogFormat::Alb,
        LogFormat::Combined,
        LogFormat::Common,
    ];

    #[test]
    fn same_seed_same_bytes() {
        for format in FORMATS {
            let options = options(format);
            assert_eq!(bytes(&options), bytes(&options), "{format:?}");
            let other = LogOptions {
                seed: 2,
                ..options.clone()
            };
            assert_ne!(bytes(&options), bytes(&other), "{format:?}");
        }
    }

    /// A change here changes every log that was ever generated.
    #[test]
    fn same_bytes_as_ever() {
        let digests = FORMATS.map(|format| {
            let out = bytes(&LogOptions {
                disorder: 60_000,
                ..options(format)
            });
            // FNV-1a: the standard library's hash may change.
            out.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            })
        });
        let expected = [
            16_470_359_645_761_829_274,
            7_663_637_430_300_115_023,
            12_412_466_375_546_498_276,
            8_845_766_618_724_253_030,
            9_294_071_172_157_283_707,
        ];
        assert_eq!(digests, expected);
    }

    #[test]
    fn exactly_so_many_lines() {
        for events in [0, 1, 2, 999] {
            let options = LogOptions {
                events,
                ..LogOptions::default()
            };
            let out = bytes(&options);
            assert_eq!(out.iter().filter(|b| **b == b'\n').count() as u64, events);
            assert_eq!(Log::new(&options).count() as u64, events);
        }
    }

    #[test]
    fn json_lines_are_json_of_about_280_bytes() {
        let out = bytes(&LogOptions {
            events: 20_000,
            ..LogOptions::default()
        });
        let lines: Vec<&[u8]> = out
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .collect();
        for line in &lines {
            let value: serde_json::Value = serde_json::from_slice(line).unwrap();
            for field in [
                "timestamp",
                "ip",
                "method",
                "path",
                "status",
                "bytes",
                "referer",
                "user_agent",
            ] {
                assert!(value.get(field).is_some(), "{field} in {value}");
            }
        }
        let mean = out.len() / lines.len();
        assert!((260..300).contains(&mean), "{mean} bytes");
    }

    #[test]
    fn disorder_is_bounded_and_there() {
        for disorder in [0, 1, 500, 60_000] {
            let log = Log::new(&LogOptions {
                disorder,
                ..options(LogFormat::Json)
            });
            let times: Vec<i64> = log.requests.map(|r| r.time.div_euclid(1000)).collect();
            let mut latest = i64::MIN;
            let mut furthest = 0;
            for time in &times {
                latest = latest.max(*time);
                furthest = furthest.max(latest - time);
            }
            assert!(furthest <= disorder, "{furthest} > {disorder}");
            assert!(furthest >= disorder / 2, "{furthest} of {disorder}");
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let ordered = Log::new(&options(LogFormat::Json)).requests;
            assert_eq!(
                sorted,
                ordered.map(|r| r.time.div_euclid(1000)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn activity_is_heavy_tailed() {
        let log = Log::new(&LogOptions {
            events: 100_000,
            ..LogOptions::default()
        });
        let mut counts = std::collections::HashMap::new();
        for request in log.requests {
            *counts.entry(request.visitor).or_insert(0_u64) += 1;
        }
        let mut counts: Vec<u64> = counts.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let top: u64 = counts.iter().take(counts.len() / 100).sum();
        assert!(counts.len() > 1_500, "{} visitors", counts.len());
        assert!(
            (25_000..75_000).contains(&top),
            "{top} of 100000 by the top 1 %"
        );
    }

    #[test]
    fn the_span_is_roughly_kept() {
        for (events, ips) in [(20_000, 100), (200_000, 10_000), (300_000, 1_000_000)] {
            let options = LogOptions {
                events,
                ips,
                ..LogOptions::default()
            };
            let last = Log::new(&options).requests.last().unwrap();
            let took = last.time / 1000 - options.start;
            assert!(
                (options.span * 6 / 10..options.span * 14 / 10).contains(&took),
                "{took} ms, {events} events"
            );
        }
    }

    #[test]
    fn addresses_are_distinct_and_some_are_ipv6() {
        let mut addresses = HashSet::new();
        for visitor in 1..=50_000 {
            let mut text = Vec::new();
            address::write(1, visitor, &mut text);
            let text = String::from_utf8(text).unwrap();
            let address: std::net::IpAddr = text.parse().unwrap();
            assert_eq!(text, address.to_string());
            addresses.insert(address);
        }
        assert_eq!(addresses.len(), 50_000);
        let v6 = addresses.iter().filter(|a| a.is_ipv6()).count();
        assert!((4_000..9_000).contains(&v6), "{v6} of 50000");
    }
}
