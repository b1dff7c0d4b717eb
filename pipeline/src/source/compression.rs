//! How an input is compressed, recognised by its first bytes.

use crate::error::Error;

/// The most bytes that it takes to recognise a compression.
pub(super) const HEAD: usize = 10;

/// A compression that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }
}

/// How the compressions that are read begin. A question mark stands for any byte.
static READ: [(&[u8], Format); 6] = [
    (b"\x1f\x8b", Format::Gzip),
    (b"\x28\xb5\x2f\xfd", Format::Zstd),
    // The first frame of what pzstd writes, which has no content.
    (b"\x50\x2a\x4d\x18", Format::Zstd),
    // "BZh" and a digit could begin a line, but not with a block or the end behind them.
    (b"BZh?\x31\x41\x59\x26\x53\x59", Format::Bzip2),
    (b"BZh?\x17\x72\x45\x38\x50\x90", Format::Bzip2),
    (b"\xfd7zXZ\0", Format::Xz),
];

/// A compression that is recognised, but not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unsupported {
    /// How it begins.
    magic: &'static [u8],
    name: &'static str,
    /// The command that decompresses a file, named behind it, to the standard output.
    of_file: &'static str,
    /// The command that decompresses its standard input.
    of_stream: &'static str,
}

/// The compressions that are not read.
static UNSUPPORTED: [Unsupported; 5] = [
    Unsupported {
        of_stream: "funzip",
        ..unsupported(b"PK\x03\x04", "zip", "unzip -p")
    },
    unsupported(b"\x04\x22\x4d\x18", "lz4", "lz4 -dc"),
    unsupported(b"\x02\x21\x4c\x18", "lz4", "lz4 -dc"),
    unsupported(b"\x1f\x9d", "compress", "gzip -dc"),
    unsupported(b"LZIP\x01", "lzip", "lzip -dc"),
];

const fn unsupported(magic: &'static [u8], name: &'static str, tool: &'static str) -> Unsupported {
    Unsupported {
        magic,
        name,
        of_file: tool,
        of_stream: tool,
    }
}

/// How an input is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// Not at all, or in an unknown way.
    None,
    Read(Format),
    Unsupported(&'static Unsupported),
}

impl Compression {
    /// The compression of an input that begins like this.
    pub(super) fn of(head: &[u8]) -> Self {
        let begins = |magic: &[u8]| head.len() >= magic.len() && agree(magic, head);
        if let Some((_, format)) = READ.iter().find(|(magic, _)| begins(magic)) {
            return Self::Read(*format);
        }
        let other = UNSUPPORTED.iter().find(|other| begins(other.magic));
        other.map_or(Self::None, Self::Unsupported)
    }

    /// Whether more bytes behind these could make them the beginning of a compression.
    pub(super) fn is_open(head: &[u8]) -> bool {
        let longer = |magic: &[u8]| magic.len() > head.len() && agree(magic, head);
        let others = UNSUPPORTED.iter().map(|other| other.magic);
        let mut magics = READ.iter().map(|(magic, _)| *magic).chain(others);
        magics.any(longer)
    }

    /// Refuses a compression that is not read, and names a command that decompresses it.
    pub(super) fn check(self, name: &str, is_file: bool) -> Result<(), Error> {
        let Self::Unsupported(other) = self else {
            return Ok(());
        };
        let command = match is_file {
            true => format!("{} {name} | sessionize run -", other.of_file),
            false => format!("… | {} | sessionize run -", other.of_stream),
        };
        Err(Error::failure(format!(
            "cannot read {name}: it is compressed with {}; `{command}` reads it",
            other.name
        )))
    }
}

/// Whether two beginnings are the same as far as both go.
fn agree(magic: &[u8], head: &[u8]) -> bool {
    let mut pairs = magic.iter().zip(head);
    pairs.all(|(magic, byte)| magic == byte || *magic == b'?')
}

#[cfg(test)]
mod tests;
