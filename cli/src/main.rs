//! The `sessionize` program.

fn main() {}
