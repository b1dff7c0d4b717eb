//! Processors: what makes the outputs of events. Today that is the compiled module in Fluvio's
//! engine.

pub mod engine;
