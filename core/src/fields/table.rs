//! The table of the added fields.

use crate::name;
use sessionize_formats::bytes::label::Label;
use sessionize_formats::path::Path;

/// The names of the added fields, without the prefix, in the order in which they are written.
pub const NAMES: [&str; 7] = [
    "id", "start", "duration", "events", "cut", "previous", "late",
];

/// How many fields are added.
pub(crate) const COUNT: usize = NAMES.len();

/// What precedes the value of a field: a comma, the quoted name with its prefix, and a colon.
pub(super) type FieldLabel = Label<3>;

/// The labels of all fields, in order.
pub(super) fn labels(prefix: &str) -> [FieldLabel; COUNT] {
    NAMES.map(|name| Label::new(&[",\"", prefix, name, "\":"].map(str::as_bytes)))
}

/// The paths of all fields, in order.
pub(crate) fn paths(prefix: &str) -> [Path; COUNT] {
    NAMES.map(|name| Path::field(&format!("{prefix}{name}")))
}

/// The position in the table of the field with this name, which includes the prefix.
pub(crate) fn position(prefix: &str, name: &[u8]) -> Option<usize> {
    name::position(&NAMES, name.strip_prefix(prefix.as_bytes())?)
}
