//! One row per session, of sessionized events.
//!
//! ```text
//! lines ─▶ event ─▶ table ─▶ row ─▶ write
//!          what an  sessions  one    NDJSON, CSV, Parquet
//!          event    that are  session
//!          says     not over
//! ```
//!
//! An [`event`] carries the figures of its session so far; what it does not carry, such as the
//! pages of the session, is gathered in the [`table`]. The table is pure: events are put in and
//! rows are taken out, and the only clock is that of the events. [`sessions()`] assembles all of
//! it for files.
//!
//! A topic has no end. There, the [`log`] of each partition is made into rows from any place on,
//! and a [`folder`] keeps them as Parquet files, together with the place that they reach to.

pub mod event;
pub mod folder;
pub mod log;
mod numbers;
pub mod page;
pub mod row;
mod sessions;
pub mod table;
pub mod tally;
#[cfg(test)]
mod testing;
pub mod write;

pub use sessions::{SessionsOptions, SessionsReport, sessions};
