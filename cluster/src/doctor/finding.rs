//! What a look at a topic finds, and what to set.

use serde::Serialize;

use crate::remark::Remark;

/// Something to know about a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub text: String,
    /// What to set or to do.
    pub advice: Option<String>,
    /// The partitions that have it; none if it is of the topic as a whole.
    pub partitions: Vec<u32>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It goes wrong, or will.
    Warning,
    /// It is good to know.
    Note,
}

impl Finding {
    /// Something that goes wrong, or will.
    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self::new(Level::Warning, text)
    }

    /// Something that is good to know.
    pub(super) fn note(text: impl Into<String>) -> Self {
        Self::new(Level::Note, text)
    }

    fn new(level: Level, text: impl Into<String>) -> Self {
        Self {
            level,
            text: text.into(),
            advice: None,
            partitions: Vec::new(),
        }
    }

    /// With what to set or to do.
    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self {
            advice: Some(advice.into()),
            ..self
        }
    }

    /// In these partitions.
    pub(super) fn of(self, partitions: Vec<u32>) -> Self {
        Self { partitions, ..self }
    }
}

impl From<Remark> for Finding {
    fn from(remark: Remark) -> Self {
        match remark {
            Remark::Note(text) => Self::note(text),
            Remark::Warning(text) => Self::warning(text),
        }
    }
}
