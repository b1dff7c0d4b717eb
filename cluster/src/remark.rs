//! What a look at a deployment finds, beyond errors.

use std::fmt;

use sessionize_core::parameters::Restore;

/// Something to know about a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What the deployment does, with the figures to judge it by.
    Note(String),
    /// Something that will go wrong.
    Warning(String),
}

impl Remark {
    /// What the parameter `restore` of a topic's module asks for.
    pub fn on_restore(restore: Restore) -> Option<Self> {
        let why = match restore {
            Restore::Off => return None,
            Restore::Accept => {
                "restore accept: keep `sessionize restore --watch` running; what comes before it \
                 has told the sessions may split them"
            }
            Restore::Require => {
                "restore require: keep `sessionize restore --watch` running; until it has told the \
                 sessions, every event is refused"
            }
        };
        Some(Self::Note(why.into()))
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(text) => write!(f, "note: {text}"),
            Self::Warning(text) => write!(f, "warning: {text}"),
        }
    }
}
