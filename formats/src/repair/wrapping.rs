//! What stands around a record and is no part of it.

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record without the byte order mark and the NULs in front of it, and without the NULs after
/// it. A log that is truncated while it is being written gets NULs in place of its former content.
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

/// The content of a record that a spreadsheet has put in quotes and whose own quotes it has
/// doubled. A line that merely starts and ends with a quoted column has other quotes, which are not
/// doubled.
#[inline(never)]
pub(super) fn in_quotes(record: &[u8]) -> Option<Vec<u8>> {
    let inner = record.trim_ascii_end();
    let inner = inner.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut content = Vec::with_capacity(inner.len());
    let mut parts = inner.split(|&byte| byte == b'"');
    content.extend_from_slice(parts.next()?);
    // There is nothing between the two quotes of a pair.
    while let Some(between) = parts.next() {
        let after = parts.next().filter(|_| between.is_empty())?;
        content.push(b'"');
        content.extend_from_slice(after);
    }
    Some(content)
}
