//! The table of the added fields.

use crate::name;
use sessionize_formats::bytes::label::Label;
use sessionize_formats::path::Path;

/// The names of the added fields, without the prefix, in the order in which they are written.
pub const NAMES: [&str; 7] = [
    "id", "start", "duration", "events", "cut", "previous", "late",
];

/// How many fields there are.
pub(crate) const COUNT: usize = NAMES.len();

/// Which of the added fields are written besides those that a restart needs (the parameter
/// `fields`).
///
/// A session is restored from `id`, `duration`, `events` and `cut`. These are always written: the
/// start is in the id, and only a fragment has its cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalFields {
    /// Whether `start` is written.
    pub start: bool,
    /// Whether `previous` is written.
    pub previous: bool,
    /// Whether `late` is written.
    pub late: bool,
}

impl OptionalFields {
    /// All of them.
    pub const ALL: Self = OptionalFields {
        start: true,
        previous: true,
        late: true,
    };

    /// None of them.
    pub const NONE: Self = OptionalFields {
        start: false,
        previous: false,
        late: false,
    };
}

/// Whether an output may lack the field, for each field in the order of the table.
pub(super) const IS_OPTIONAL: [bool; COUNT] = [false, true, false, false, false, true, true];

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
