//! The session rule of sessionize, its state and its formats.
//!
//! Pure code: no Fluvio types, no I/O, no `unsafe`, no panics.
#![forbid(unsafe_code)]

pub mod added;
pub mod address;
mod block;
pub mod client;
mod decimal;
mod duration;
pub mod event;
mod hex;
mod id;
pub mod invalid;
pub mod json;
pub mod key;
mod label;
pub mod line;
mod name;
pub mod output;
pub mod parameters;
pub mod path;
mod repair;
pub mod session;
pub mod sessionizer;
pub mod store;
pub mod text;
pub mod timestamp;
