//! The wrapper of a record that cannot be sessionized: an object with the reason and the record.

use crate::event::Invalid;
use crate::parameters::Parameters;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::{self, Wanted, escaped_length, write_string};
use sessionize_formats::path::Path;

/// Writes and reads wrappers, by the parameter `prefix`.
#[derive(Clone, Debug)]
pub struct Wrapper {
    prefix: String,
}

/// A record is passed on as a text if escapes make it at most this many times as long.
const MOST_ESCAPED: usize = 2;

/// Up to this many bytes, a record is passed on as a text however much of it is escaped: people
/// read it.
const SHORT: usize = 64 << 10;

impl Wrapper {
    /// A wrapper with the names that these parameters give.
    pub fn new(parameters: &Parameters) -> Self {
        Wrapper {
            prefix: parameters.prefix.clone(),
        }
    }

    /// Writes the wrapper of a record, with the reason why it is invalid.
    #[cold]
    pub fn write(&self, record: &[u8], invalid: &Invalid, out: &mut Text) {
        out.clear();
        self.write_name(b"{\"", b"error\":", out);
        write_string(format!("{invalid}").as_bytes(), out);
        // Escapes may make a text six times as long; base64 makes it longer by a third.
        let is_text = std::str::from_utf8(record).is_ok();
        let most = SHORT.max(MOST_ESCAPED * record.len());
        if is_text && escaped_length(record) <= most {
            self.write_name(b",\"", b"raw\":", out);
            write_string(record, out);
        } else {
            self.write_name(b",\"", b"raw_base64\":\"", out);
            write_base64(record, out);
            out.push(b"\"");
        }
        out.push(b"}");
    }

    /// Writes the name of a member between what precedes and what follows its prefix.
    fn write_name(&self, before: &[u8], behind: &[u8], out: &mut Text) {
        for part in [before, self.prefix.as_bytes(), behind] {
            out.push(part);
        }
    }

    /// The text of the member `<prefix>error`, if there is one. Only an output without added fields
    /// is a wrapper.
    #[cold]
    pub fn reason(&self, output: &[u8]) -> Option<String> {
        let error = Path::field(&format!("{}error", self.prefix));
        let object = json::scan(output, &Wanted::new(&[error])).ok()?;
        let mut unescaped = Vec::new();
        let reason = object.value(0, output)?.text(&mut unescaped)?;
        Some(String::from_utf8_lossy(reason).into_owned())
    }
}

/// Standard base64 with padding (RFC 4648).
fn write_base64(bytes: &[u8], out: &mut Text) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = out.writer(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for i in 0..3 {
            group = group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0));
        }
        for i in 0..4 {
            let digit = (group >> (18 - 6 * i)) as usize & 63;
            let padded = i > chunk.len();
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.bytes([if padded { b'=' } else { digit }]);
        }
    }
    out.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_reason_is_read_back() {
        let wrapper = Wrapper::new(&Parameters::from_pairs([("prefix", "x.")]).unwrap());
        let mut out = Text::new();
        let invalid = crate::event::EventReader::new(&Parameters::default())
            .read(&crate::event::Record {
                value: b"{\"ip\":\"::1\",\"timestamp\":\"a\\\"b\"}",
                ..Default::default()
            })
            .err()
            .unwrap();
        wrapper.write(b"?", &invalid, &mut out);
        let reason = wrapper.reason(out.as_bytes());
        assert_eq!(reason, Some(invalid.to_string()));
        assert_eq!(wrapper.reason(b"{\"session_error\":\"a\"}"), None);
        assert_eq!(wrapper.reason(b"{"), None);
    }

    fn base64(bytes: &[u8]) -> String {
        let mut out = Text::new();
        write_base64(bytes, &mut out);
        String::from_utf8(out.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        let rows = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, expected) in rows {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
