//! The adapter between Fluvio and the session rule, without the exports, so that hosts and tests
//! can use it too.
//!
//! The [`adapter`] takes a batch as the engine encodes it and gives the answer. The [`wire`] reads
//! and writes the encoding.
#![forbid(unsafe_code)]

pub mod adapter;
pub mod wire;
