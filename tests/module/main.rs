//! What the compiled module does in Fluvio's own engine.

// What tests share is no test to Clippy, which would let those panic.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod agreement;
mod batches;
mod consumer;
mod damaged;
mod endurance;
mod golden;
mod instance;
mod invalid;
mod look_back;
mod memory;
mod parameters;
mod simulation;
mod twice;
