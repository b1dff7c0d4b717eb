//! Resolves the escapes in strings.

/// Appends the content of a string with its escapes resolved. The string comes without its quotes;
/// `None` if an escape is invalid.
///
/// By hand rather than with serde_json: it is short, writes into the caller's buffer, and keeps a
/// parser out of the module.
pub(super) fn append(mut content: &[u8], out: &mut Vec<u8>) -> Option<()> {
    while let Some(at) = content.iter().position(|&byte| byte == b'\\') {
        let (plain, escape) = content.split_at_checked(at)?;
        out.extend_from_slice(plain);
        let (char, rest) = match escape {
            [_, b'u', rest @ ..] => code_point(rest)?,
            [_, byte, rest @ ..] => (simple(*byte)?, rest),
            _ => return None,
        };
        out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        content = rest;
    }
    out.extend_from_slice(content);
    Some(())
}

/// The character of an escape other than `\u`, by the byte after the backslash.
fn simple(byte: u8) -> Option<char> {
    Some(match byte {
        b'"' | b'\\' | b'/' => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}

/// The character of a `\u` escape, or of two that are a surrogate pair, and what follows.
#[inline(never)]
fn code_point(text: &[u8]) -> Option<(char, &[u8])> {
    let (high, rest) = hex(text)?;
    if let Some(char) = char::from_u32(high) {
        return Some((char, rest));
    }
    let (low, rest) = hex(rest.strip_prefix(b"\\u")?)?;
    let is_pair = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    let code = 0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
    Some((char::from_u32(code).filter(|_| is_pair)?, rest))
}

#[inline(never)]
fn hex(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let code = digits.iter().try_fold(0, |code, &digit| {
        Some(code << 4 | char::from(digit).to_digit(16)?)
    })?;
    Some((code, rest))
}

/// The length of the valid escape whose backslash is in front of this text, without the backslash,
/// in bytes. A surrogate pair is one escape. `None` if the escape is invalid.
pub(crate) fn length(after: &[u8]) -> Option<usize> {
    match after {
        [b'u', digits @ ..] => code_point(digits).map(|(_, rest)| after.len() - rest.len()),
        [byte, ..] => simple(*byte).map(|_| 1),
        [] => None,
    }
}

/// The [`length`] of a surrogate pair: that of `ud83d\ude00`.
pub(super) const PAIR: usize = 2 * HALF - 1;

/// The bytes of one half, with its backslash.
pub(super) const HALF: usize = b"\\ud83d".len();
