//! What stands around a record and is no part of it.

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record without the byte order mark and the NULs in front of it, and without those behind it. A log that is truncated while it
/// is written gets NULs for what was there before.
#[inline(never)]
pub(super) fn without_padding(record: &[u8]) -> &[u8] {
    let mut rest = record;
    loop {
        rest = match rest {
            [0, rest @ ..] | [rest @ .., 0] => rest,
            _ => match rest.strip_prefix(BYTE_ORDER_MARK) {
                Some(rest) => rest,
                None => return rest,
            },
        }
    }
}

/// What a spreadsheet has put in quotes, with every quote in it doubled. A line that merely starts and ends with a column in
/// quotes has others that are not.
#[inline(never)]
pub(super) fn in_quotes(record: &[u8]) -> Option<Vec<u8>> {
    let inner = record.trim_ascii_end();
    let inner = inner.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut content = Vec::with_capacity(inner.len());
    let mut parts = inner.split(|&byte| byte == b'"');
    content.extend_from_slice(parts.next()?);
    // Between the two quotes of a pair is nothing.
    while let Some(between) = parts.next() {
        let after = parts.next().filter(|_| between.is_empty())?;
        content.push(b'"');
        content.extend_from_slice(after);
    }
    Some(content)
}
