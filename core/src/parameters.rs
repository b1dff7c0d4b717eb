//! The parameters of the module, checked once, at start.

mod check;
mod descriptions;
mod duration;
mod error;
mod limits;
mod read;
mod types;
mod values;

pub use descriptions::{DESCRIPTIONS, Description};
pub use error::ParameterError;
pub(crate) use limits::MAX_KEY_FIELDS;
pub use limits::MAX_KEYS;
pub use types::{Field, Format, KeySource, OnFragment, OnInvalid, Parameters, Restore, TimeSource};

#[cfg(test)]
mod tests;
