//! The names of the added fields.

use crate::name;

/// How many fields are added.
pub const COUNT: usize = 7;

/// The names of the added fields, behind the prefix, in order.
pub const NAMES: [&str; COUNT] = [
    "id", "start", "duration", "events", "cut", "previous", "late",
];

/// The position among the added fields of the one with this name.
pub(crate) fn position(prefix: &str, name: &[u8]) -> Option<usize> {
    name::position(&NAMES, name.strip_prefix(prefix.as_bytes())?)
}
