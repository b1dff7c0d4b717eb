//! The commands, one to a file: its arguments, and what it does.

#[cfg(feature = "engine")]
pub(crate) mod check;
#[cfg(not(feature = "engine"))]
#[path = "commands/no_check.rs"]
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod feed;
pub(crate) mod generate;
pub(crate) mod module;
pub(crate) mod query;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod sessions;
