//! What the `sessionize` program does beyond its arguments: the check of a deployment.

#[cfg(feature = "engine")]
pub mod check;
