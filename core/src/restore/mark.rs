//! The marks of the records that tell an instance its sessions.

/// What tells one telling from all others: random bytes that the teller chooses.
pub type Nonce = [u8; 16];

/// What every mark begins with. No text begins with the byte FF, which UTF-8 never has. So no
/// visitor's key can be a mark: `@key` wants UTF-8, and no other `key` reads the record key. A
/// visitor of a web site chooses texts within the event, and never the bytes of the record key.
const START: &[u8] = b"\xFFsessionize\xFF";

/// A mark: the key of a record that tells an instance its sessions, and is not an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'r> {
    /// A telling begins. The teller sends it before it looks for the end of the log.
    Begin(Nonce),
    /// The record's value is a stored event; this was its record key.
    Session(&'r [u8]),
    /// All is told, of the telling that began with this nonce.
    End(Nonce),
    /// Asks whether all is told: the record is refused if it is not.
    Probe,
}

impl<'r> Mark<'r> {
    /// The mark that a record key is. `None` for any other key, and for a damaged mark of this
    /// version or of a later one.
    pub fn read(record_key: &'r [u8]) -> Option<Self> {
        let (kind, rest) = record_key.strip_prefix(START)?.split_first()?;
        match kind {
            b'b' => rest.try_into().ok().map(Mark::Begin),
            b's' => Some(Mark::Session(rest)),
            b'e' => rest.try_into().ok().map(Mark::End),
            b'p' => rest.is_empty().then_some(Mark::Probe),
            _ => None,
        }
    }

    /// Whether a record key begins as marks do, damaged ones included.
    pub(crate) fn is_marked(record_key: &[u8]) -> bool {
        record_key.starts_with(START)
    }

    /// Whether a record key is the mark of a record that tells no session.
    pub(crate) fn is_control(record_key: &'r [u8]) -> bool {
        Self::is_marked(record_key) && !matches!(Self::read(record_key), Some(Mark::Session(_)))
    }

    /// The record key that is this mark.
    pub fn write(&self) -> Vec<u8> {
        let (kind, rest): (u8, &[u8]) = match self {
            Mark::Begin(nonce) => (b'b', nonce),
            Mark::Session(record_key) => (b's', record_key),
            Mark::End(nonce) => (b'e', nonce),
            Mark::Probe => (b'p', &[]),
        };
        [START, &[kind], rest].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_mark_is_read_back() {
        let marks = [
            Mark::Begin(*b"0123456789abcdef"),
            Mark::Session(b"192.0.2.1"),
            Mark::Session(b""),
            Mark::End([0xFF; 16]),
            Mark::Probe,
        ];
        for mark in marks {
            let key = mark.write();
            assert!(Mark::is_marked(&key));
            let tells_a_session = matches!(mark, Mark::Session(_));
            assert_eq!(Mark::is_control(&key), !tells_a_session, "{mark:?}");
            assert_eq!(Mark::read(&key), Some(mark));
        }
    }

    #[test]
    fn no_text_is_a_mark() {
        for key in ["", "sessionize", "\u{FF}sessionize\u{FF}p", "192.0.2.1"] {
            assert!(!Mark::is_marked(key.as_bytes()), "{key}");
            assert!(!Mark::is_control(key.as_bytes()), "{key}");
            assert_eq!(Mark::read(key.as_bytes()), None, "{key}");
        }
    }

    #[test]
    fn a_damaged_mark_is_none() {
        for rest in ["", "x", "b", "b0123456789abcde", "e0123456789abcdef0", "p."] {
            let key = [START, rest.as_bytes()].concat();
            assert!(Mark::is_marked(&key), "{rest}");
            assert!(Mark::is_control(&key), "{rest}");
            assert_eq!(Mark::read(&key), None, "{rest}");
        }
    }
}
