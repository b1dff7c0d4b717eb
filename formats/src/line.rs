//! Log lines as events.
//!
//! A line becomes a JSON object with a member for each column of its format, in the order of the
//! line. The columns have the names of the format's own documentation, made fit for JSON: what is
//! `client:port` there is split in two. The client's address is always `ip`, and the event's time
//! is always `timestamp`.
//!
//! - [`Elb`](LineFormat::Elb): `timestamp` `elb` `ip` `client_port` `backend_ip` `backend_port`
//!   `request_processing_time` `backend_processing_time` `response_processing_time`
//!   `elb_status_code` `backend_status_code` `received_bytes` `sent_bytes` `request` `user_agent`
//!   `ssl_cipher` `ssl_protocol` `rest`
//! - [`Alb`](LineFormat::Alb): `type` `timestamp` `elb` `ip` `client_port` `target_ip`
//!   `target_port` `request_processing_time` `target_processing_time` `response_processing_time`
//!   `elb_status_code` `target_status_code` `received_bytes` `sent_bytes` `request` `user_agent`
//!   `ssl_cipher` `ssl_protocol` `target_group_arn` `trace_id` `domain_name` `chosen_cert_arn`
//!   `matched_rule_priority` `request_creation_time` `actions_executed` `redirect_url`
//!   `error_reason` `target_port_list` `target_status_code_list` `classification`
//!   `classification_reason` `conn_trace_id` `transformed_host` `transformed_uri`
//!   `request_transform_status` `rest`
//! - [`Combined`](LineFormat::Combined): `prefix` `ip` `ident` `user` `timestamp` `request`
//!   `status` `bytes` `referer` `user_agent` `rest`
//! - [`Common`](LineFormat::Common): `prefix` `ip` `ident` `user` `timestamp` `request` `status`
//!   `bytes` `rest`
//!
//! Ports, processing times, status codes, sizes and priorities are numbers as the log spells them;
//! all other columns are strings. A `-` is `null`, and so is a column that the line lacks because
//! it is older or was cut off. `prefix` is what stands in front of the client in Apache's lines,
//! such as a virtual host. `rest` is what the line has after its last known column and, in
//! Apache's lines, between the known ones. Both are left out if nothing stands there. So other
//! columns are neither lost nor a reason to refuse the line. A text keeps what stands between its
//! quotes, escapes included, and a time keeps its spelling.

mod alb;
mod apache;
mod columns;
mod elb;
mod error;
mod format;
mod head;
mod reader;

pub use columns::Column;
pub use error::LineError;
pub use format::LineFormat;

use crate::bytes::block;
use crate::bytes::label::Label;
use crate::bytes::text::Text;
use crate::json;
use columns::{ColumnKind, MAX_COLUMNS};
use reader::{Reader, Span, split_token};

/// What was found in a log line.
///
/// It holds places rather than values, so that one `Line` serves all lines.
#[derive(Clone, Debug)]
pub struct Line {
    format: LineFormat,
    values: [Span; MAX_COLUMNS],
    /// What stands between the known columns, and then what stands after them. Empty if nothing
    /// stands between them. Otherwise it is the value of the last column.
    between: Vec<u8>,
    /// Whether no text needs escaping.
    plain: bool,
}

/// Splits a line of this format into its columns. The former content of `parsed` is discarded.
///
/// A line that was cut off is an event as long as its time and address are whole; what is left of
/// the last column is kept. If a line has more columns than its format, they are kept as `rest`; so
/// are those of a combined line that is read as a common one.
///
/// # Errors
///
/// If the line is not UTF-8, or does not have a time and an address where they belong. The content
/// of `parsed` is then meaningless.
pub fn parse_into(format: LineFormat, line: &[u8], parsed: &mut Line) -> Result<(), LineError> {
    take_apart(Some(format), without_end(line), parsed)
}

/// Splits a line of any format into its columns, as [`parse_into`] does.
///
/// An Apache line is a combined one rather than a common one if anything follows its size.
///
/// # Errors
///
/// If the line has the shape of no format; otherwise those of [`parse_into`] for the format whose
/// shape it has.
pub fn parse_any_into(record: &[u8], parsed: &mut Line) -> Result<(), LineError> {
    let text = without_end(record);
    let format = match text.first() {
        Some(b'0'..=b'9') if elb::is_time(text) => Some(LineFormat::Elb),
        Some(b'g' | b'h' | b'w') if alb::is_line(text) => Some(LineFormat::Alb),
        _ => None,
    };
    match take_apart(format, text, parsed) {
        Ok(()) => Ok(()),
        Err(error) => take_apart_otherwise(format, text, parsed, error),
    }
}

/// Tries the other formats for a line that is not of the format that it starts like, or says why it
/// is of none.
///
/// Syslog daemons and container runtimes write a time in front of other lines, and ELB lines start
/// with a time, too.
#[cold]
fn take_apart_otherwise(
    format: Option<LineFormat>,
    text: &[u8],
    parsed: &mut Line,
    error: LineError,
) -> Result<(), LineError> {
    match format {
        Some(LineFormat::Elb) if head::is_meant(text) => take_apart(None, text, parsed),
        Some(LineFormat::Elb) if is_of_container(text) => Err(LineError::container()),
        None if !head::is_meant(text) => Err(LineError::no_format()),
        _ => Err(error),
    }
}

