//! What `sessionize run` is made of, from files to a file.

pub mod error;
mod extract;
mod identity;
mod order;
mod processor;
mod progress;
mod record;
mod run;
mod sink;
mod source;
mod tally;
mod thread;

pub use order::Ordering;
pub use processor::engine;
pub use run::{RunOptions, RunReport, run};
pub use sink::Destination;
pub use source::Input;
