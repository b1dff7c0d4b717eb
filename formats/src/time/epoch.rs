//! Epoch numbers, whose magnitude decides the unit.

use super::error::Reason;
use super::millis::{MAX, Millis};

/// Reads a decimal number digit by digit: a float holds a time in nanoseconds only to within about
/// 256 ns, and a time in seconds would have to be rounded.
pub(super) fn parse(text: &[u8]) -> Result<Millis, Reason> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let (whole, rest) = digits(unsigned);
    if whole.is_empty() {
        return Err(Reason::Syntax);
    }
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => match digits(rest) {
            ([], _) => return Err(Reason::Syntax),
            found => found,
        },
        _ => (&[][..], rest),
    };
    let exponent = match rest {
        [] => 0,
        [b'e' | b'E', rest @ ..] => exponent(rest)?,
        _ => return Err(Reason::Syntax),
    };
    let magnitude = Decimal {
        whole,
        fraction,
        exponent,
    }
    .to_millis()?;
    // A negative number is never a time, but `-0` is zero.
    if negative && !whole.iter().chain(fraction).all(|&digit| digit == b'0') {
        return Err(Reason::Range);
    }
    Ok(magnitude)
}

/// The leading digits of a text, and what follows them.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, &[]))
}

fn exponent(text: &[u8]) -> Result<i64, Reason> {
    let (sign, text) = match text {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, text),
    };
    match digits(text) {
        ([], _) | (_, [_, ..]) => Err(Reason::Syntax),
        // A saturated exponent is far out of range whatever the digits are, unless they are all
        // zeros, for which it does not matter.
        (digits, []) => Ok(sign
            * digits.iter().fold(0, |n: i64, &digit| {
                (n * 10 + i64::from(digit - b'0')).min(1 << 40)
            })),
    }
}

/// `whole.fraction` times ten to the exponent.
struct Decimal<'r> {
    whole: &'r [u8],
    fraction: &'r [u8],
    exponent: i64,
}

impl Decimal<'_> {
    fn to_millis(&self) -> Result<Millis, Reason> {
        let mut digits = self.whole.iter().chain(self.fraction);
        // Without leading zeros, the number of digits before the point is the magnitude.
        let zeros = digits.by_ref().take_while(|&&digit| digit == b'0').count() as i64;
        let before_point = self.whole.len() as i64 + self.exponent - zeros;
        let taken = before_point
            + match before_point {
                ..=11 => 3,
                12..=14 => 0,
                15..=17 => -3,
                _ => -6,
            };
        // `take_while` has consumed the first significant digit.
        let mut digits = self
            .whole
            .iter()
            .chain(self.fraction)
            .skip(zeros as usize)
            .peekable();
        if digits.peek().is_none() || taken <= 0 {
            return Ok(0);
        }
        let mut millis: Millis = 0;
        for _ in 0..taken {
            let digit = digits.next().map_or(0, |digit| digit - b'0');
            millis = millis * 10 + i64::from(digit);
            if millis > MAX {
                return Err(Reason::Range);
            }
        }
        Ok(millis)
    }
}
