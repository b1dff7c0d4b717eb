use super::{alb, apache, elb};

/// A log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// AWS classic load balancer.
    Elb,
    /// AWS application load balancer.
    Alb,
    /// Apache combined (also nginx's default).
    Combined,
    /// Apache common.
    Common,
}

/// The most columns that a format has.
pub const MAX_COLUMNS: usize = 36;

/// A column of a format, and the member that it becomes.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The member's name.
    pub name: &'static str,
    /// What it becomes.
    pub kind: ColumnKind,
    /// The name as it is written in an object: with its quotes and colon.
    pub(super) key: &'static [u8],
}

/// What a column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A string, or null.
    Text,
    /// A number with the log's spelling, or null; a string if what stands there is no JSON number.
    Number,
    /// A string, or nothing at all: what the line has after its last known column.
    Rest,
}

impl LineFormat {
    /// All of them.
    pub const ALL: [LineFormat; 4] = [
        LineFormat::Elb,
        LineFormat::Alb,
        LineFormat::Combined,
        LineFormat::Common,
    ];

    /// The name that it has as a parameter's value.
    pub fn name(self) -> &'static str {
        match self {
            LineFormat::Elb => "elb",
            LineFormat::Alb => "alb",
            LineFormat::Combined => "combined",
            LineFormat::Common => "common",
        }
    }

    /// Its columns in the order of the line.
    pub fn columns(self) -> &'static [Column] {
        match self {
            LineFormat::Elb => elb::COLUMNS,
            LineFormat::Alb => alb::COLUMNS,
            LineFormat::Combined => apache::COMBINED,
            LineFormat::Common => apache::COMMON,
        }
    }

    /// The index of the column of this name.
    pub fn column(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }
}

/// A table of columns: `columns![Text "a", Number "b"]`. A macro, as the key can't be put together from the name otherwise.
macro_rules! columns {
    ($($kind:ident $name:literal),+ $(,)?) => {
        &[$($crate::line::Column {
            name: $name,
            kind: $crate::line::ColumnKind::$kind,
            key: concat!("\"", $name, "\":").as_bytes(),
        }),+]
    };
}
pub(super) use columns;
