//! How a file is compressed, told by its first bytes.

use crate::error::Error;

/// The most bytes it takes to tell.
pub(crate) const HEAD: usize = 10;

/// How the gzip format begins.
const GZIP: &[u8] = b"\x1f\x8b";

/// How formats begin that are not read, and what decompresses them to the standard output.
const OTHERS: [(&[u8], &str, &str); 9] = [
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
    // "BZh" and a digit could begin a line, but not with a block or the end behind them.
    (b"BZh?\x31\x41\x59\x26\x53\x59", "bzip2", "bzip2 -dc"),
    (b"BZh?\x17\x72\x45\x38\x50\x90", "bzip2", "bzip2 -dc"),
    (b"\xfd7zXZ\0", "xz", "xz -dc"),
    (b"PK\x03\x04", "zip", "unzip -p"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4 -dc"),
    (b"\x02\x21\x4c\x18", "lz4", "lz4 -dc"),
    (b"\x1f\x9d", "compress", "gzip -dc"),
    (b"LZIP\x01", "lzip", "lzip -dc"),
];

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Not at all, or not in a way that is known.
    None,
    Gzip,
    /// In a way that is not read.
    Other {
        name: &'static str,
        tool: &'static str,
    },
}

impl Compression {
    pub(crate) fn of(head: &[u8]) -> Self {
        if head.starts_with(GZIP) {
            return Self::Gzip;
        }
        let found = OTHERS
            .iter()
            .find(|(magic, ..)| head.len() >= magic.len() && agree(magic, head));
        match found {
            Some((_, name, tool)) => Self::Other { name, tool },
            None => Self::None,
        }
    }

    /// Whether more bytes behind these could tell a compression.
    pub(crate) fn is_open(head: &[u8]) -> bool {
        let magics = OTHERS.iter().map(|(magic, ..)| *magic);
        let longer = |magic: &[u8]| magic.len() > head.len() && agree(magic, head);
        magics.chain([GZIP]).any(longer)
    }

    /// Says what to do about a compression that is not read.
    pub(crate) fn check(self, name: &str) -> Result<(), Error> {
        match self {
            Self::Other { name: other, tool } => Err(Error::failure(format!(
                "cannot read {name}: it is compressed with {other}; `{tool} {name} | sessionize run -` reads it"
            ))),
            Self::None | Self::Gzip => Ok(()),
        }
    }
}

/// Whether two beginnings are the same as far as both go; a question mark stands for any byte.
fn agree(magic: &[u8], head: &[u8]) -> bool {
    let mut pairs = magic.iter().zip(head);
    pairs.all(|(magic, byte)| magic == byte || *magic == b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_the_first_bytes() {
        let rows: [(&[u8], &str); 14] = [
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"\x28\xb5\x2f\xfd\x04", "zstd"),
            (b"BZh91AY&SY", "bzip2"),
            (b"BZh1\x17\x72\x45\x38\x50\x90", "bzip2"),
            (b"\xfd7zXZ\0\0", "xz"),
            (b"PK\x03\x04\x14", "zip"),
            (b"\x04\x22\x4d\x18", "lz4"),
            (b"\x02\x21\x4c\x18", "lz4"),
            (b"\x1f\x9d\x90", "compress"),
            (b"LZIP\x01", "lzip"),
            (b"BZh9 - - [", "none"),
            (b"PK - - [10", "none"),
            (b"{\"ip\":\"192", "none"),
            (b"", "none"),
        ];
        for (head, expected) in rows {
            let name = match Compression::of(head) {
                Compression::None => "none",
                Compression::Gzip => "gzip",
                Compression::Other { name, .. } => name,
            };
            assert_eq!(name, expected, "{head:?}");
            assert!(head.len() <= HEAD);
        }
        assert!(OTHERS.iter().all(|(magic, ..)| magic.len() <= HEAD));
    }

    #[test]
    fn more_is_wanted_only_where_it_could_tell() {
        let rows: [(&[u8], bool); 8] = [
            (b"", true),
            (b"B", true),
            (b"BZh9", true),
            (b"BZh9 ", false),
            (b"\x1f", true),
            (b"\x1f\x8b", false),
            (b"{", false),
            (b"BZh91AY&SY", false),
        ];
        for (head, expected) in rows {
            assert_eq!(Compression::is_open(head), expected, "{head:?}");
        }
    }
}
