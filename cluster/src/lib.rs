//! What sessionize does on a running cluster.
//!
//! The module keeps its sessions in the memory of a partition's leader, and a new leader knows
//! nothing of them. [`restore()`] tells it: it reads what the partition has stored, keeps the last
//! word on each visitor, and produces those words, marked, to the very partition. [`watch()`] does
//! so whenever it has to be done.
//!
//! ```text
//! restore ─▶ guard ────▶ telling ───▶ words      the last word on each visitor
//! the topic  a partition    │  └────▶ tail       the stored records, chunk by chunk
//!    │                      ▼          │
//!    └─▶ cluster ─────▶ partition ◀────┘
//!        who leads what, and a connection to it
//! ```
//!
//! [`feed()`](feed::feed) feeds a topic in order, and [`doctor()`](doctor::doctor) says how a topic
//! is and what a crash would do to it.
//!
//! All from the guard on speak to a [`Partition`](partition::Partition), of which there is one in
//! memory for tests. Restoring needs no right that producing and consuming do not: marked records
//! are records.

mod cluster;
mod connection;
pub mod doctor;
pub mod failure;
pub mod feed;
pub mod figures;
mod guard;
mod leader;
mod leaders;
pub mod log;
pub mod lookback;
pub mod metrics;
mod outage;
pub mod partition;
pub mod remark;
mod restore;
pub mod sessions;
mod skew;
pub mod tail;
pub mod telling;
#[cfg(test)]
mod testing;
mod topic;
mod words;

pub use leaders::TopicLeaders;
pub use restore::{RestoreOptions, RestoreReport, progress, restore, watch};
pub use words::Reach;
