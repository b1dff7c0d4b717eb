//! What can go wrong, as one line for the user.

use std::fmt;
use std::io;

/// An error. Its text is one line, in lower case and without a full stop, that says what went wrong
/// and where.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What sort of error it is, for those who have to act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user asked for something that can't be. Trying again gives the same error.
    Usage,
    /// Something went wrong on the way.
    Failure,
    /// Whoever read our output has gone, as `head` does. That is no fault of the run.
    OutputClosed,
}

impl Error {
    /// The user asked for something that can't be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// What the user asked for needs Fluvio's engine, and the program was built without it.
    pub fn no_engine(asked: &str) -> Self {
        Self::left_out(asked, "engine", "engine")
    }

    /// What the user asked for needs Fluvio's client, and the program was built without it.
    pub fn no_client(asked: &str) -> Self {
        Self::left_out(asked, "client", "cluster")
    }

    /// What the user asked for needs a part of Fluvio, which the program was built without.
    fn left_out(asked: &str, part: &str, feature: &str) -> Self {
        Self::usage(format!(
            "{asked} needs Fluvio's {part}, and this program was built without it: build it with \
             the feature `{feature}`"
        ))
    }

    /// Something went wrong on the way.
    pub fn failure(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failure, message)
    }

    /// An output, called `name`, could not be written.
    pub fn writing(name: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => {
                Self::new(ErrorKind::OutputClosed, format!("{name} was closed"))
            }
            _ => Self::failure(format!("cannot write {name}: {}", plain(error))),
        }
    }

    /// The same error, with the place where it happened in front.
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The text of an I/O error in our style: in lower case, and without the error number that the
/// standard library adds.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::from("unknown error"),
    }
}
