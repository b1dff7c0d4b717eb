//! The content of a compressed input.

use std::io::{self, BufRead, Read};

use super::compression::Format;
use super::decoder::{Decoder, decoder};
use super::stored::Stored;

/// How much is decompressed at once, in bytes. A decoder that finds damage gives nothing of what it
/// has decompressed in the same call, so that at most so much is lost in front of the damage.
const PIECE: usize = 8 << 10;

/// The content of a compressed input. Several members make one content, as `cat a.gz b.gz` does,
/// whatever the format calls them: members, frames or streams. Zero bytes may follow the last one,
/// as tapes and block devices leave them.
pub(super) struct Members {
    format: Format,
    /// None once the content has ended.
    member: Option<Box<dyn Decoder>>,
    /// What went wrong behind the bytes that were read last.
    failed: Option<io::Error>,
}

impl Members {
    /// # Errors
    ///
    /// When there is no memory for a decoder.
    pub(super) fn new(format: Format, stored: Stored) -> io::Result<Self> {
        Ok(Self {
            format,
            member: Some(decoder(format, stored)?),
            failed: None,
        })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// The compressed bytes, unless all of them have been taken.
    pub(super) fn stored(&self) -> Option<&Stored> {
        self.member.as_ref().map(|member| member.stored())
    }

    /// Decompresses some bytes, at least one unless the content has ended.
    fn decompress(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 {
                return Ok(count);
            }
            let has_ended = skip_padding(member.stored_mut())?;
            if let (Some(member), false) = (self.member.take(), has_ended) {
                self.member = Some(decoder(self.format, member.into_stored())?);
            }
        }
        Ok(0)
    }
}

impl Read for Members {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut filled = 0;
        for piece in into.chunks_mut(PIECE) {
            match self.decompress(piece) {
                Ok(count) => {
                    filled += count;
                    // What there is must not wait for what is yet to come.
                    let goes_on =
                        count == piece.len() && self.stored().is_some_and(Stored::is_ready);
                    if !goes_on {
                        break;
                    }
                }
                Err(error) if filled == 0 => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(filled)
    }
}

/// Skips the zero bytes behind a member, and says whether the input ends there. Anything else
/// behind zero bytes is an error.
fn skip_padding(stored: &mut impl BufRead) -> io::Result<bool> {
    let mut is_padded = false;
    loop {
        let bytes = stored.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_all = zeros == bytes.len();
        if bytes.is_empty() {
            return Ok(true);
        }
        stored.consume(zeros);
        is_padded |= zeros > 0;
        match (is_all, is_padded) {
            (true, _) => {}
            (false, true) => return Err(io::ErrorKind::InvalidData.into()),
            (false, false) => return Ok(false),
        }
    }
}
