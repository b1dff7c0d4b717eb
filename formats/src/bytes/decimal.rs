//! Decimal digits without divisions.
//!
//! WebAssembly leaves divisions by constants to the engine, and the engine leaves them to the
//! processor, where each takes as long as some ten multiplications. So the digits are split here by
//! multiplying with reciprocals, several at once.

use crate::bytes::text::Writer;

const HUNDRED_MILLION: u64 = 100_000_000;

/// The most digits of a number.
pub const MOST: usize = 20;

/// Writes a number's decimal digits. Best for one below 10^8.
#[inline(always)]
pub fn write(number: u64, out: &mut Writer<'_>) {
    if number < HUNDRED_MILLION {
        write_short(number as u32, out);
    } else {
        write_long(number, out);
    }
}

/// Writes a number's decimal digits. Best for one from 10^8 on.
#[inline(always)]
pub fn write_long(number: u64, out: &mut Writer<'_>) {
    out.with(|room| long(number, room));
}

/// Writes a number into room for at least [`MOST`] digits, and returns how many it has.
#[inline(never)]
fn long(number: u64, room: &mut [u8]) -> usize {
    let mut length = 0;
    let mut out = Writer::on(room, &mut length);
    let high = hundred_millions(number);
    if high == 0 {
        write_short(number as u32, &mut out);
    } else {
        let higher = hundred_millions(high);
        if higher == 0 {
            write_short(high as u32, &mut out);
        } else {
            write_short(higher as u32, &mut out);
            write_eight((high - higher * HUNDRED_MILLION) as u32, &mut out);
        }
        write_eight((number - high * HUNDRED_MILLION) as u32, &mut out);
    }
    out.end();
    length
}

/// Writes the digits of a number below 10^8.
#[inline(always)]
fn write_short(number: u32, out: &mut Writer<'_>) {
    let digits = eight_digits(number);
    // The first digit is the lowest byte. Leading zeros are cut off, except the last digit of 0
    // itself.
    let zeros = (digits.trailing_zeros() / 8).min(7);
    let shifted = (digits | ZEROS) >> (8 * zeros);
    out.part(shifted.to_le_bytes(), 8 - zeros as usize);
}

/// Writes the digits of a number below 10^8, with the zeros before it.
#[inline(always)]
fn write_eight(number: u32, out: &mut Writer<'_>) {
    out.bytes((eight_digits(number) | ZEROS).to_le_bytes());
}

/// Reads a number of 1 to 19 digits; `None` if the text is anything else.
pub fn read(digits: &[u8]) -> Option<u64> {
    // This many digits can't overflow.
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        let value = digit.wrapping_sub(b'0');
        if value > 9 {
            return None;
        }
        number = number * 10 + u64::from(value);
    }
    Some(number)
}

/// `00000000`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The digits of a number below 10^8 with the zeros before it, a byte each, the first one lowest.
fn eight_digits(number: u32) -> u64 {
    let high = (u64::from(number) * 109_951_163) >> 40;
    let low = u64::from(number) - high * 10_000;
    // Two numbers of four digits, then four of two, then eight of one: each step splits all of them
    // at once. The masks remove what a quotient leaves in the bits of its neighbour.
    let fours = high | low << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

/// The number divided by 10^8.
fn hundred_millions(number: u64) -> u64 {
    // The product with a rounded reciprocal is off by one at most, and the remainder tells whether
    // it is.
    let quotient = (number as f64 * 1e-8) as u64;
    let rest = number.wrapping_sub(quotient * HUNDRED_MILLION);
    match rest.cast_signed() {
        ..0 => quotient - 1,
        rest => quotient + u64::from(rest >= HUNDRED_MILLION.cast_signed()),
    }
}

#[cfg(test)]
mod tests;
