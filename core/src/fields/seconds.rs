//! Durations in the output: seconds with up to three decimals.

use sessionize_formats::bytes::decimal;
use sessionize_formats::bytes::text::Writer;
use sessionize_formats::time::Millis;

/// Writes milliseconds as seconds, with as many decimals as it takes.
#[inline(always)]
pub(super) fn write(millis: Millis, out: &mut Writer<'_>) {
    let millis = millis.unsigned_abs();
    // Multiplications instead of divisions, which are slow in WebAssembly; exact below 2³².
    let seconds = if millis < 1 << 32 {
        (millis * 274_877_907) >> 38
    } else {
        millis / 1_000
    };
    decimal::write(seconds, out);
    let rest = (millis - seconds * 1_000) as u32;
    if rest > 0 {
        let hundreds = (rest * 656) >> 16;
        let tens = ((rest - hundreds * 100) * 103) >> 10;
        let ones = rest - hundreds * 100 - tens * 10;
        let digits = [
            b'.',
            hundreds as u8 + b'0',
            tens as u8 + b'0',
            ones as u8 + b'0',
        ];
        let length = match (tens, ones) {
            (0, 0) => 2,
            (_, 0) => 3,
            _ => 4,
        };
        out.part(digits, length);
    }
}

/// Reads seconds as milliseconds; `None` if the text is anything else.
pub(super) fn read(text: &[u8]) -> Option<Millis> {
    let (whole, decimals) = match text.iter().position(|&byte| byte == b'.') {
        Some(point) => (text.get(..point)?, text.get(point + 1..)?),
        None => (text, &b"0"[..]),
    };
    let unit = match decimals.len() {
        1 => 100,
        2 => 10,
        3 => 1,
        _ => return None,
    };
    let millis = decimal::read(whole)?.checked_mul(1_000)?;
    let millis = millis.checked_add(decimal::read(decimals)? * unit)?;
    Millis::try_from(millis).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionize_formats::bytes::text::Text;
    use sessionize_formats::time;
    #[cfg(target_os = "unknown")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn written(millis: Millis) -> String {
        let mut text = Text::new();
        let mut out = text.writer(32);
        write(millis, &mut out);
        out.end();
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn up_to_three_decimals_are_written() {
        let rows = [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (100, "0.1"),
            (1_000, "1"),
            (1_234, "1.234"),
            (43_200_000, "43200"),
            (4_294_967_295, "4294967.295"),
            (4_294_967_296, "4294967.296"),
            (253_402_300_799_999, "253402300799.999"),
            (90_050, "90.05"),
        ];
        for (millis, expected) in rows {
            assert_eq!(written(millis), expected);
        }
    }

    #[test]
    fn up_to_three_decimals_are_read() {
        let rows = [
            ("0", Some(0)),
            ("7", Some(7_000)),
            ("1.5", Some(1_500)),
            ("0.001", Some(1)),
            ("43200.25", Some(43_200_250)),
            ("253402300799.999", Some(time::MAX)),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1.2345", None),
            ("1.2.3", None),
            ("-1", None),
            ("1e3", None),
            ("99999999999999999999", None),
            ("9999999999999999999", None),
        ];
        for (text, millis) in rows {
            assert_eq!(read(text.as_bytes()), millis, "{text}");
        }
    }
}
