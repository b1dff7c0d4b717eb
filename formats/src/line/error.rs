//! Why a record is not a line of a format.

use core::fmt;

use super::format::LineFormat;

/// Why a record is not a line of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    NotUtf8(usize),
    Shape(LineFormat, Problem),
    /// A line of a container runtime, in Kubernetes' CRI format.
    Container,
    NoFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    NoTimestamp,
    NoIp,
    /// The line ends within the address or right after it, where the address may be incomplete.
    IpCutOff,
    NotAnAddress,
    /// Two texts may be the client.
    TwoIps,
    /// The client would be no address, and something stands before it.
    NoIpBehindPrefix,
    /// Fewer than three columns stand before the time.
    TooFewColumns,
    NoType,
}

impl LineError {
    #[cold]
    pub(super) fn not_utf8(at: usize) -> LineError {
        LineError(Reason::NotUtf8(at))
    }

    #[cold]
    pub(super) fn new(format: LineFormat, problem: Problem) -> LineError {
        LineError(Reason::Shape(format, problem))
    }

    pub(super) fn container() -> LineError {
        LineError(Reason::Container)
    }

    pub(super) fn no_format() -> LineError {
        LineError(Reason::NoFormat)
    }

    /// Whether bytes that are not UTF-8 are all that is wrong with the line.
    pub fn is_not_utf8(&self) -> bool {
        matches!(self.0, Reason::NotUtf8(_))
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (format, problem) = match self.0 {
            Reason::NotUtf8(at) => return write!(f, "not UTF-8 at byte {at}"),
            Reason::Shape(format, problem) => (format, problem),
            Reason::Container => {
                return f.write_str(
                    "a container runtime's line (CRI), which holds no line of a known log format",
                );
            }
            Reason::NoFormat => {
                return f.write_str("neither a JSON object nor a line of a known log format");
            }
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
            Problem::TwoIps => "field `ip` can be read in two ways",
            Problem::NoIpBehindPrefix => {
                "no address in front of `ident` and `user`, and a name counts only where nothing stands before it"
            }
            Problem::TooFewColumns => "fewer than three columns in front of `timestamp`",
            Problem::NoType => "field `type` is none of http, https, h2, grpcs, ws, wss",
        };
        write!(f, "not {article} {} line: {problem}", format.name())
    }
}

impl core::error::Error for LineError {}
