//! Texts as JSON strings.

use crate::append::append;

/// Appends a text as a JSON string, with its quotes. It must be UTF-8 for the result to be JSON.
///
/// Only what must be escaped is: quotes, backslashes and control characters.
pub fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at_checked(plain(rest)).unwrap_or((rest, &[]));
        append(plain, out);
        let [byte, after @ ..] = special else {
            break;
        };
        write_escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
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
fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            out.extend_from_slice(b"\\u00");
            for nibble in [byte >> 4, byte & 0xf] {
                out.extend(HEX.get(usize::from(nibble)));
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
