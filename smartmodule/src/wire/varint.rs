//! Zigzag varints, as in Protocol Buffers.

use sessionize_formats::bytes::text::Writer;

/// Appends the varint of a length.
///
/// Fluvio's own encoder is right within 32 bits only. All lengths are within 32 bits, so both write
/// the same bytes.
#[inline]
pub(super) fn put_length(to: &mut Vec<u8>, length: usize) {
    put_zigzag(to, (length as u64) << 1);
}

/// Appends the varint of a signed number.
#[inline]
pub(super) fn put_signed(to: &mut Vec<u8>, number: i64) {
    put_zigzag(to, zigzag(number));
}

#[inline]
fn put_zigzag(to: &mut Vec<u8>, zigzag: u64) {
    let (bytes, size) = encode(zigzag);
    to.extend_from_slice(bytes.get(..size).unwrap_or_default());
}

/// Writes the varint of a length where the writer already has room for it.
#[inline(always)]
pub(super) fn write_length(length: usize, out: &mut Writer<'_>) {
    // Nearly every length of an event is below 8 KiB.
    let zigzag = (length as u64) << 1;
    if zigzag < 0x80 {
        out.bytes([zigzag as u8]);
    } else if zigzag < 0x4000 {
        out.bytes([zigzag as u8 | 0x80, (zigzag >> 7) as u8]);
    } else {
        let (bytes, size) = encode(zigzag);
        out.part(bytes, size);
    }
}

/// The bytes of any number, and their count.
fn encode(mut zigzag: u64) -> ([u8; 16], usize) {
    let mut bytes = [0; 16];
    let mut size = 0;
    for byte in &mut bytes {
        size += 1;
        *byte = zigzag as u8 | 0x80;
        zigzag >>= 7;
        if zigzag == 0 {
            *byte &= 0x7f;
            break;
        }
    }
    (bytes, size)
}

/// The size of the varint of a length, in bytes.
#[inline]
pub(super) const fn length_size(length: usize) -> usize {
    size((length as u64) << 1)
}

/// The size of this many bytes with their length in front, in bytes.
#[inline]
pub(super) const fn prefixed_size(length: usize) -> usize {
    length_size(length) + length
}

/// The size of the varint of a signed number, in bytes.
#[inline]
pub(super) const fn signed_size(number: i64) -> usize {
    size(zigzag(number))
}

#[inline]
const fn size(zigzag: u64) -> usize {
    if zigzag < 0x80 {
        1
    } else if zigzag < 0x4000 {
        2
    } else {
        (64 - zigzag.leading_zeros() as usize).div_ceil(7)
    }
}

#[inline]
const fn zigzag(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

/// Decodes a zigzag-encoded number as Fluvio's decoder does. Its shift keeps the sign, so that
/// beyond 62 bits the sign is the opposite of that in Protocol Buffers. No delta or length is that
/// large.
#[inline]
pub(super) const fn unzigzag(zigzag: u64) -> i64 {
    let zigzag = zigzag.cast_signed();
    (zigzag >> 1) ^ -(zigzag & 1)
}

#[cfg(test)]
mod tests {
    use sessionize_formats::bytes::text::Text;

    use super::super::cursor::Cursor;
    use super::*;

    #[test]
    fn lengths_and_numbers_are_written_in_both_ways_and_read_back() {
        for shift in 0..32 {
            for length in [(1usize << shift) - 1, 1 << shift, (1 << shift) + 1] {
                let mut bytes = Vec::new();
                put_length(&mut bytes, length);
                assert_eq!(bytes.len(), length_size(length), "{length}");
                let mut text = Text::new();
                let mut out = text.writer(bytes.len());
                write_length(length, &mut out);
                out.end();
                assert_eq!(text.as_bytes(), bytes, "{length}");
                assert_eq!(Cursor::new(&bytes).varint(), Some(length as i64));
                for number in [length as i64, -(length as i64)] {
                    let mut bytes = Vec::new();
                    put_signed(&mut bytes, number);
                    assert_eq!(bytes.len(), signed_size(number), "{number}");
                    assert_eq!(Cursor::new(&bytes).varint(), Some(number));
                }
            }
        }
    }
}
