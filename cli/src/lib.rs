//! The host program of sessionize, as a library for the harness and the benchmarks.
//!
//! * [`engine`]: the compiled module in Fluvio's own engine.
//! * [`run`]: the main job without a cluster, from files to a file.
//! * [`check`]: whether the module will start where it is to be deployed.

pub mod check;
mod compression;
pub mod engine;
pub mod error;
mod identity;
pub mod input;
mod lines;
mod order;
pub mod output;
mod partition;
mod placer;
mod progress;
pub mod run;
mod sequence;
pub mod summary;

pub use order::Ordering;
