//! Reading numbers and bytes off the front of a slice.

use super::varint::unzigzag;

/// The bytes that are left to read. Every method takes from the front, or gives `None` if the bytes
/// end too early.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline]
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    #[inline]
    pub(super) const fn remaining(&self) -> usize {
        self.0.len()
    }

    /// The bytes read since `earlier`, a copy of this cursor.
    #[inline]
    pub(super) fn since(&self, earlier: Self) -> &'a [u8] {
        let read = earlier.0.len().saturating_sub(self.0.len());
        earlier.0.get(..read).unwrap_or_default()
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    #[inline]
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    #[inline]
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    #[inline]
    pub(super) fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_be_bytes)
    }

    #[inline]
    pub(super) fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    #[inline]
    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// The tag of an optional part; anything but 0 and 1 is damage.
    #[inline]
    pub(super) fn bool(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A varint. Deltas and the lengths of keys take one byte, those of values two: these have
    /// paths of their own.
    #[inline]
    pub(super) fn varint(&mut self) -> Option<i64> {
        match *self.0 {
            [low, ref rest @ ..] if low < 0x80 => {
                self.0 = rest;
                Some(unzigzag(u64::from(low)))
            }
            [low, high, ref rest @ ..] if high < 0x80 => {
                self.0 = rest;
                Some(unzigzag(u64::from(low & 0x7f) | u64::from(high) << 7))
            }
            _ => self.long_varint(),
        }
    }

    #[cold]
    #[inline(never)]
    fn long_varint(&mut self) -> Option<i64> {
        const MOST_BYTES: usize = 10;
        let mut zigzag = 0;
        for place in 0..MOST_BYTES {
            let byte = self.u8()?;
            // The tenth byte has room for one bit; higher bits are dropped, as in Fluvio's decoder.
            zigzag |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Some(unzigzag(zigzag));
            }
        }
        None
    }

    /// Bytes after their length as a varint.
    #[inline]
    pub(super) fn varint_bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        self.bytes(length)
    }

    /// Bytes after their length as four bytes; a negative length counts as 0, as in Fluvio's
    /// decoder.
    pub(super) fn i32_bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.i32()?).unwrap_or(0);
        self.bytes(length)
    }
}
