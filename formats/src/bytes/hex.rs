//! Hexadecimal digits, written and read.

/// The lowest `N` digits of a number, in lower case.
#[inline]
pub fn digits<const N: usize>(number: u128) -> [u8; N] {
    let mut digits = [0; N];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        let value = rest as u8 & 15;
        *digit = value + if value < 10 { b'0' } else { b'a' - 10 };
        rest >>= 4;
    }
    digits
}

/// Reads a number of 1 to 16 digits; `None` if the text is anything else.
pub fn read(digits: &[u8]) -> Option<u64> {
    // This many digits can't overflow.
    if !(1..=16).contains(&digits.len()) {
        return None;
    }
    digits.iter().try_fold(0, |number, &digit| {
        Some(number << 4 | u64::from(char::from(digit).to_digit(16)?))
    })
}
