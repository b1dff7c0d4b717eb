use crate::bytes::label::Label;

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
    /// What comes before its text in an object: a comma, the name with its quotes and colon, and the text's opening quote.
    pub(super) label: Label<2>,
}

impl Column {
    pub(super) const fn new(kind: ColumnKind, name: &'static str) -> Column {
        Column {
            name,
            kind,
            label: Label::new(&[b",\"", name.as_bytes(), b"\":\""]),
        }
    }
}

/// What a column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A string, or null.
    Text,
    /// A number with the log's spelling, or null; a string if what stands there is no JSON number.
    Number,
    /// A string, or nothing at all where the line has nothing there: what stands in front of the client.
    Prefix,
    /// A string, or nothing at all: what the line has between and after its known columns.
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
    #[inline(never)]
    pub fn column(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }
}

/// A table of columns: `columns![Text "a", Number "b"]`.
macro_rules! columns {
    ($($kind:ident $name:literal),+ $(,)?) => {
        &[$($crate::line::Column::new($crate::line::ColumnKind::$kind, $name)),+]
    };
}
pub(super) use columns;
