//! What the compiled module does in Fluvio's own engine.

// Clippy allows panics in tests, but not in the functions that tests share.
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
