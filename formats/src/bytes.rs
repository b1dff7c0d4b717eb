//! What readers and writers are built from.

pub(crate) mod block;
mod copy;
pub mod decimal;
pub mod hex;
pub mod label;
pub mod text;
pub(crate) mod word;
