//! The key of an event: what its session belongs to.

use sessionize_formats::address::Address;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::client::Client;

/// The identity of a visitor: 128 bits, and whether they are those of a text.
///
/// An address is its own bits. A text is held as the first 128 bits of its BLAKE3 digest, so that
/// every key takes the same memory. Nobody has found two texts with the same digest yet; of 10²⁵
/// sets of ten million keys, one or two would have such a pair by chance. Holding the text itself
/// was rejected: a user agent of 150 bytes would triple the memory of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    bits: u128,
    is_text: bool,
}

impl Key {
    /// The key of a canonical address.
    pub(crate) fn address(address: Address) -> Self {
        Key {
            bits: address.bits(),
            is_text: false,
        }
    }

    /// The key of any other text, compared by its bytes. Public for the benchmark of keys that are
    /// chosen to collide.
    pub fn text(text: &[u8]) -> Self {
        Key {
            bits: digest(text),
            is_text: true,
        }
    }

    /// The key of a client, if it is the only field of the key.
    ///
    /// # Errors
    /// The text that stands for nobody.
    #[inline]
    pub(crate) fn of(client: Client<'_>) -> Result<Self, &[u8]> {
        match client {
            Client::Address(address) => Ok(Key::address(address)),
            Client::Text(text) => Ok(Key::text(text)),
            Client::Nobody(text) => Err(text),
        }
    }

    /// The key of these bits.
    pub fn from_parts(bits: u128, is_text: bool) -> Self {
        Key { bits, is_text }
    }

    /// The 128 bits. Two keys of the same kind, both addresses or both texts, have the same bits
    /// only if they are equal.
    pub fn bits(self) -> u128 {
        self.bits
    }

    /// Whether they are those of a text, and not of an address.
    pub fn is_text(self) -> bool {
        self.is_text
    }
}

/// Whose event it is: the key, with its text.
#[derive(Clone, Copy)]
pub struct Visitor<'r> {
    /// The key.
    pub key: Key,
    /// Its canonical text, which is UTF-8 and differs between any two keys.
    pub key_text: &'r [u8],
}

/// The first 128 bits of the BLAKE3 digest of `bytes`.
pub(crate) fn digest(bytes: &[u8]) -> u128 {
    let [head @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        *blake3::hash(bytes).as_bytes();
    u128::from_be_bytes(head)
}

/// Writes the text of one field into a key of several, escaped so that no two lists of fields give
/// the same key.
pub(crate) fn write_component(text: &[u8], out: &mut Text) {
    let mut out = out.writer(2 * text.len());
    for &byte in text {
        if byte == SEPARATOR || byte == b'\\' {
            out.bytes(*b"\\");
        }
        out.bytes([byte]);
    }
    out.end();
}

/// What separates the fields of a key of several.
pub(crate) const SEPARATOR: u8 = b',';

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_text_never_equals_an_address_of_the_same_bits() {
        let text = Key::text(b"visitor");
        let address = Key::address(Address::from_bits(text.bits()));
        assert_ne!(text, address);
        assert_eq!(text.bits(), address.bits());
    }

    #[test]
    fn lists_of_fields_stay_apart() {
        let joined = |fields: &[&[u8]]| {
            let mut out = Text::new();
            for (i, field) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(&[SEPARATOR]);
                }
                write_component(field, &mut out);
            }
            out.as_bytes().to_vec()
        };
        let lists: [&[&[u8]]; 5] = [
            &[b"a,b", b"c"],
            &[b"a", b"b,c"],
            &[b"a", b"b", b"c"],
            &[b"a\\", b"b", b"c"],
            &[b"a\\,b", b"c"],
        ];
        for (i, one) in lists.iter().enumerate() {
            for other in lists.iter().skip(i + 1) {
                assert_ne!(joined(one), joined(other));
            }
        }
    }
}
