//! Lines that are processed together.

use crate::processed::Batch;

/// Lines one behind the other in one buffer, which is used again.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    bytes: Vec<u8>,
    /// Where each line ends in the bytes.
    ends: Vec<usize>,
}

impl Lines {
    pub(crate) fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
    }

    /// The lines, for the engine.
    #[cfg(any(feature = "engine", test))]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let line = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            line
        })
    }
}

impl Batch for Lines {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn size(&self) -> usize {
        self.bytes.len()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_as_they_went_in() {
        let mut lines = Lines::default();
        for _ in 0..2 {
            lines.clear();
            assert!(lines.is_empty());
            for line in ["a", "", "bc"] {
                lines.push(line.as_bytes());
            }
            let all: Vec<&[u8]> = lines.iter().collect();
            assert_eq!(all, [&b"a"[..], b"", b"bc"]);
            assert_eq!((lines.len(), lines.size()), (3, 3));
        }
    }
}
