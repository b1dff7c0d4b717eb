//! A scanner over one JSON record: checks it, and finds the wanted values.
//!
//! One pass, no tree and no allocation: of an event's members the sessionizer needs two or three, and
//! it copies the rest as it stands. Checking is nevertheless complete, as whoever reads the output
//! must be able to rely on its being JSON.
//!
//! [`Wanted`] is a compiled list of paths. [`scan`] and [`scan_into`] give an [`Object`], which holds
//! where the values of these paths are; [`Object::value`] makes a [`Value`] of such a place.

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
