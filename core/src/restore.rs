//! Restoring the sessions of an instance before its first event: by whom, and how far it has come.
//!
//! A module has no storage, and a broker shows a new instance only part of what is stored. So a
//! client, the *teller*, reads the partition and sends the instance its sessions through the topic
//! itself, in records with a [`Mark`]. One such transfer, from [`Mark::Begin`] to [`Mark::End`], is
//! a *telling*.

mod mark;
mod restoration;

pub use mark::{Mark, Nonce};
pub(crate) use restoration::{Refusal, Restoration};
