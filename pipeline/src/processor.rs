//! Processors: they make outputs of events. Today that is the compiled module in Fluvio's engine.
//!
//! * [`engine`]: an instance of the module.
//! * [`worker`]: an instance at work on a thread of its own.

pub mod engine;
pub(crate) mod worker;
