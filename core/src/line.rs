//! Log lines as events.
//!
//! A line becomes a JSON object with a member for each column of its format, in the log's order. The columns are named as in the format's own
//! documentation, made fit for JSON: what is written `client:port` there is split in two. The client's address is always `ip`,
//! the event's time always `timestamp`.
//!
//! | format | columns |
//! |---|---|
//! | [`Elb`](LineFormat::Elb) | `timestamp` `elb` `ip` `client_port` `backend_ip` `backend_port` `request_processing_time` `backend_processing_time` `response_processing_time` `elb_status_code` `backend_status_code` `received_bytes` `sent_bytes` `request` `user_agent` `ssl_cipher` `ssl_protocol` `rest` |
//! | [`Alb`](LineFormat::Alb) | `type` `timestamp` `elb` `ip` `client_port` `target_ip` `target_port` `request_processing_time` `target_processing_time` `response_processing_time` `elb_status_code` `target_status_code` `received_bytes` `sent_bytes` `request` `user_agent` `ssl_cipher` `ssl_protocol` `target_group_arn` `trace_id` `domain_name` `chosen_cert_arn` `matched_rule_priority` `request_creation_time` `actions_executed` `redirect_url` `error_reason` `target_port_list` `target_status_code_list` `classification` `classification_reason` `conn_trace_id` `transformed_host` `transformed_uri` `request_transform_status` `rest` |
//! | [`Combined`](LineFormat::Combined) | `ip` `ident` `user` `timestamp` `request` `status` `bytes` `referer` `user_agent` `rest` |
//! | [`Common`](LineFormat::Common) | `ip` `ident` `user` `timestamp` `request` `status` `bytes` `rest` |
//!
//! Ports, times, status codes, sizes and priorities are numbers with the log's spelling, all else is strings. A `-`, and a column that the line
//! does not have (it is older, or was cut off), is `null`. `rest` is what the line has after its last known column, as it stands, and is left
//! out when there is nothing: newer columns are neither lost nor a reason to refuse the line. A text keeps what stands between its quotes,
//! escapes included, and a time keeps its spelling.

mod alb;
mod apache;
mod elb;
mod error;
mod format;
mod reader;

pub use error::LineError;
pub use format::{Column, ColumnKind, LineFormat, MAX_COLUMNS};

use crate::append::append_part;
use crate::block;
use crate::json;
use reader::{Reader, Span};

/// A log line, taken apart.
#[derive(Clone, Debug)]
pub struct Line<'r> {
    format: LineFormat,
    /// The line without its end.
    text: &'r [u8],
    values: [Span; MAX_COLUMNS],
    /// Whether no text needs escaping.
    plain: bool,
}

/// Takes a line of this format apart.
///
/// A line that was cut off is an event as long as its time and address are whole; what is left of the column that was cut is kept.
/// A line with more columns than its format has keeps them as `rest`; so does a combined line that is read as a common one.
///
/// # Errors
///
/// If the line is not UTF-8, or does not have a time and an address where they belong.
pub fn parse<'r>(format: LineFormat, line: &'r [u8]) -> Result<Line<'r>, LineError> {
    let mut parsed = Line::default();
    parse_into(format, line, &mut parsed)?;
    Ok(parsed)
}

/// Does what [`parse`] does, into a line that there is already; its former content is lost.
///
/// For the hot path: that line is some hundred bytes, which [`parse`] has to copy for its result.
///
/// # Errors
///
/// Those of [`parse`]. The line then holds nothing of use.
pub fn parse_into<'r>(
    format: LineFormat,
    line: &'r [u8],
    parsed: &mut Line<'r>,
) -> Result<(), LineError> {
    let text = without_end(line);
    let quotes = check(text).map_err(LineError::not_utf8)?;
    parsed.format = format;
    parsed.text = text;
    parsed.values = [Span::default(); MAX_COLUMNS];
    let mut reader = Reader::new(text, &mut parsed.values);
    match format {
        LineFormat::Elb => elb::read(&mut reader),
        LineFormat::Alb => alb::read(&mut reader),
        LineFormat::Combined => apache::read(&mut reader, true),
        LineFormat::Common => apache::read(&mut reader, false),
    }
    .map_err(|problem| LineError::new(format, problem))?;
    // Each quoted column has two quotes. If there are more, some are part of a text.
    let quoted = reader.finish(format.columns().len());
    parsed.plain = quotes == Some(2 * quoted);
    Ok(())
}

/// The format that a record has the shape of, if it is a log line at all. Only looks at what tells the formats apart;
/// [`parse`] may still refuse the line.
///
/// A line is taken for a combined one rather than a common one if anything follows its size.
pub fn detect(record: &[u8]) -> Option<LineFormat> {
    let text = without_end(record);
    match text.first()? {
        b'0'..=b'9' if elb::is_time(text) => Some(LineFormat::Elb),
        b'g' | b'h' | b'w' if alb::is_line(text) => Some(LineFormat::Alb),
        _ => apache::detect(text),
    }
}

/// An empty line.
impl Default for Line<'_> {
    fn default() -> Self {
        Line {
            format: LineFormat::Common,
            text: &[],
            values: [Span::default(); MAX_COLUMNS],
            plain: true,
        }
    }
}

impl<'r> Line<'r> {
    /// The format that it was read as.
    pub fn format(&self) -> LineFormat {
        self.format
    }

    /// What stands in a column (its index in [`LineFormat::columns`]), without quotes; `None` if that is nothing or `-`.
    pub fn value(&self, column: usize) -> Option<&'r [u8]> {
        self.values.get(column)?.of(self.text)
    }

    /// Appends the line as a JSON object without whitespace.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let columns = self.format.columns();
        // Enough for labels and nulls, so that the buffer grows at most once.
        out.reserve(self.text.len() + 40 * columns.len());
        let start = out.len();
        for (column, &Span { start, end }) in columns.iter().zip(&self.values) {
            let Column { kind, label, .. } = column;
            if end == 0 {
                if *kind != ColumnKind::Rest {
                    label.write(false, out);
                    out.extend_from_slice(b"null");
                }
                continue;
            }
            let quotes = *kind != ColumnKind::Number || !json::is_number(self.text, start..end);
            if quotes && !self.plain {
                label.write(false, out);
                json::write_string(self.text.get(start..end).unwrap_or_default(), out);
                continue;
            }
            label.write(quotes, out);
            append_part(self.text, start, end, out);
            if quotes {
                out.push(b'"');
            }
        }
        // The comma of the first label.
        if let Some(brace) = out.get_mut(start) {
            *brace = b'{';
        }
        out.push(b'}');
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    match line {
        [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] => text,
        _ => line,
    }
}

/// The number of quotes in the line; `None` if it holds anything else that must be escaped, or might. The error is the
/// offset of the first byte that is not UTF-8.
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
    match text.last_chunk() {
        _ if rest.is_empty() => {}
        // Some of the last 64 bytes have been looked at before.
        Some(block) => count(block, 64 - rest.len()),
        None => {
            let mut block = [b' '; 64];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            count(&block, 0);
        }
    }
    if any_unusual {
        core::str::from_utf8(text).map_err(|error| error.valid_up_to())?;
        return Ok(None);
    }
    Ok(Some(quotes))
}

#[cfg(test)]
mod tests;
