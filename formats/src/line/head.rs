//! The columns of an Apache line in front of its request.

use crate::address;
use crate::bytes::block::find_apart;
use crate::client;

use super::error::Problem;
use super::reader::Span;

/// The places of these columns. A missing one ends at zero.
#[derive(Clone, Copy, Default)]
pub(super) struct Head {
    /// What stands before the client: a virtual host, or what a syslog daemon or a container
    /// runtime puts there.
    pub prefix: Span,
    /// The client's address, its name, or the list of hops of the request.
    pub ip: Span,
    /// What stands between the client and `ident`, in a line that names the client twice.
    pub between: Span,
    pub ident: Span,
    /// The user, who may have spaces in the name.
    pub user: Span,
    /// The time, without its brackets.
    pub time: Span,
}

/// Finds the columns of a line that does not simply start with an address, `ident` and a user's
/// name without spaces.
///
/// The time is the anchor. If the first word is an address, it is the client, and anything may be
/// part of the user's name. Otherwise the client is the address, or the list of hops, right in
/// front of `ident` and `user`. A host name is the client only if nothing stands before it. A line
/// that can be read in two ways is an error, not a guess.
#[cold]
pub(super) fn find_head(line: &[u8]) -> Result<Head, Problem> {
    first_word(line).ok_or(Problem::NoIp)?;
    let time = find_time(line).ok_or(Problem::NoTimestamp)?;
    let length = find_apart(text(line, time), b']').ok_or(Problem::NoTimestamp)?;
    let front = line.get(..time.start - 1).unwrap_or_default();
    let head = find_client(front)?;
    Ok(Head {
        time: Span {
            start: time.start,
            end: time.start + length,
        },
        ..head
    })
}

/// Whether a record is meant to be an Apache line: it starts with an address, or holds a time in
/// brackets.
#[inline(never)]
pub(super) fn is_meant(line: &[u8]) -> bool {
    first_word(line).is_some_and(|word| is_address(text(line, word))) || find_time(line).is_some()
}

/// Whether the text after a bracket looks like a time: `17/May/2015`, `2015-05-17`, or an epoch
/// number. A line may hold other things in brackets.
#[inline]
pub(super) fn is_time(text: &[u8]) -> bool {
    match text {
        [b'0'..=b'9', _, b'/', ..] | [b'0'..=b'9', _, _, _, b'-', ..] => true,
        _ => {
            let digits = text.first_chunk::<9>();
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        }
    }
}

/// The span from the time, after its bracket, to the end of the line.
fn find_time(line: &[u8]) -> Option<Span> {
    let mut start = 0;
    loop {
        let before = start;
        start += find_apart(line.get(start..)?, b'[')? + 1;
        let is_word = matches!(line.get(before..start - 1)?, [.., b' ' | b'\t']);
        if is_word && is_time(line.get(start..)?) {
            return Some(Span {
                start,
                end: line.len(),
            });
        }
    }
}

fn find_client(front: &[u8]) -> Result<Head, Problem> {
    let first = first_word(front).ok_or(Problem::NoIp)?;
    let first = address_first(front, first);
    let behind = match (by_words(front), by_dash(front)) {
        (Some(one), Some(other)) if one.ip.start != other.ip.start => return Err(Problem::TwoIps),
        (one, other) => one.or(other),
    };
    match (first, behind) {
        // The first word is the list, or its beginning.
        (Some(first), Some(head)) if first.ip.start == head.ip.start => Ok(head),
        (Some(first), Some(head)) => {
            let address = |ip| address::parse_apart(text(front, ip));
            if address(first.ip) != address(head.ip) {
                return Err(Problem::TwoIps);
            }
            Ok(Head {
                ip: first.ip,
                between: Span {
                    start: first.ip.end,
                    end: head.ip.end,
                },
                prefix: Span::default(),
                ..head
            })
        }
        (Some(head), None) | (None, Some(head)) => Ok(head),
        (None, None) => name_first(front),
    }
}

/// The columns, if the first word is an address.
fn address_first(front: &[u8], ip: Span) -> Option<Head> {
    let ident = is_address(text(front, ip)).then(|| next_word(front, ip.end))??;
    let user = trimmed(front, ident.end, front.len());
    (user.end > 0).then_some(Head {
        ip,
        ident,
        user,
        ..Head::default()
    })
}

