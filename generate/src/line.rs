//! The lines of a log.

use std::io::Write;

use crate::LogFormat;
use crate::address;
use crate::chance::mix;
use crate::clock::Clock;
use crate::site;
use crate::traffic::Request;

/// Writes requests in one format.
#[derive(Debug)]
pub(crate) struct LineWriter {
    format: LogFormat,
    seed: u64,
    clock: Clock,
}

impl LineWriter {
    pub(crate) fn new(format: LogFormat, seed: u64) -> Self {
        let clock = match format {
            LogFormat::Json | LogFormat::Elb | LogFormat::Alb => Clock::rfc3339(),
            LogFormat::Combined | LogFormat::Common => Clock::apache(),
        };
        Self {
            format,
            seed,
            clock,
        }
    }

    /// Appends a line, without a newline.
    pub(crate) fn write(&mut self, request: &Request, out: &mut Vec<u8>) {
        match self.format {
            LogFormat::Json => self.json(request, out),
            LogFormat::Elb => self.elb(request, out),
            LogFormat::Alb => self.alb(request, out),
            LogFormat::Combined => {
                self.common(request, out);
                out.extend_from_slice(b" \"");
                if !site::write_referer(request, out) {
                    out.push(b'-');
                }
                put(out, ["\" \"", site::user_agent(request), "\""]);
            }
            LogFormat::Common => self.common(request, out),
        }
    }

    fn json(&mut self, request: &Request, out: &mut Vec<u8>) {
        let mut digits = itoa::Buffer::new();
        put(out, ["{\"timestamp\":\""]);
        self.time(request.time / 1000, 3, out);
        put(out, ["\",\"ip\":\""]);
        address::write(self.seed, request.visitor, out);
        put(
            out,
            ["\",\"method\":\"", site::method(request), "\",\"path\":\""],
        );
        site::write_path(request, out);
        put(
            out,
            ["\",\"status\":", digits.format(site::status(request))],
        );
        put(out, [",\"bytes\":", digits.format(site::bytes(request))]);
        put(
            out,
            [
                ",\"duration_ms\":",
                digits.format(site::micros(request) / 1000),
            ],
        );
        put(out, [",\"referer\":\""]);
        if !site::write_referer(request, out) {
            out.push(b'-');
        }
        put(
            out,
            ["\",\"user_agent\":\"", site::user_agent(request), "\"}"],
        );
    }

    /// Classic load balancer: `time name client backend times status status received sent "request"
    /// "agent" cipher protocol`.
    fn elb(&mut self, request: &Request, out: &mut Vec<u8>) {
        self.time(request.time, 6, out);
        put(out, [" shop-balancer "]);
        self.hops(request, out);
        put(
            out,
            [
                " \"",
                site::user_agent(request),
                "\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2",
            ],
        );
    }

    /// Application load balancer: the same, between fields of its own.
    fn alb(&mut self, request: &Request, out: &mut Vec<u8>) {
        put(out, ["https "]);
        self.time(request.time, 6, out);
        put(out, [" app/shop-balancer/50dc6c495c0c9188 "]);
        self.hops(request, out);
        put(
            out,
            [
                " \"",
                site::user_agent(request),
                "\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
                 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/73e2d6bc24d8a067 ",
            ],
        );
        // Writing to a Vec cannot fail.
        let _ = write!(
            out,
            "\"Root=1-{:08x}-{:016x}{:08x}\" ",
            request.time / 1_000_000,
            mix(request.detail),
            request.browser
        );
        put(
            out,
            [
                "\"",
                site::HOST,
                "\" \"arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012\" 1 ",
            ],
        );
        self.time(request.time - site::micros(request) as i64, 6, out);
        put(
            out,
            [
                " \"forward\" \"-\" \"-\" \"10.0.4.",
                backend(request),
                ":80\" \"",
            ],
        );
        put(
            out,
            [
                itoa::Buffer::new().format(site::status(request)),
                "\" \"-\" \"-\"",
            ],
        );
    }

    /// What both load balancers share: from the client's address to the request line.
    fn hops(&mut self, request: &Request, out: &mut Vec<u8>) {
        let mut digits = itoa::Buffer::new();
        if address::is_ipv6(request.visitor) {
            out.push(b'[');
            address::write(self.seed, request.visitor, out);
            out.push(b']');
        } else {
            address::write(self.seed, request.visitor, out);
        }
        put(
            out,
            [
                ":",
                digits.format(site::port(request)),
                " 10.0.4.",
                backend(request),
                ":80 0.00002",
            ],
        );
        let micros = site::micros(request);
        // Writing to a Vec cannot fail.
        let _ = write!(
            out,
            " {}.{:06} 0.000021 ",
            micros / 1_000_000,
            micros % 1_000_000
        );
        let status = digits.format(site::status(request));
        put(out, [status, " ", status, " 0 "]);
        put(
            out,
            [
                digits.format(site::bytes(request)),
                " \"",
                site::method(request),
                " https://",
            ],
        );
        put(out, [site::HOST, ":443"]);
        site::write_path(request, out);
        put(out, [" HTTP/1.1\""]);
    }

    fn common(&mut self, request: &Request, out: &mut Vec<u8>) {
        let mut digits = itoa::Buffer::new();
        address::write(self.seed, request.visitor, out);
        put(out, [" - - ["]);
        self.clock.write(request.time.div_euclid(1_000_000), out);
        put(out, [" +0000] \"", site::method(request), " "]);
        site::write_path(request, out);
        put(
            out,
            [" HTTP/1.1\" ", digits.format(site::status(request)), " "],
        );
        match site::bytes(request) {
            0 => out.push(b'-'),
            bytes => put(out, [digits.format(bytes)]),
        }
    }

    /// Appends a time in RFC 3339, in UTC. `digits` is the length of the fraction, 3 or 6, and so
    /// says whether `time` is in ms or µs.
    fn time(&mut self, time: i64, digits: u32, out: &mut Vec<u8>) {
        let unit = 10_i64.pow(digits);
        self.clock.write(time.div_euclid(unit), out);
        out.push(b'.');
        // With a 1 in front, the number keeps its leading zeros.
        let fraction = unit + time.rem_euclid(unit);
        out.extend_from_slice(
            itoa::Buffer::new()
                .format(fraction)
                .as_bytes()
                .split_at(1)
                .1,
        );
        out.push(b'Z');
    }
}

/// The last number of the backend's address.
fn backend(request: &Request) -> &'static str {
    if request.detail & 1 == 0 { "17" } else { "42" }
}

fn put<const N: usize>(out: &mut Vec<u8>, parts: [&str; N]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}
