//! Texts as JSON strings.

use crate::bytes::hex;
use crate::bytes::text::Text;

/// Appends a text as a JSON string, with its quotes. It must be UTF-8 for the result to be JSON.
pub fn write_string(text: &[u8], out: &mut Text) {
    out.push(b"\"");
    write_escaped(text, out);
    out.push(b"\"");
}

/// Appends what stands between the quotes of a JSON string.
///
/// Only what must be escaped is: quotes, backslashes and control characters.
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

/// From so many bytes on, room for a text is made once and exactly: growing step by step takes the old and the new
/// buffer at a time.
const LONG: usize = 1 << 20;

/// How many bytes [`write_escaped`] appends.
pub fn escaped_length(text: &[u8]) -> usize {
    let escapes = text.iter().filter(|&&byte| is_special(byte));
    text.len()
        + escapes
            .map(|&byte| escape(byte).map_or(5, |_| 1))
            .sum::<usize>()
}

/// How many bytes there are before the first that must be escaped.
fn plain(text: &[u8]) -> usize {
    // All in a chunk without an early exit, which makes it one step of a vector.
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

/// What stands behind the backslash for a byte that must be escaped; `None` where that takes its number.
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
