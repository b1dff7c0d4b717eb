//! Bytes to values and back: JSON, log lines, times and addresses.
//!
//! This crate knows nothing of sessions. It is pure code without I/O, `unsafe` and panics, written
//! for the path that every record takes through the module: it borrows from the record, writes into
//! buffers that are reused, and allocates nothing per record.
//!
//! * [`json`] finds members of a JSON object, and checks the rest of it.
//! * [`line`](mod@line) takes the lines of access logs apart.
//! * [`repair`] makes damaged records readable.
//! * [`time`] reads event times in the spellings that logs use, and writes RFC 3339.
//! * [`address`] reads IP addresses and writes their canonical text.
//! * [`client`] reads who a request came from: an address, a list of them, or another text.
//! * [`path`] names a member of an event.
//! * [`bytes`] has what they are built from: texts, labels, numbers, blocks of 64 bytes.
#![forbid(unsafe_code)]

pub mod address;
pub mod bytes;
pub mod client;
pub mod json;
pub mod line;
pub mod path;
pub mod repair;
pub mod time;
