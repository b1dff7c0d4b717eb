//! Texts as JSON strings.

use crate::bytes::hex;
use crate::bytes::text::Text;

/// Appends a text as a JSON string with its quotes. The text must be UTF-8: otherwise the result is
/// no JSON.
pub fn write_string(text: &[u8], out: &mut Text) {
    out.push(b"\"");
    write_escaped(text, out);
    out.push(b"\"");
}

/// Appends a text as the content of a JSON string, without quotes.
///
/// It escapes only what must be escaped: quotes, backslashes and control characters.
pub fn write_escaped(text: &[u8], out: &mut Text) {
    if text.len() > LONG {
        out.reserve(escaped_length(text));
    }
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at_checked(plain(rest)).unwrap_or((rest, &[]));
        out.push(plain);
        let [byte, after @ ..] = special else {
            return;
        };
        write_escape(*byte, out);
        rest = after;
    }
}

/// From this length in bytes on, the buffer grows once and exactly. Growing step by step would need
/// the old and the new buffer at the same time, and larger ones.
const LONG: usize = 1 << 20;

/// How many bytes [`write_escaped`] would append.
pub fn escaped_length(text: &[u8]) -> usize {
    let escapes = text.iter().filter(|&&byte| is_special(byte));
    text.len()
        + escapes
            .map(|&byte| escape(byte).map_or(5, |_| 1))
            .sum::<usize>()
}

/// How many bytes come before the first one that must be escaped.
fn plain(text: &[u8]) -> usize {
    // Without an early exit within a chunk, so that each chunk is one vector operation.
    let (chunks, _) = text.as_chunks::<16>();
    let whole = chunks.iter().take_while(|chunk| {
        !chunk
            .iter()
            .fold(false, |any, &byte| any | is_special(byte))
    });
    let start = whole.count() * 16;
    let rest = text.get(start..).unwrap_or_default();
    let more = rest.iter().position(|&byte| is_special(byte));
    start + more.unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

#[cold]
fn write_escape(byte: u8, out: &mut Text) {
    match escape(byte) {
        Some(short) => out.push(&[b'\\', short]),
        None => {
            out.push(b"\\u");
            out.push(&hex::digits::<4>(u128::from(byte)));
        }
    }
}

/// The character after the backslash for a byte that must be escaped; `None` if it needs `\u`.
fn escape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
