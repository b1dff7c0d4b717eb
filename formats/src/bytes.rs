//! What readers and writers are built from.

pub mod block;
pub mod decimal;
pub mod hex;
pub mod label;
pub mod text;
