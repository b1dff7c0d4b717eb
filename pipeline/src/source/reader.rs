//! The content of an input, decompressed where it is compressed.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::compression::{self, Compression};
use super::members::Members;
use super::stored::Stored;
use crate::error::{Error, plain};

/// Reads the content of an input.
pub(crate) struct Reader {
    name: String,
    content: Content,
}

enum Content {
    Plain(Stored),
    Compressed(Members),
}

impl Reader {
    /// Reads the first bytes, which tell the compression. `is_file` says whether the input has a
    /// name that another program could open, too.
    ///
    /// # Errors
    ///
    /// When the first bytes can't be read, or the compression is not supported.
    pub(super) fn new(
        name: String,
        is_file: bool,
        mut bytes: Box<dyn Read + Send>,
        progress: Arc<AtomicU64>,
    ) -> Result<Self, Error> {
        let head = head(&mut bytes).map_err(|e| unreadable(&name, &e))?;
        let compression = Compression::of(&head);
        compression.check(&name, is_file)?;
        let stored = Stored::new(head, bytes, progress);
        let content = match compression {
            Compression::Read(format) => {
                let members = Members::new(format, stored).map_err(|e| unreadable(&name, &e))?;
                Content::Compressed(members)
            }
            _ => Content::Plain(stored),
        };
        Ok(Self { name, content })
    }

    /// Reads some bytes, at least one unless the input has ended.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or is damaged.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> Result<usize, Error> {
        loop {
            let read = match &mut self.content {
                Content::Plain(stored) => stored.read(into),
                Content::Compressed(members) => members.read(into),
            };
            match read {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failure(&error)),
            }
        }
    }

    fn failure(&self, error: &io::Error) -> Error {
        let Content::Compressed(members) = &self.content else {
            return unreadable(&self.name, error);
        };
        let Some(stored) = members.stored().filter(|stored| !stored.has_failed()) else {
            return unreadable(&self.name, error);
        };
        let (name, format) = (&self.name, members.format().name());
        let damage = match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("{format} cut off"),
            _ => format!("corrupt {format}"),
        };
        let position = stored.position();
        Error::failure(format!("cannot read {name}: {damage} at byte {position}"))
    }
}

/// As few of the first bytes as tell the compression. So a short line in a pipe does not wait for
/// the next one.
fn head(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(compression::HEAD);
    while Compression::is_open(&head) {
        let before = head.len();
        bytes.by_ref().take(1).read_to_end(&mut head)?;
        if head.len() == before {
            break;
        }
    }
    Ok(head)
}

/// What to say of an input that can't be read.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Error {
    Error::failure(format!("cannot read {name}: {}", plain(error)))
}

#[cfg(test)]
mod tests;
