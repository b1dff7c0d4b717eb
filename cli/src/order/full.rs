//! Ordering by sorting the whole input.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use extsort::{ExternalSorter, PushExternalSorter, Sortable};

use super::{Place, Sink};
use crate::error::{Error, plain};

/// The most bytes of a line that one sorted piece carries. The sorter bounds the number of what it holds, not its size: with
/// pieces of bounded size, that bounds the memory too.
const PIECE: usize = 512;

/// What a piece costs beyond its bytes, in memory: its fields and the allocator's own.
const PIECE_OVERHEAD: usize = size_of::<Piece>() + 16;

/// The order of two pieces.
type Compare = fn(&Piece, &Piece) -> std::cmp::Ordering;

/// Sorts events by time, those of the same time in the order in which they came; on disk beyond a bound of memory.
pub(crate) struct Full {
    sorter: PushExternalSorter<Piece, Compare>,
    count: u64,
    pieces: u64,
}

/// A line or, when it is long, a part of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    time: i64,
    number: u64,
    /// Number of the part within the line; the pieces of a line come out one after the other.
    part: u32,
    partition: u32,
    is_last: bool,
    bytes: Box<[u8]>,
}

impl Full {
    /// `memory` in bytes; the directory is the system's temporary one unless it is given.
    pub(crate) fn new(memory: u64, directory: Option<PathBuf>) -> Self {
        let pieces = usize::try_from(memory).unwrap_or(usize::MAX) / (PIECE + PIECE_OVERHEAD);
        let mut sorter = ExternalSorter::new().with_segment_size(pieces.max(1));
        if let Some(directory) = directory {
            sorter = sorter.with_sort_dir(directory);
        }
        Self {
            sorter: sorter
                .pushed_by(|a, b| (a.time, a.number, a.part).cmp(&(b.time, b.number, b.part))),
            count: 0,
            pieces: 0,
        }
    }

    pub(crate) fn push(&mut self, place: Place, line: &[u8]) -> Result<(), Error> {
        let mut parts = line.chunks(PIECE).peekable();
        let mut part = 0;
        while let Some(bytes) = parts.next() {
            let piece = Piece {
                time: place.time,
                number: self.count,
                part,
                partition: place.partition as u32,
                is_last: parts.peek().is_none(),
                bytes: bytes.into(),
            };
            self.sorter.push(piece).map_err(|e| unsortable(&e))?;
            self.pieces += 1;
            part += 1;
        }
        self.count += 1;
        Ok(())
    }

    pub(crate) fn finish(self, sink: &mut impl Sink) -> Result<(), Error> {
        let mut line = Vec::new();
        let mut pieces = 0;
        for piece in self.sorter.done().map_err(|e| unsortable(&e))? {
            let piece = piece.map_err(|e| unsortable(&e))?;
            pieces += 1;
            line.extend_from_slice(&piece.bytes);
            if piece.is_last {
                sink.take(piece.partition as usize, &line)?;
                line.clear();
            }
        }
        // The sorter takes a file of its own that was cut off for one that has ended.
        if pieces != self.pieces {
            return Err(Error::failure(format!(
                "cannot sort the input: only {pieces} of {} pieces came back from disk",
                self.pieces
            )));
        }
        Ok(())
    }
}

fn unsortable(error: &io::Error) -> Error {
    Error::failure(format!(
        "cannot sort the input in {}: {}",
        std::env::temp_dir().display(),
        plain(error)
    ))
}

impl Sortable for Piece {
    fn encode<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(&self.time.to_le_bytes())?;
        writer.write_all(&self.number.to_le_bytes())?;
        writer.write_all(&self.part.to_le_bytes())?;
        writer.write_all(&self.partition.to_le_bytes())?;
        writer.write_all(&[u8::from(self.is_last)])?;
        writer.write_all(&(self.bytes.len() as u32).to_le_bytes())?;
        writer.write_all(&self.bytes)
    }

    fn decode<R: Read>(reader: &mut R) -> io::Result<Self> {
        let time = i64::from_le_bytes(array(reader)?);
        let number = u64::from_le_bytes(array(reader)?);
        let part = u32::from_le_bytes(array(reader)?);
        let partition = u32::from_le_bytes(array(reader)?);
        let [is_last] = array(reader)?;
        let length = u32::from_le_bytes(array(reader)?);
        let mut bytes = vec![0; length as usize];
        reader.read_exact(&mut bytes)?;
        Ok(Self {
            time,
            number,
            part,
            partition,
            is_last: is_last != 0,
            bytes: bytes.into(),
        })
    }
}

fn array<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Collected;
    use super::*;

    #[test]
    fn sorts_stably_in_memory_and_on_disk() {
        let lines: Vec<(i64, Vec<u8>)> = (0..2_000_i64)
            .map(|n| {
                let time = (n * 7919) % 100 - 50;
                let length = if n % 500 == 7 {
                    3 * PIECE + 1
                } else {
                    (n % 40) as usize + 1
                };
                (time, format!("{n:length$}").into_bytes())
            })
            .collect();
        let mut expected: Vec<_> = lines.clone();
        expected.sort_by_key(|(time, _)| *time);
        // All in memory, a few files that are peeked at, and many in a heap.
        for memory in [64 << 20, 200_000, 20_000] {
            let mut full = Full::new(memory, None);
            for (time, line) in &lines {
                let place = Place {
                    time: *time,
                    partition: 1,
                };
                full.push(place, line).unwrap();
            }
            let mut out = Collected::default();
            full.finish(&mut out).unwrap();
            assert!(
                out.0
                    .iter()
                    .map(|(_, l)| l)
                    .eq(expected.iter().map(|(_, l)| l))
            );
        }
    }

    #[test]
    fn a_directory_that_is_not_there() {
        let mut full = Full::new(1, Some(PathBuf::from("no/such/directory")));
        let place = Place {
            time: 0,
            partition: 0,
        };
        let error = (0..9)
            .find_map(|_| full.push(place, b"line").err())
            .unwrap();
        assert!(
            error.to_string().ends_with("no such file or directory"),
            "{error}"
        );
    }
}
