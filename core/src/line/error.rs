use core::fmt;

use super::LineFormat;

/// Why a record is not a line of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    NotUtf8(usize),
    Shape(LineFormat, Problem),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    NoTimestamp,
    NoIp,
    /// The line ends in the middle of the address, or right after it, where it can't be known to be whole.
    IpCutOff,
    NotAnAddress,
    /// A column stands before the address, as in Apache's `vhost_combined`.
    IpNotFirst,
    NoType,
}

impl LineError {
    #[cold]
    pub(super) fn not_utf8(at: usize) -> LineError {
        LineError(Kind::NotUtf8(at))
    }

    #[cold]
    pub(super) fn new(format: LineFormat, problem: Problem) -> LineError {
        LineError(Kind::Shape(format, problem))
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (format, problem) = match self.0 {
            Kind::NotUtf8(at) => return write!(f, "not UTF-8 at byte {at}"),
            Kind::Shape(format, problem) => (format, problem),
        };
        let article = match format {
            LineFormat::Elb | LineFormat::Alb => "an",
            LineFormat::Combined | LineFormat::Common => "a",
        };
        let problem = match problem {
            Problem::NoTimestamp => "no field `timestamp` in its place",
            Problem::NoIp => "no field `ip`",
            Problem::IpCutOff => "field `ip` is cut off",
            Problem::NotAnAddress => "field `ip` is not an address",
            Problem::IpNotFirst => "the address is in the second place, as after a virtual host",
            Problem::NoType => "field `type` is none of http, https, h2, grpcs, ws, wss",
        };
        write!(f, "not {article} {} line: {problem}", format.name())
    }
}

impl core::error::Error for LineError {}
