//! The session rule of sessionize, its state and its formats.
//!
//! Pure code: no Fluvio types, no I/O, no `unsafe`, no panics.
#![forbid(unsafe_code)]

pub mod address;
mod block;
pub mod json;
pub mod line;
pub mod path;
pub mod timestamp;