/// The columns, if `ident` and the user are the last two words.
fn by_words(front: &[u8]) -> Option<Head> {
    let user = last_word(front, front.len())?;
    let ident = last_word(front, user.start)?;
    list_first(front, ident, user)
}

/// The columns, if `ident` is the last dash that is a word and has others after it.
fn by_dash(front: &[u8]) -> Option<Head> {
    let mut user = last_word(front, front.len())?;
    loop {
        let word = last_word(front, user.start)?;
        if text(front, word) == b"-" {
            return list_first(front, word, user);
        }
        user.start = word.start;
    }
}

/// The columns, if a list of hops stands right in front of `ident`.
fn list_first(front: &[u8], ident: Span, user: Span) -> Option<Head> {
    let ip = last_list(front, ident.start)?;
    Some(Head {
        prefix: trimmed(front, 0, ip.start),
        ip,
        ident,
        user,
        ..Head::default()
    })
}

/// The columns, if there are three words.
fn name_first(front: &[u8]) -> Result<Head, Problem> {
    let ip = first_word(front).ok_or(Problem::NoIp)?;
    let ident = next_word(front, ip.end).ok_or(Problem::TooFewColumns)?;
    let user = next_word(front, ident.end).ok_or(Problem::TooFewColumns)?;
    if next_word(front, user.end).is_some() {
        return Err(Problem::NoIpBehindPrefix);
    }
    if is_address(text(front, ident)) || is_address(text(front, user)) {
        return Err(Problem::TwoIps);
    }
    Ok(Head {
        ip,
        ident,
        user,
        ..Head::default()
    })
}

/// The list of hops that ends at a place, blanks aside. At least one of them is an address.
/// Anything may stand before the list, even what a client has put into it that is no hop.
#[inline(never)]
fn last_list(text: &[u8], end: usize) -> Option<Span> {
    let list = trimmed(text, 0, end);
    let mut start = list.end;
    let mut before = list.end;
    let mut has_address = false;
    loop {
        let rest = text.get(..before)?;
        let ends_hop = |byte: &u8| is_blank(byte) || *byte == b',';
        let hop = rest.iter().rposition(ends_hop).map_or(0, |at| at + 1);
        let entry = rest.get(hop..)?;
        let is_address = is_address(entry);
        if !(is_address || client::is_nobody(entry)) {
            break;
        }
        has_address |= is_address;
        start = hop;
        before = trimmed(text, 0, hop).end;
        match text.get(..before)? {
            [.., b','] => before = trimmed(text, 0, before - 1).end,
            _ => break,
        }
    }
    has_address.then_some(Span {
        start,
        end: list.end,
    })
}

fn is_address(word: &[u8]) -> bool {
    address::parse_apart(word).is_some()
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn text(line: &[u8], span: Span) -> &[u8] {
    span.of(line).unwrap_or_default()
}

/// This part of a text without the blanks at its ends.
#[inline(never)]
fn trimmed(text: &[u8], start: usize, end: usize) -> Span {
    let part = text.get(start..end).unwrap_or_default();
    let length = part.len() - part.iter().rev().take_while(|byte| is_blank(byte)).count();
    let blanks = part.iter().take_while(|byte| is_blank(byte)).count();
    if blanks >= length {
        return Span::default();
    }
    Span {
        start: start + blanks,
        end: start + length,
    }
}

fn first_word(text: &[u8]) -> Option<Span> {
    next_word(text, 0)
}

/// The first word after a place.
#[inline(never)]
fn next_word(text: &[u8], from: usize) -> Option<Span> {
    let Span { start, end } = trimmed(text, from, text.len());
    let length = text.get(start..end)?.iter().position(is_blank);
    (end > 0).then_some(Span {
        start,
        end: length.map_or(end, |length| start + length),
    })
}

/// The last word before a place.
#[inline(never)]
fn last_word(text: &[u8], before: usize) -> Option<Span> {
    let Span { start, end } = trimmed(text, 0, before);
    let blank = text.get(start..end)?.iter().rposition(is_blank);
    (end > 0).then_some(Span {
        start: blank.map_or(start, |blank| start + blank + 1),
        end,
    })
}
