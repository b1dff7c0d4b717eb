//! A scanner over one JSON record: checks it, and finds the wanted values.
//!
//! It is one pass without a tree and without allocation: a caller needs two or three members of an
//! event, and copies the rest as it stands. The check is complete nevertheless, because readers of
//! the output rely on its being JSON.
//!
//! [`Wanted`] is a compiled list of paths. [`scan`] and [`scan_into`] find the values of these
//! paths and keep their places in an [`Object`], and [`Object::value`] reads the [`Value`] at such
//! a place.

mod error;
mod escape;
mod nested;
mod nesting;
mod number;
mod object;
mod scan;
mod strings;
pub(crate) mod unescape;
mod value;
mod wanted;

pub use error::JsonError;
pub use escape::{escaped_length, write_escaped, write_string};
pub use nested::members;
pub(crate) use number::is_number;
pub use object::Object;
pub use scan::{scan, scan_into};
pub use value::{Value, ValueKind};
pub use wanted::{MAX_WANTED, Wanted};

#[cfg(test)]
mod tests;
