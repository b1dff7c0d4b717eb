//! The ids of sessions: how they are written, and read back.

use crate::key::{self, Key};
use crate::session::Origin;
use sessionize_formats::bytes::decimal;
use sessionize_formats::bytes::hex;
use sessionize_formats::bytes::text::Writer;
use sessionize_formats::time;

/// The form of session ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// The text of the key and the start, readable: `<key>-<start>`, and `.2`, `.3` … after it if
    /// the key has several sessions with that start.
    Key,
    /// Forty hexadecimal digits, which do not reveal the key.
    Hash,
}

/// Hexadecimal digits of the key in a hashed id: 80 bits of its digest.
const KEY_DIGITS: usize = 20;

/// Hexadecimal digits of the start: 48 bits of milliseconds.
const START_DIGITS: usize = 12;

/// Hexadecimal digits of the number: 32 bits.
const NUMBER_DIGITS: usize = 8;

/// The digits that stand for the visitor in hashed ids.
///
/// Only the key is hashed, and the start follows it. One digest of both was rejected: a session
/// could not be restored from it, and nobody could count the sessions of a visitor.
pub(crate) fn hashed(key: &Key, key_text: &[u8]) -> [u8; KEY_DIGITS] {
    let digest = if key.is_text() {
        key.bits()
    } else {
        key::digest(key_text)
    };
    hex::digits(digest >> (128 - 4 * KEY_DIGITS))
}

/// The most bytes that [`write_origin`] writes.
pub(crate) const LONGEST_ORIGIN: usize = 2 + 2 * decimal::MOST;

/// Writes what tells the sessions of one visitor apart.
#[inline(always)]
pub(crate) fn write_origin(form: IdForm, origin: Origin, out: &mut Writer<'_>) {
    match form {
        IdForm::Key => {
            out.bytes(*b"-");
            decimal::write_long(origin.start as u64, out);
            if origin.number > 1 {
                out.bytes(*b".");
                decimal::write_long(u64::from(origin.number), out);
            }
        }
        IdForm::Hash => out.with(|room| hashed_origin(origin, room)),
    }
}

/// Writes an origin in hexadecimal digits, and returns how many there are.
#[inline(never)]
fn hashed_origin(origin: Origin, room: &mut [u8]) -> usize {
    let mut length = 0;
    let mut out = Writer::on(room, &mut length);
    out.text(&hex::digits::<START_DIGITS>(origin.start as u128));
    out.text(&hex::digits::<NUMBER_DIGITS>(u128::from(origin.number)));
    out.end();
    length
}

/// Splits an id into what stands for the visitor in it, and the origin of its session. `None` if it
/// is not an id of this form.
pub(crate) fn parse(form: IdForm, id: &[u8]) -> Option<(&[u8], Origin)> {
    let (visitor, start, number) = match form {
        IdForm::Key => {
            let dash = id.iter().rposition(|&byte| byte == b'-')?;
            let (visitor, rest) = id.split_at_checked(dash)?;
            let rest = rest.get(1..)?;
            match rest.iter().position(|&byte| byte == b'.') {
                None => (visitor, decimal::read(rest)?, 1),
                Some(point) => {
                    let number = decimal::read(rest.get(point + 1..)?)?;
                    // The first session of a start has no number in its id.
                    (
                        visitor,
                        decimal::read(rest.get(..point)?)?,
                        (number > 1).then_some(number)?,
                    )
                }
            }
        }
        IdForm::Hash => {
            let (visitor, rest) = id.split_at_checked(KEY_DIGITS)?;
            let (start, number) = rest.split_at_checked(START_DIGITS)?;
            if number.len() != NUMBER_DIGITS {
                return None;
            }
            (visitor, hex::read(start)?, hex::read(number)?)
        }
    };
    let start = i64::try_from(start).ok()?;
    let origin = Origin {
        start: (time::MIN..=time::MAX).contains(&start).then_some(start)?,
        number: u32::try_from(number).ok().filter(|&number| number > 0)?,
    };
    Some((visitor, origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionize_formats::address;
    use sessionize_formats::bytes::text::Text;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn id(form: IdForm, key: Key, key_text: &[u8], origin: Origin) -> String {
        let mut text = Text::new();
        match form {
            IdForm::Key => text.push(key_text),
            IdForm::Hash => text.push(&hashed(&key, key_text)),
        }
        let mut out = text.writer(LONGEST_ORIGIN);
        write_origin(form, origin, &mut out);
        out.end();
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn ids_are_as_documented_and_can_be_read_back() {
        let ip = Key::address(address::parse(b"123.242.248.130").unwrap());
        let origin = |start, number| Origin { start, number };
        let rows = [
            (
                IdForm::Key,
                origin(1437555628019, 1),
                "123.242.248.130-1437555628019",
            ),
            (
                IdForm::Key,
                origin(1437555628019, 2),
                "123.242.248.130-1437555628019.2",
            ),
            (IdForm::Key, origin(0, 10), "123.242.248.130-0.10"),
            (
                IdForm::Hash,
                origin(1437555628019, 1),
                "ee7bd0058265a1ffc5c3014eb4fe17f300000001",
            ),
            (
                IdForm::Hash,
                origin(0, 1),
                "ee7bd0058265a1ffc5c300000000000000000001",
            ),
        ];
        for (form, origin, expected) in rows {
            let text = id(form, ip, b"123.242.248.130", origin);
            assert_eq!(text, expected);
            let (_, read) = parse(form, text.as_bytes()).unwrap();
            assert_eq!(read, origin);
        }
    }

    #[test]
    fn a_key_may_look_like_an_id() {
        let text = id(
            IdForm::Key,
            Key::text(b"a-1.2"),
            b"a-1.2",
            Origin {
                start: 3,
                number: 4,
            },
        );
        let (visitor, origin) = parse(IdForm::Key, text.as_bytes()).unwrap();
        assert_eq!(
            (visitor, origin.start, origin.number),
            (&b"a-1.2"[..], 3, 4)
        );
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "1.2.3.4",
            "x-",
            "x-1.",
            "x-1.1",
            "x-1.0",
            "x-+1",
            "x-1.2.3",
            "x-999999999999999",
        ] {
            assert_eq!(parse(IdForm::Key, text.as_bytes()), None, "{text}");
        }
        for text in [
            "",
            "ee7bd0058265a1ffc5c3014eb4fe17f30000000",
            "ee7bd0058265a1ffc5c3014eb4fe17f300000000",
        ] {
            assert_eq!(parse(IdForm::Hash, text.as_bytes()), None, "{text}");
        }
    }
}
