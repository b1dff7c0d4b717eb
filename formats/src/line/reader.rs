//! Reads the columns of a line from left to right.

use crate::bytes::block::{find, find_apart};

use super::columns::MAX_COLUMNS;

/// The place of a value in its line. A missing value ends at zero, where no value can end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The value, if there is one.
    #[inline]
    pub(super) fn of(self, line: &[u8]) -> Option<&[u8]> {
        if self.end == 0 {
            return None;
        }
        line.get(self.start..self.end)
    }
}

/// Takes columns off the front of a line, and keeps the places of their values.
pub(super) struct Reader<'r, 'v> {
    line: &'r [u8],
    /// Where the columns not yet taken start.
    at: usize,
    values: &'v mut [Span; MAX_COLUMNS],
    /// What stands between the known columns, its parts separated by a space.
    between: &'v mut Vec<u8>,
    /// How many columns have been kept.
    kept: usize,
    /// How many of them had an opening and a closing quote.
    quoted: u32,
}

impl<'r, 'v> Reader<'r, 'v> {
    /// A reader at the start of a line.
    #[inline]
    pub(super) fn new(
        line: &'r [u8],
        values: &'v mut [Span; MAX_COLUMNS],
        between: &'v mut Vec<u8>,
    ) -> Reader<'r, 'v> {
        Reader {
            line,
            at: 0,
            values,
            between,
            kept: 0,
            quoted: 0,
        }
    }