/// Whether a Kubernetes container runtime wrote this line: a time, the stream, and whether the
/// message is complete.
fn is_of_container(text: &[u8]) -> bool {
    let (_, rest) = split_token(text);
    let (stream, rest) = split_token(rest);
    matches!(stream, b"stdout" | b"stderr") && matches!(rest, [b'F' | b'P', b' ', ..])
}

/// Splits a line of this format into its columns. Without a format, the line may be of either of
/// Apache's.
#[inline(never)]
fn take_apart(format: Option<LineFormat>, text: &[u8], parsed: &mut Line) -> Result<(), LineError> {
    parsed.values = [Span::default(); MAX_COLUMNS];
    parsed.between.clear();
    let mut reader = Reader::new(text, &mut parsed.values, &mut parsed.between);
    parsed.format = match format {
        Some(LineFormat::Elb) => elb::read(&mut reader).map(|()| LineFormat::Elb),
        Some(LineFormat::Alb) => alb::read(&mut reader).map(|()| LineFormat::Alb),
        format => apache::read(&mut reader, format),
    }
    .map_err(|problem| LineError::new(format.unwrap_or(LineFormat::Combined), problem))?;
    // Each quoted column has two quotes. If the line has more, some are part of a text.
    let quoted = reader.finish(parsed.format.columns().len());
    let quotes = check(text).map_err(LineError::not_utf8)?;
    parsed.plain = quotes == Some(2 * quoted);
    Ok(())
}

/// An empty line.
impl Default for Line {
    fn default() -> Self {
        Line {
            format: LineFormat::Common,
            values: [Span::default(); MAX_COLUMNS],
            between: Vec::new(),
            plain: true,
        }
    }
}

impl Line {
    /// The format as which the line was read.
    #[inline]
    pub fn format(&self) -> LineFormat {
        self.format
    }

    /// The value of a column, by its index in [`LineFormat::columns`], without quotes; `None` if
    /// the column is empty or `-`.
    ///
    /// `line` must be the line that was parsed.
    #[inline]
    pub fn value<'r>(&'r self, column: usize, line: &'r [u8]) -> Option<&'r [u8]> {
        match self.values.get(column)?.of(line) {
            None => self.between(column),
            value => value,
        }
    }

    /// What stands between the known columns, if this is the last column, whose value it is.
    #[cold]
    fn between(&self, column: usize) -> Option<&[u8]> {
        let is_last = column + 1 == self.format.columns().len();
        is_last.then(|| self.rest_with_between())?
    }

    #[cold]
    fn rest_with_between(&self) -> Option<&[u8]> {
        Some(self.between.as_slice()).filter(|rest| !rest.is_empty())
    }

    /// Appends the line as a JSON object without whitespace and without its closing brace.
    ///
    /// `line` must be the line that was parsed.
    pub fn write_members(&self, line: &[u8], out: &mut Text) {
        let columns = self.format.columns();
        // Labels, nulls and quotes.
        let most = line.len() + (Label::<2>::ROOM + 8) * columns.len();
        let mut writer = out.writer(most);
        let start = writer.at();
        for (column, &Span { start, end }) in columns.iter().zip(&self.values) {
            let Column { kind, label, .. } = column;
            if end == 0 {
                if !matches!(kind, ColumnKind::Prefix | ColumnKind::Rest) {
                    writer.label(label, 1);
                    writer.bytes(*b"null");
                }
                continue;
            }
            if *kind == ColumnKind::Number && json::is_number(line, start..end) {
                writer.label(label, 1);
                writer.part_of(line, start..end);
                continue;
            }
            writer.label(label, 0);
            if self.plain {
                writer.part_of(line, start..end);
            } else {
                writer.end();
                json::write_escaped(line.get(start..end).unwrap_or_default(), out);
                writer = out.writer(most);
            }
            writer.bytes(*b"\"");
        }
        writer.end();
        if let (Some(rest), Some(column)) = (self.rest_with_between(), columns.last()) {
            write_text(column, rest, out);
        }
        // The brace replaces the comma of the first label.
        if let Some(brace) = out.as_mut_bytes().get_mut(start) {
            *brace = b'{';
        }
    }
}

#[cold]
fn write_text(column: &Column, text: &[u8], out: &mut Text) {
    let mut writer = out.writer(Label::<2>::ROOM);
    writer.label(&column.label, 0);
    writer.end();
    json::write_escaped(text, out);
    out.push(b"\"");
}

fn without_end(line: &[u8]) -> &[u8] {
    match line {
        [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] => text,
        _ => line,
    }
}

/// The number of quotes in the line; `None` if the line holds anything else that may need escaping.
/// The error is the offset of the first byte that is not UTF-8.
fn check(text: &[u8]) -> Result<Option<u32>, usize> {
    let (blocks, rest) = text.as_chunks();
    let mut quotes = 0;
    let mut any_unusual = false;
    let mut count = |block: &[u8; 64], without: usize| {
        let marks = block::marks(block);
        quotes += (marks.quotes >> without).count_ones();
        any_unusual |= marks.unusual;
    };
    for block in blocks {
        count(block, 0);
    }
    if !rest.is_empty() {
        let mut padded = block::PADDING;
        let (block, without) = block::last(text, rest, &mut padded);
        count(block, without);
    }
    if any_unusual {
        core::str::from_utf8(text).map_err(|error| error.valid_up_to())?;
        return Ok(None);
    }
    Ok(Some(quotes))
}

#[cfg(test)]
mod tests;
