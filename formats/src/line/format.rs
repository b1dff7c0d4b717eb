//! The formats, and the table of what belongs to each.

use super::columns::{ALB, COMBINED, COMMON, Column, ELB};

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

impl LineFormat {
    /// All formats.
    pub const ALL: [LineFormat; 4] = [
        LineFormat::Elb,
        LineFormat::Alb,
        LineFormat::Combined,
        LineFormat::Common,
    ];

    /// The name of the format as a parameter's value.
    pub fn name(self) -> &'static str {
        match self {
            LineFormat::Elb => "elb",
            LineFormat::Alb => "alb",
            LineFormat::Combined => "combined",
            LineFormat::Common => "common",
        }
    }

    /// The columns of the format, in the order of the line.
    pub fn columns(self) -> &'static [Column] {
        match self {
            LineFormat::Elb => ELB,
            LineFormat::Alb => ALB,
            LineFormat::Combined => COMBINED,
            LineFormat::Common => COMMON,
        }
    }

    /// The index of the column with this name.
    #[inline(never)]
    pub fn column(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }
}
