use crate::block::find;

use super::MAX_COLUMNS;

/// Takes columns off the front of a line, and keeps their values.
pub(super) struct Reader<'r> {
    rest: &'r [u8],
    values: [Option<&'r [u8]>; MAX_COLUMNS],
    /// How many columns have been taken.
    taken: usize,
    /// How many of them stood in quotes and had both.
    quoted: u32,
}

impl<'r> Reader<'r> {
    pub(super) fn new(line: &'r [u8]) -> Reader<'r> {
        Reader {
            rest: line,
            values: [None; MAX_COLUMNS],
            taken: 0,
            quoted: 0,
        }
    }

    /// What has not been taken yet.
    pub(super) fn rest(&self) -> &'r [u8] {
        self.rest
    }

    /// The value that was kept for a column.
    pub(super) fn kept(&self, column: usize) -> Option<&'r [u8]> {
        *self.values.get(column)?
    }

    /// Goes on to this part of the line.
    pub(super) fn skip_to(&mut self, rest: &'r [u8]) {
        self.rest = rest;
    }

    /// Keeps the value of the next column.
    #[inline]
    pub(super) fn keep(&mut self, value: &'r [u8]) {
        if let Some(column) = self.values.get_mut(self.taken) {
            *column = (!matches!(value, [] | [b'-'])).then_some(value);
            self.taken += 1;
        }
    }

    /// Takes what comes before the next space, or all.
    #[inline]
    pub(super) fn token(&mut self) -> &'r [u8] {
        let (token, rest) = split_token(self.rest);
        self.rest = rest;
        token
    }

    /// Takes and keeps what comes before the next space, or all.
    #[inline]
    pub(super) fn keep_token(&mut self) {
        let token = self.token();
        self.keep(token);
    }

    /// Takes and keeps a column that is an address and a port: as two, without the brackets around an IPv6 address.
    #[inline]
    pub(super) fn keep_address(&mut self, token: &'r [u8]) -> &'r [u8] {
        let (address, port) = split_port(token);
        self.keep(address);
        self.keep(port);
        address
    }

    /// Takes and keeps a column in quotes. `is_end` tells, from what comes before a quote and what after it, whether it is the closing one;
    /// it is asked about those that have a space or the line's end behind them. If it is content with none, the first of them is the end,
    /// and if there are none, the line is cut off in this column. With `escapes`, a quote behind a backslash is never an end.
    /// A column that starts with no quote goes down to the next space.
    #[inline]
    pub(super) fn keep_quoted(&mut self, escapes: bool, is_end: impl Fn(&[u8], &[u8]) -> bool) {
        let [b'"', text @ ..] = self.rest else {
            return self.keep_token();
        };
        let mut fallback = None;
        let mut from = 0;
        // The end is nearly always the first quote.
        while let Some(found) = text.get(from..).and_then(|text| find(text, b'"')) {
            let at = from + found;
            let (value, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
            let after = rest.get(1..).unwrap_or_default();
            if matches!(after, [] | [b' ', ..]) && !(escapes && is_escape(value)) {
                if is_end(value, after) {
                    return self.keep_in_quotes(value, after);
                }
                fallback = fallback.or(Some((value, after)));
            }
            from = at + 1;
        }
        match fallback {
            Some((value, after)) => self.keep_in_quotes(value, after),
            None => {
                self.keep(text);
                self.rest = &[];
            }
        }
    }

    #[inline]
    fn keep_in_quotes(&mut self, value: &'r [u8], after: &'r [u8]) {
        if let ([], Some(column)) = (value, self.values.get_mut(self.taken)) {
            // Not missing, but an empty text.
            *column = Some(value);
            self.taken += 1;
        } else {
            self.keep(value);
        }
        self.quoted += 1;
        self.rest = after.strip_prefix(b" ").unwrap_or(after);
    }

    /// Keeps the rest as the last of this many columns. Gives all values, and how many stood in quotes.
    pub(super) fn finish(mut self, columns: usize) -> ([Option<&'r [u8]>; MAX_COLUMNS], u32) {
        self.taken = columns.saturating_sub(1);
        // Not `keep`: a lone `-` is a column that we don't know.
        if let Some(column) = self
            .values
            .get_mut(self.taken)
            .filter(|_| !self.rest.is_empty())
        {
            *column = Some(self.rest);
        }
        (self.values, self.quoted)
    }
}

/// Whether a text ends with a backslash that escapes what comes next, that is, with an odd number of them.
fn is_escape(text: &[u8]) -> bool {
    let backslashes = text.iter().rev().take_while(|&&byte| byte == b'\\');
    backslashes.count() % 2 == 1
}

/// What comes before the first space, and what after it.
#[inline]
pub(super) fn split_token(text: &[u8]) -> (&[u8], &[u8]) {
    let end = find(text, b' ').unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    (token, rest.get(1..).unwrap_or_default())
}

/// An address and its port, which comes after the last colon (load balancers write IPv6 addresses with and without brackets).
#[inline]
fn split_port(token: &[u8]) -> (&[u8], &[u8]) {
    let Some(colon) = token.iter().rposition(|&byte| byte == b':') else {
        return (token, &[]);
    };
    let (address, port) = token.split_at_checked(colon).unwrap_or((token, &[]));
    match address {
        [b'[', inner @ .., b']'] => (inner, port.get(1..).unwrap_or_default()),
        // The last group of an address without a port.
        [.., b':'] => (token, &[]),
        _ => (address, port.get(1..).unwrap_or_default()),
    }
}
