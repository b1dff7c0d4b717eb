//! The built program from end to end, with the compiled module: what it writes, says and returns.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod check;
mod doctor;
mod errors;
mod feed;
mod figures;
mod folders;
mod generate;
mod inputs;
mod module;
mod order;
mod processors;
mod program;
mod restore;
mod same;
mod sessions;
mod signals;
