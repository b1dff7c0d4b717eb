//! Apache's common and combined formats.
//!
//! <https://httpd.apache.org/docs/current/mod/mod_log_config.html>
//!
//! Some servers write other columns between those of the formats, and what carries the lines may
//! put something in front of them. So each column is recognized by its shape, and is null if
//! nothing has that shape: no column shifts another.

use crate::address;
use crate::bytes::block::{find, find_apart};

use super::elb::is_request;
use super::error::Problem;
use super::format::LineFormat;
use super::head::{Head, find_head, is_time};
use super::reader::{Reader, Span};

/// Reads a line of this format. Without a format, it is a combined line if anything follows its
/// size.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    format: Option<LineFormat>,
) -> Result<LineFormat, Problem> {
    read_head(reader)?;
    keep_text(reader, is_quoted, ends_request);
    let status = match find_column(reader, is_status, is_status) {
        true => b"200".len(),
        false => usize::from(is_dash(reader.rest())),
    };
    reader.keep_next(status);
    reader.skip_spaces();
    // A number in any other place may mean anything.
    let size = if status > 0 { size(reader.rest()) } else { 0 };
    reader.keep_next(size);
    reader.skip_spaces();
    let format = format.unwrap_or(match reader.rest() {
        [] => LineFormat::Common,
        _ => LineFormat::Combined,
    });
    if format == LineFormat::Combined {
        keep_text(reader, is_text, ends_referer);
        keep_text(reader, is_text, |_, _| true);
        reader.skip_spaces();
    }
    Ok(format)
}

fn read_head(reader: &mut Reader<'_, '_>) -> Result<(), Problem> {
    let line = reader.line();
    let head = match plain_head(reader) {
        Some(head) => head,
        None => find_head(line)?,
    };
    reader.keep(head.prefix);
    reader.keep(head.ip);
    reader.keep(head.ident);
    reader.keep(head.user);
    reader.keep(head.time);
    if head.between.end > 0 {
        reader.lay_aside(head.between);
    }
    // The brackets are the format's, not the time's.
    reader.go_to(head.time.end + 1);
    Ok(())
}

/// The usual head of a line: an address, `ident`, and a user's name without spaces.
#[inline]
fn plain_head(reader: &mut Reader<'_, '_>) -> Option<Head> {
    let ip = reader.token();
    let ident = reader.token();
    address::parse(reader.text(ip))?;
    let rest = reader.rest();
    let bracket = find(rest, b'[')?;
    let (user, time) = rest.split_at_checked(bracket)?;
    let [user @ .., b' '] = user else { return None };
    if user.contains(&b' ') || !is_time(time.get(1..)?) {
        return None;
    }
    let length = find(time, b']')?;
    let user = Span {
        start: ident.end + 1,
        end: ident.end + 1 + user.len(),
    };
    let time = Span {
        start: user.end + b" [".len(),
        end: user.end + 1 + length,
    };
    Some(Head {
        ip,
        ident,
        user,
        time,
        ..Head::default()
    })
}

/// Keeps the next quoted column, or what may stand here in its place.
#[inline]
fn keep_text(
    reader: &mut Reader<'_, '_>,
    is_here: fn(&[u8]) -> bool,
    is_end: fn(&[u8], &[u8]) -> bool,
) {
    if find_column(reader, is_here, is_quoted) {
        reader.keep_quoted(true, is_end);
    } else {
        reader.keep_nothing();
    }
}

/// Goes to a column: to the one that is here, or to the next of a shape, and lays aside what comes
/// before that. False if there is none.
#[inline]
fn find_column(
    reader: &mut Reader<'_, '_>,
    is_here: fn(&[u8]) -> bool,
    is_next: fn(&[u8]) -> bool,
) -> bool {
    reader.skip_spaces();
    let rest = reader.rest();
    is_here(rest) || (!rest.is_empty() && reader.seek(is_next))
}

fn is_quoted(text: &[u8]) -> bool {
    matches!(text, [b'"', ..])
}

/// Whether this is a quoted column, or the dash that stands for one.
fn is_text(text: &[u8]) -> bool {
    matches!(text, [b'"', ..] | [b'-'] | [b'-', b' ', b'"', ..])
}

fn is_status(text: &[u8]) -> bool {
    matches!(
        text,
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b' ', ..]
    )
}

/// The length of the size, or of the dash that stands for one; zero if it is neither.
fn size(text: &[u8]) -> usize {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match text.get(digits) {
        None | Some(b' ') => digits,
        _ => usize::from(is_dash(text)),
    }
}

fn is_dash(text: &[u8]) -> bool {
    matches!(text, [b'-'] | [b'-', b' ', ..])
}

/// Whether a quote is the end of the request. Servers that don't escape quotes leave them in the
/// request. The last one is recognized by the end of the request, or by the status after it.
#[inline]
fn ends_request(request: &[u8], after: &[u8]) -> bool {
    matches!(after, [b' ', after @ ..] if is_status(after))
        || is_request(request)
        || request == b"-"
}

/// Whether a quote is the end of the referer: the next one opens a text.
#[inline]
fn ends_referer(_: &[u8], after: &[u8]) -> bool {
    match after {
        [b' ', b'"', ..] => true,
        _ => match find_apart(after, b'"') {
            Some(quote) => quote.checked_sub(1).and_then(|at| after.get(at)) == Some(&b' '),
            None => true,
        },
    }
}
