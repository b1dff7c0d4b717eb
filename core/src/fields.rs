//! The added fields: what an output says of its event's session.
//!
//! To add another field: name it in `table.rs`, write its value in `writer.rs`, and read it in
//! `added.rs`. All arrays of fields have the table's length, so that the compiler shows what is
//! missing. The parameter `fields` leaves out those that no restart needs.

mod added;
mod reader;
mod seconds;
mod table;
mod writer;

pub use added::Added;
pub use reader::AddedReader;
pub(crate) use table::{COUNT, paths, position};
pub use table::{NAMES, OptionalFields};
pub(crate) use writer::AddedWriter;
