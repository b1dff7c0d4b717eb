//! The commands, one to a file: its arguments, and what it does.

pub(crate) mod check;
pub(crate) mod generate;
pub(crate) mod module;
pub(crate) mod restore;
pub(crate) mod run;
