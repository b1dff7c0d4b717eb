//! The columns of each format, in the order of the line.

use crate::bytes::label::Label;

/// The most columns that a format has.
pub(super) const MAX_COLUMNS: usize = ALB.len();

/// A column of a format, and the member that it becomes.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The member's name.
    pub name: &'static str,
    pub(super) kind: ColumnKind,
    /// What stands before a text in the object: a comma, the name in quotes, a colon, and the
    /// opening quote of the text.
    pub(super) label: Label<2>,
}

/// What a column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// A string, or null.
    Text,
    /// A number as the log spells it, or null; a string if the column holds no JSON number.
    Number,
    /// What stands in front of the client: a string, or no member at all if nothing does.
    Prefix,
    /// What the line has between and after its known columns: a string, or no member at all.
    Rest,
}

impl Column {
    const fn new(kind: ColumnKind, name: &'static str) -> Column {
        Column {
            name,
            kind,
            label: Label::new(&[b",\"", name.as_bytes(), b"\":\""]),
        }
    }
}

/// A table of columns: `columns![Text "a", Number "b"]`.
macro_rules! columns {
    ($($kind:ident $name:literal),+ $(,)?) => {
        &[$(Column::new(ColumnKind::$kind, $name)),+]
    };
}

/// AWS classic load balancers.
pub(super) const ELB: &[Column] = columns![
    Text "timestamp",
    Text "elb",
    Text "ip",
    Number "client_port",
    Text "backend_ip",
    Number "backend_port",
    Number "request_processing_time",
    Number "backend_processing_time",
    Number "response_processing_time",
    Number "elb_status_code",
    Number "backend_status_code",
    Number "received_bytes",
    Number "sent_bytes",
    Text "request",
    Text "user_agent",
    Text "ssl_cipher",
    Text "ssl_protocol",
    Rest "rest",
];

/// AWS application load balancers. Their documentation calls `time` what is `timestamp` for every
/// other format and here, and `target:port_list` what is `target_port_list` here.
pub(super) const ALB: &[Column] = columns![
    Text "type",
    Text "timestamp",
    Text "elb",
    Text "ip",
    Number "client_port",
    Text "target_ip",
    Number "target_port",
    Number "request_processing_time",
    Number "target_processing_time",
    Number "response_processing_time",
    Number "elb_status_code",
    Number "target_status_code",
    Number "received_bytes",
    Number "sent_bytes",
    Text "request",
    Text "user_agent",
    Text "ssl_cipher",
    Text "ssl_protocol",
    Text "target_group_arn",
    Text "trace_id",
    Text "domain_name",
    Text "chosen_cert_arn",
    Number "matched_rule_priority",
    Text "request_creation_time",
    Text "actions_executed",
    Text "redirect_url",
    Text "error_reason",
    Text "target_port_list",
    Text "target_status_code_list",
    Text "classification",
    Text "classification_reason",
    Text "conn_trace_id",
    Text "transformed_host",
    Text "transformed_uri",
    Text "request_transform_status",
    Rest "rest",
];

/// Apache's combined format.
pub(super) const COMBINED: &[Column] = columns![
    Prefix "prefix",
    Text "ip",
    Text "ident",
    Text "user",
    Text "timestamp",
    Text "request",
    Number "status",
    Number "bytes",
    Text "referer",
    Text "user_agent",
    Rest "rest",
];

/// Apache's common format.
pub(super) const COMMON: &[Column] = columns![
    Prefix "prefix",
    Text "ip",
    Text "ident",
    Text "user",
    Text "timestamp",
    Text "request",
    Number "status",
    Number "bytes",
    Rest "rest",
];
