//! The session rule of sessionize, its state and its formats.
//!
//! Pure code: no Fluvio types, no I/O, no `unsafe`, no panics.
#![forbid(unsafe_code)]

pub mod added;
mod duration;
pub mod event;
mod id;
pub mod invalid;
pub mod key;
mod name;
pub mod output;
pub mod parameters;
pub mod session;
pub mod sessionizer;
pub mod store;
