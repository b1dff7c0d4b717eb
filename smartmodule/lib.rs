//! The adapter between Fluvio and the session rule.

pub mod wire;
