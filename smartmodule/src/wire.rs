//! The encoding in which a batch of records enters the module and leaves it.
//!
//! Fluvio's own types decode byte by byte into owned buffers, and encode the same way. In a module
//! that takes most of the time. Here the records are views borrowed from the input, the output is
//! written once into a buffer that is reused, and nothing is allocated per record.
//!
//! Any bytes may come in. They decode to the same content as in [Fluvio's own decoder][decoder],
//! with three exceptions. No host produces these, and all are damage here:
//!
//! - a varint of more than ten bytes (Fluvio's decoder shifts by 70 bits: a panic with overflow
//!   checks, and nonsense without);
//! - a negative length of a key or value (it asks for as many bytes as an address space has);
//! - a length of 4 GiB or more (in a 32-bit module it keeps the lower half of the length).
//!
//! [decoder]: fluvio_smartmodule::dataplane::core

mod batch;
mod cursor;
mod damaged;
mod envelope;
mod output;
mod parameters;
mod records;
#[cfg(test)]
mod tests;
mod varint;

pub use batch::BatchBuilder;
pub(crate) use damaged::Damaged;
pub(crate) use envelope::Envelope;
pub(crate) use output::{OutputBuffer, refusal};
pub(crate) use parameters::parameters;
pub(crate) use records::Records;
