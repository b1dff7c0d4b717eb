//! What a check finds, beyond errors.

use std::fmt;

/// Something to know about a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What the deployment does, with the figures to judge it by.
    Note(String),
    /// Something that will go wrong.
    Warning(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(text) => write!(f, "note: {text}"),
            Self::Warning(text) => write!(f, "warning: {text}"),
        }
    }
}
