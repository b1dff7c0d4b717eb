//! Repairs the strings of a record that is meant to be JSON.

use crate::bytes::text::Text;

use crate::json::{unescape, write_escaped};

/// Half of a surrogate pair, or an incomplete `\u`, becomes U+FFFD.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// Appends a record that is meant to be JSON, and is UTF-8, and repairs its strings.
///
/// Control characters are escaped. Servers that only know C's escapes write `\xC3\xA9` for `é`:
/// this becomes the character. Any other invalid escape loses its backslash. Nothing changes
/// between strings.
///
/// False if the text would have more than `most` bytes; it is then incomplete.
pub(super) fn write_repaired(record: &[u8], most: usize, out: &mut Text) -> bool {
    let mut rest = record;
    let mut in_string = false;
    while out.as_bytes().len() <= most {
        let is_special = |byte: &u8| match byte {
            b'"' => true,
            b'\\' | ..b' ' => in_string,
            _ => false,
        };
        let at = rest.iter().position(is_special).unwrap_or(rest.len());
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.push(plain);
        rest = match special {
            [] => return out.as_bytes().len() <= most,
            [b'"', rest @ ..] => {
                in_string = !in_string;
                out.push(b"\"");
                rest
            }
            [b'\\', rest @ ..] => write_escape(special, rest, out),
            [_, rest @ ..] => {
                let control = special.get(..1).unwrap_or_default();
                write_escaped(control, out);
                rest
            }
        };
    }
    false
}

/// Appends the character of an escape, of which `after` is what follows the backslash. Returns
/// what follows the escape.
fn write_escape<'r>(escape: &'r [u8], after: &'r [u8], out: &mut Text) -> &'r [u8] {
    if let Some(length) = unescape::length(after) {
        let (escape, rest) = escape.split_at_checked(1 + length).unwrap_or((escape, &[]));
        out.push(escape);
        return rest;
    }
    if let [b'u', digits @ ..] = after {
        out.push(REPLACEMENT);
        let is_digit = |byte: &&u8| byte.is_ascii_hexdigit();
        let length = digits.iter().take(4).take_while(is_digit).count();
        return digits.get(length..).unwrap_or_default();
    }
    // The bytes of one character follow each other.
    let mut bytes = Vec::new();
    let mut rest = escape;
    while let Some((byte, after)) = byte(rest) {
        bytes.push(byte);
        rest = after;
    }
    if bytes.is_empty() {
        return after;
    }
    write_escaped(String::from_utf8_lossy(&bytes).as_bytes(), out);
    rest
}

/// The byte of an escape such as `\xC3`, and what follows it.
fn byte(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.strip_prefix(b"\\x")?.split_first_chunk::<2>()?;
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    Some(((high? << 4 | low?) as u8, rest))
}
