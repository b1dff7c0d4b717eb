//! Feeding a sessionized topic: in order of time, nothing lost, nothing doubled.

mod clock;
mod driver;
mod event;
mod figures;
mod flow;
mod hold;
mod ledger;
mod partitioner;
mod resume;
mod skew;
mod source;
mod stamp;
mod topic_source;

#[cfg(test)]
mod simulation;

pub use driver::FeedReport;
pub use figures::FeedFigures;
pub use source::Start;