    /// The rest of the line, which is not yet taken.
    #[inline]
    pub(super) fn rest(&self) -> &'r [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// The text of a span.
    #[inline]
    pub(super) fn text(&self, span: Span) -> &'r [u8] {
        span.of(self.line).unwrap_or_default()
    }

    /// The whole line.
    pub(super) fn line(&self) -> &'r [u8] {
        self.line
    }

    /// Goes on at this place.
    #[inline]
    pub(super) fn go_to(&mut self, place: usize) {
        self.at = place;
    }

    /// Skips spaces.
    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        while let [b' ', ..] = self.rest() {
            self.at += 1;
        }
    }

    /// Goes to the next column of this shape, if there is one before the next quote, and lays aside
    /// what comes before it.
    #[cold]
    pub(super) fn seek(&mut self, is_column: fn(&[u8]) -> bool) -> bool {
        let mut rest = self.rest();
        while !is_column(rest) {
            match rest {
                [] | [b'"', ..] => return false,
                _ => (_, rest) = split_token(rest),
            }
        }
        let place = self.line.len() - rest.len();
        self.lay_aside(Span {
            start: self.at,
            end: place,
        });
        self.at = place;
        true
    }

    /// Keeps what belongs to no known column for `rest`.
    #[cold]
    pub(super) fn lay_aside(&mut self, span: Span) {
        let text = self.text(span).trim_ascii();
        if !(self.between.is_empty() || text.is_empty()) {
            self.between.push(b' ');
        }
        self.between.extend_from_slice(text);
    }

    /// Takes the text up to the next space, or to the end of the line.
    #[inline]
    pub(super) fn token(&mut self) -> Span {
        let start = self.at;
        let rest = self.rest();
        let end = start + find(rest, b' ').unwrap_or(rest.len());
        self.at = self.line.len().min(end + 1);
        Span { start, end }
    }

    /// Keeps the value of the next column, which is missing if it is empty or `-`.
    #[inline]
    pub(super) fn keep(&mut self, value: Span) {
        let value = match value.end - value.start {
            0 => Span::default(),
            1 if self.line.get(value.start) == Some(&b'-') => Span::default(),
            _ => value,
        };
        self.keep_as_it_is(value);
    }

    /// Keeps that the next column is missing.
    #[inline]
    pub(super) fn keep_nothing(&mut self) {
        self.keep_as_it_is(Span::default());
    }

    #[inline]
    fn keep_as_it_is(&mut self, value: Span) {
        if let Some(column) = self.values.get_mut(self.kept) {
            *column = value;
            self.kept += 1;
        }
    }

    /// Takes and keeps this many bytes.
    #[inline]
    pub(super) fn keep_next(&mut self, bytes: usize) {
        let start = self.at;
        self.at += bytes;
        self.keep(Span {
            start,
            end: self.at,
        });
    }

    /// Takes and keeps the text up to the next space, or to the end of the line.
    #[inline]
    pub(super) fn keep_token(&mut self) {
        let token = self.token();
        self.keep(token);
    }

    /// Keeps a column that is an address and a port as two, without the brackets around an IPv6
    /// address. Gives the address.
    ///
    /// The port comes after the last colon: load balancers write IPv6 addresses with and without
    /// brackets.
    pub(super) fn keep_address(&mut self, column: Span) -> Span {
        let text = self.text(column);
        let colon = text.iter().rposition(|&byte| byte == b':');
        let (mut address, mut port) = (column, Span::default());
        if let Some((host, _)) = colon.and_then(|colon| text.split_at_checked(colon)) {
            match host {
                // The colon is part of an address without a port.
                [.., b':'] => {}
                _ => {
                    address.end = column.start + host.len();
                    port.start = address.end + 1;
                    port.end = column.end;
                }
            }
            if let [b'[', .., b']'] = host {
                address.start += 1;
                address.end -= 1;
            }
        }
        self.keep(address);
        self.keep(port);
        address
    }

    /// Takes and keeps a column in quotes. `is_end` tells, from what comes before a quote and what
    /// after it, whether it is the closing one; it is asked about those that have a space or the
    /// line's end after them. If it is content with none, the first of them is the end, and if
    /// there are none, the line is cut off in this column. With `escapes`, a quote after a
    /// backslash is never an end. A column that starts with no quote goes down to the next space.
    #[inline]
    pub(super) fn keep_quoted(&mut self, escapes: bool, is_end: fn(&[u8], &[u8]) -> bool) {
        let [b'"', text @ ..] = self.rest() else {
            return self.keep_token();
        };
        // The end is nearly always the first quote.
        match find(text, b'"') {
            Some(length)
                if around_end(text, length, escapes)
                    .is_some_and(|(value, after)| is_end(value, after)) =>
            {
                self.keep_in_quotes(length);
            }
            _ => self.keep_quoted_with_quotes(text, escapes, is_end),
        }
    }

    #[cold]
    fn keep_quoted_with_quotes(
        &mut self,
        text: &[u8],
        escapes: bool,
        is_end: fn(&[u8], &[u8]) -> bool,
    ) {
        let mut fallback = None;
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|text| find_apart(text, b'"')) {
            let length = from + found;
            if let Some((value, after)) = around_end(text, length, escapes) {
                if is_end(value, after) {
                    return self.keep_in_quotes(length);
                }
                fallback = fallback.or(Some(length));
            }
            from = length + 1;
        }
        match fallback {
            Some(length) => self.keep_in_quotes(length),
            None => {
                self.keep(Span {
                    start: self.at + 1,
                    end: self.line.len(),
                });
                self.at = self.line.len();
            }
        }
    }

    /// Takes and keeps a quoted column with this many bytes between its quotes.
    #[inline]
    fn keep_in_quotes(&mut self, length: usize) {
        let start = self.at + 1;
        let value = Span {
            start,
            end: start + length,
        };
        if length == 0 {
            // The column is an empty text, not missing.
            self.keep_as_it_is(value);
        } else {
            self.keep(value);
        }
        self.quoted += 1;
        // A space stands after it, or nothing.
        self.at = self.line.len().min(value.end + 2);
    }

    /// Keeps the rest as the last of this many columns. Returns how many columns stood in quotes.
    #[inline]
    pub(super) fn finish(mut self, columns: usize) -> u32 {
        let rest = Span {
            start: self.at,
            end: self.line.len(),
        };
        if !self.between.is_empty() {
            self.lay_aside(rest);
        } else if rest.start < rest.end
            && let Some(column) = self.values.get_mut(columns - 1)
        {
            // Not by `keep`, because a lone `-` is a column that we don't know.
            *column = rest;
        }
        self.quoted
    }
}

/// What comes before and after the quote at this offset, if it may be the closing one.
#[inline(always)]
fn around_end(text: &[u8], length: usize, escapes: bool) -> Option<(&[u8], &[u8])> {
    let (value, rest) = text.split_at_checked(length)?;
    let after = rest.get(1..)?;
    let may_be = matches!(after, [] | [b' ', ..]) && !(escapes && is_escape(value));
    may_be.then_some((value, after))
}

/// Whether a text ends with a backslash that escapes what comes next: with an odd number of
/// backslashes.
fn is_escape(text: &[u8]) -> bool {
    let backslashes = text.iter().rev().take_while(|&&byte| byte == b'\\');
    backslashes.count() % 2 == 1
}

/// What comes before the first space, and what comes after it.
pub(super) fn split_token(text: &[u8]) -> (&[u8], &[u8]) {
    let end = find_apart(text, b' ').unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    (token, rest.get(1..).unwrap_or_default())
}
