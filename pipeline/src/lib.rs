//! What `sessionize run` is made of, from files to a file.
//!
//! * [`input`]: where events come from.
//! * [`run`]: the main job without a cluster.
//! * [`engine`]: the compiled module in Fluvio's own engine.
//! * [`summary`]: what came out.

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
