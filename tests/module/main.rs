//! What the compiled module does in Fluvio's own engine.

mod agreement;
mod batches;
mod consumer;
mod damaged;
mod endurance;
mod golden;
mod instance;
mod invalid;
mod look_back;
mod parameters;
mod simulation;
mod twice;
