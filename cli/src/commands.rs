//! The commands, one to a file: its arguments, and what it does.

#[cfg(feature = "engine")]
pub(crate) mod check;
#[cfg(feature = "cluster")]
pub(crate) mod doctor;
#[cfg(feature = "cluster")]
pub(crate) mod feed;
pub(crate) mod generate;
#[cfg(not(all(feature = "engine", feature = "cluster")))]
mod left_out;
pub(crate) mod module;
pub(crate) mod query;
#[cfg(feature = "cluster")]
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod sessions;

#[cfg(not(feature = "engine"))]
pub(crate) use left_out::check;
#[cfg(not(feature = "cluster"))]
pub(crate) use left_out::{doctor, feed, restore};
