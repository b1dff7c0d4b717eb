//! The content of a gzip file.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::stored::Stored;

/// The content of a gzip file. Several members make one content, as `cat a.gz b.gz` does, and zero
/// bytes may follow the last one, as tapes and block devices leave them.
pub(super) struct Members {
    /// None once the content has ended.
    member: Option<Box<GzDecoder<Stored>>>,
}

impl Members {
    pub(super) fn new(stored: Stored) -> Self {
        Self {
            member: Some(Box::new(GzDecoder::new(stored))),
        }
    }

    /// Number of compressed bytes taken so far.
    pub(super) fn position(&self) -> u64 {
        let member = self.member.as_ref();
        member.map_or(0, |member| member.get_ref().position())
    }
}

impl Read for Members {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 {
                return Ok(count);
            }
            let has_ended = skip_padding(member.get_mut())?;
            let next = |member: Box<GzDecoder<Stored>>| GzDecoder::new(member.into_inner());
            let member = self.member.take().filter(|_| !has_ended);
            self.member = member.map(|member| Box::new(next(member)));
        }
        Ok(0)
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
