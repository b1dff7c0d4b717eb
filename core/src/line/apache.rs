//! Apache's common and combined formats.
//!
//! <https://httpd.apache.org/docs/current/mod/mod_log_config.html>

use crate::address;
use crate::block::find;

use super::error::Problem;
use super::format::{Column, columns};
use super::reader::{Reader, Span};
use super::{LineFormat, MAX_COLUMNS};

pub(super) const COMMON: &[Column] = columns![
    Text "ip",
    Text "ident",
    Text "user",
    Text "timestamp",
    Text "request",
    Number "status",
    Number "bytes",
    Rest "rest",
];

pub(super) const COMBINED: &[Column] = columns![
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

/// The index of the time.
const TIME: usize = 3;

pub(super) fn read(reader: &mut Reader<'_, '_>, combined: bool) -> Result<(), Problem> {
    read_common(reader)?;
    if combined {
        reader.keep_quoted(true, |_, after| matches!(after, [] | [b' ', b'"', ..]));
        reader.keep_quoted(true, |_, _| true);
    }
    Ok(())
}

/// The format of a line that has the shape of one of the two.
pub(super) fn detect(text: &[u8]) -> Option<LineFormat> {
    let mut values = [Span::default(); MAX_COLUMNS];
    let mut reader = Reader::new(text, &mut values);
    read_common(&mut reader).ok()?;
    // Any line may have something in brackets, so here it must look like a time.
    match reader.value(TIME)? {
        [_, _, b'/', ..] | [_, _, _, _, b'-', ..] => {}
        _ => return None,
    }
    Some(if reader.rest().is_empty() {
        LineFormat::Common
    } else {
        LineFormat::Combined
    })
}

fn read_common(reader: &mut Reader<'_, '_>) -> Result<(), Problem> {
    let ip = reader.token();
    let ident = reader.token();
    if reader.text(ip).is_empty() {
        return Err(Problem::NoIp);
    }
    // A user's name may hold spaces, so it goes down to the bracket.
    let rest = reader.rest();
    let bracket = find(rest, b'[').ok_or(Problem::NoTimestamp)?;
    let (user, time) = rest.split_at_checked(bracket).ok_or(Problem::NoTimestamp)?;
    let user = user.strip_suffix(b" ").ok_or(Problem::NoTimestamp)?;
    if user.contains(&b' ') && address::parse(reader.text(ident)).is_some() {
        return Err(Problem::IpNotFirst);
    }
    let length = find(time, b']').ok_or(Problem::NoTimestamp)?;
    if !time.get(1).is_some_and(u8::is_ascii_digit) {
        return Err(Problem::NoTimestamp);
    }
    reader.keep(ip);
    reader.keep(ident);
    reader.keep_next(user.len());
    // The brackets are the format's, not the time's.
    reader.skip(b" [".len());
    reader.keep_next(length - 1);
    reader.skip(b"]".len());
    if let [b' ', ..] = reader.rest() {
        reader.skip(1);
    }
    // Servers that don't escape quotes leave them in requests; the status that follows tells the last.
    reader.keep_quoted(true, |_, after| {
        matches!(after, [] | [b' ', b'0'..=b'9' | b'-', ..])
    });
    reader.keep_token();
    reader.keep_token();
    Ok(())
}
