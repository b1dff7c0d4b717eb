//! Restoring the sessions of an instance before its first event: by whom, and how far it has come.
//!
//! A module has no storage, and a broker tells a new instance only part of what is stored. So a
//! client, the *teller*, reads the partition and tells the instance its sessions through the topic
//! itself, in records with a [`Mark`].

mod mark;
mod progress;

pub use mark::{Mark, Nonce};
pub(crate) use progress::{Progress, Refusal};
