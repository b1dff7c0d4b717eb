//! The bytes of an input as they are stored.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Size of a read, in bytes. It is so large that system calls don't count, and no larger than what
/// is asked for at once, so that uncompressed bytes are not copied on their way.
pub(super) const READ_SIZE: usize = 128 << 10;

/// How much a decoder is given at once, in bytes: as precisely is known where damage is.
const PIECE: usize = 8 << 10;

/// The bytes as stored, counted as they are taken.
pub(super) struct Stored {
    bytes: Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read + Send>>>,
    /// Number of bytes taken so far.
    position: u64,
    /// Whether reading them has failed. What a decoder reports is damage of the content otherwise.
    has_failed: bool,
    /// The same, of all inputs together.
    progress: Arc<AtomicU64>,
}

impl Stored {
    /// All bytes of an input, of which `head` has been read already.
    pub(super) fn new(head: Vec<u8>, rest: Box<dyn Read + Send>, progress: Arc<AtomicU64>) -> Self {
        Self {
            bytes: Cursor::new(head).chain(BufReader::with_capacity(READ_SIZE, rest)),
            position: 0,
            has_failed: false,
            progress,
        }
    }

    /// Number of bytes taken so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whether there are bytes that can be taken without waiting for them.
    pub(super) fn is_ready(&self) -> bool {
        let (head, rest) = self.bytes.get_ref();
        head.position() < head.get_ref().len() as u64 || !rest.buffer().is_empty()
    }

    /// Whether the bytes could not be read.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    fn count(&mut self, bytes: usize) {
        self.position += bytes as u64;
        self.progress.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Read for Stored {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into);
        self.has_failed = read.is_err();
        if let Ok(count) = read {
            self.count(count);
        }
        read
    }
}

impl BufRead for Stored {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.has_failed = false;
        let failed = |_: &io::Error| self.has_failed = true;
        let bytes = self.bytes.fill_buf().inspect_err(failed)?;
        Ok(bytes.get(..PIECE).unwrap_or(bytes))
    }

    fn consume(&mut self, amount: usize) {
        self.bytes.consume(amount);
        self.count(amount);
    }
}
