//! What can go wrong, as one line for the user.

use std::fmt;
use std::io;

/// An error with the exit code that belongs to it. Its text is one line, in lower case and without a full stop, that says what and
/// where.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Usage,
    Failure,
    /// Whoever read our output has gone, as `head` does.
    Closed,
}

impl Error {
    /// The user asked for something that can't be: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Something went wrong on the way: exit code 1.
    pub fn failure(message: impl Into<String>) -> Self {
        Self::new(Kind::Failure, message)
    }

    /// What became of writing to `name`: an output that was closed early ends the program, but is no failure of it.
    pub fn writing(name: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Kind::Closed, format!("{name} was closed")),
            _ => Self::failure(format!("cannot write {name}: {}", plain(error))),
        }
    }

    /// The same, with where it happened before it.
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// The exit code: 2 for usage, 1 for a failure, 0 when the reader of the output has gone.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 2,
            Kind::Failure => 1,
            Kind::Closed => 0,
        }
    }

    /// Whether to say nothing, because the reader of the output has gone.
    pub fn is_quiet(&self) -> bool {
        self.kind == Kind::Closed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// An I/O error in our style: in lower case and without the number that the standard library adds.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::from("unknown error"),
    }
}
