//! The commands of the host program.

pub mod check;
