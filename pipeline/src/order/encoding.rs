//! The encoding of events in the temporary file.

use std::io;

use sessionize_core::key::Key;
use sessionize_core::output::{Members, ObjectEnd};
use sessionize_formats::time::Millis;

use crate::record::{SourcePosition, StreamRecord};

/// Length of what stands in front of an event's bytes, in bytes.
pub(super) const HEAD: usize = 54;

/// Appends an event: its head, the text of its key, and its own text.
pub(super) fn append(record: &StreamRecord<'_>, to: &mut Vec<u8>) -> io::Result<()> {
    let SourcePosition { input, byte } = record.position;
    to.extend_from_slice(&record.time.to_le_bytes());
    to.extend_from_slice(&byte.to_le_bytes());
    to.extend_from_slice(&input.to_le_bytes());
    to.extend_from_slice(&record.key.bits().to_le_bytes());
    to.push(record.key.is_text().into());
    to.push(match record.end.members {
        Members::None => 0,
        Members::Others => 1,
        Members::Added => 2,
    });
    for length in [
        record.end.close,
        record.line_length,
        record.key_text.len(),
        record.text.len(),
    ] {
        let length = u32::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
        to.extend_from_slice(&length.to_le_bytes());
    }
    to.extend_from_slice(record.key_text);
    to.extend_from_slice(record.text);
    Ok(())
}

/// What stands in front of an event's bytes, beside its time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Head {
    position: SourcePosition,
    key: Key,
    close: u32,
    members: u8,
    /// Lengths in bytes.
    line_length: u32,
    key_length: u32,
    text_length: u32,
}

impl Head {
    /// Reads the time and the head of an event.
    pub(super) fn read(mut bytes: &[u8]) -> io::Result<(Millis, Self)> {
        let bytes = &mut bytes;
        let time = Millis::from_le_bytes(number(bytes)?);
        let byte = u64::from_le_bytes(number(bytes)?);
        let head = Self {
            position: SourcePosition {
                byte,
                input: u32::from_le_bytes(number(bytes)?),
            },
            key: {
                let bits = u128::from_le_bytes(number(bytes)?);
                let [is_text] = number(bytes)?;
                Key::from_parts(bits, is_text != 0)
            },
            members: {
                let [members] = number(bytes)?;
                members
            },
            close: u32::from_le_bytes(number(bytes)?),
            line_length: u32::from_le_bytes(number(bytes)?),
            key_length: u32::from_le_bytes(number(bytes)?),
            text_length: u32::from_le_bytes(number(bytes)?),
        };
        Ok((time, head))
    }

    /// Length of what follows the head, in bytes.
    pub(super) fn length(&self) -> usize {
        self.key_length as usize + self.text_length as usize
    }

    /// The event, of which this follows the head.
    pub(super) fn record<'a>(&self, time: Millis, bytes: &'a [u8]) -> StreamRecord<'a> {
        let parts = bytes.split_at_checked(self.key_length as usize);
        let (key_text, text) = parts.unwrap_or_default();
        StreamRecord {
            time,
            key: self.key,
            key_text,
            text,
            end: ObjectEnd {
                close: self.close as usize,
                members: match self.members {
                    0 => Members::None,
                    1 => Members::Others,
                    _ => Members::Added,
                },
            },
            line_length: self.line_length as usize,
            position: self.position,
        }
    }
}

/// Takes the bytes of a number off the front.
fn number<const SIZE: usize>(bytes: &mut &[u8]) -> io::Result<[u8; SIZE]> {
    let (number, rest) = bytes
        .split_first_chunk()
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    *bytes = rest;
    Ok(*number)
}
