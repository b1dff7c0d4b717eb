//! The adapter between Fluvio and the session rule, without the exports: what hosts and tests can use of it, too.
//!
//! The [`module`] takes a batch as the engine encodes it and gives the answer; the [`wire`] is how records cross.
#![forbid(unsafe_code)]

pub mod module;
pub mod wire;
