//! The built program from end to end, with the compiled module: what it writes, says and returns.

mod check;
mod errors;
mod figures;
mod generate;
mod program;
mod same;
mod signals;
