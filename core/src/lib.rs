//! The session rule of sessionize, its state and its formats.
//!
//! Pure code: no Fluvio types, no I/O, no `unsafe`, no panics.
#![forbid(unsafe_code)]

pub mod address;
pub mod json;
pub mod key;
pub mod line;
pub mod path;
pub mod session;
pub mod store;
pub mod timestamp;
