//! The wire: how a batch of records crosses into the module and back.
//!
//! Fluvio's own types decode byte by byte into owned buffers and encode the same way back; in a module that is most
//! of the time spent. Here the records are views borrowed from the input, the output is written once into a buffer
//! that is reused, and nothing is allocated per record.
//!
//! Any bytes may come in. What [fluvio_protocol] decodes is decoded to the same content, with these exceptions, all of
//! which no host produces and all of which are [`Damaged`] here:
//!
//! - a varint of more than ten bytes (its decoder shifts by 70 bits: a panic with overflow checks, and nonsense without);
//! - a negative length of a key or value (it asks for as many bytes as an address space has);
//! - a length of 4 GiB or more (in a 32-bit module it keeps the length's lower half).
//!
//! [fluvio_protocol]: fluvio_smartmodule::dataplane::core

mod batch;
mod cursor;
mod input;
mod output;
mod parameters;
#[cfg(test)]
mod proptests;
mod records;
mod varint;

pub use batch::BatchBuilder;
pub use input::Input;
pub use output::{Output, refusal};
pub use parameters::parameters;
pub use records::{RecordView, Records};

use std::fmt;

/// Bytes that are not what the engine's protocol says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damaged {
    /// The envelope: base offset, records, base timestamp.
    Input,
    /// One of the records.
    Records,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "the input can't be decoded",
            Self::Records => "the input's records can't be decoded",
        })
    }
}

impl std::error::Error for Damaged {}
