//! The session rule of sessionize, its state and the added fields.
//!
//! Pure code: no Fluvio types, no I/O, no `unsafe`, no panics.
#![forbid(unsafe_code)]

pub mod event;
pub mod fields;
mod id;
pub mod key;
mod name;
mod output;
pub mod parameters;
pub mod rule;
pub mod session;
pub mod sessionizer;
pub mod state;
pub mod wrapper;
