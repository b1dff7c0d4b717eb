//! What the `sessionize` program does beyond its arguments: the check of a deployment.

pub mod check;
