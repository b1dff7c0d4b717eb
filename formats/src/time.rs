//! Reads event times in the spellings that logs use, and writes RFC 3339.

mod civil;
mod clf;
mod epoch;
mod error;
mod millis;
mod reader;
mod rfc3339;
mod spelling;
mod writer;

pub use error::TimestampError;
pub use millis::{MAX, MIN, Millis};
pub use reader::TimeReader;
pub use spelling::{from_number, from_text};
pub use writer::Rfc3339;

#[cfg(test)]
mod tests;
