use super::*;
use crate::bytes::text::Text;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn digits(number: u64) -> String {
    let mut text = Text::new();
    let mut out = text.writer(2 * MOST);
    write(number, &mut out);
    let end = out.at();
    write_long(number, &mut out);
    out.end();
    let (one, other) = text.as_bytes().split_at(end);
    assert_eq!(one, other);
    String::from_utf8(one.to_vec()).unwrap()
}

#[test]
fn writes_numbers_of_every_length() {
    let mut power = 1u64;
    for _ in 0..20 {
        for near in 0..12 {
            for number in [
                power.wrapping_sub(near),
                power + near,
                power.wrapping_mul(near),
            ] {
                assert_eq!(digits(number), number.to_string());
            }
        }
        power = power.saturating_mul(10);
    }
    for number in [
        0,
        1_437_555_628_019,
        u64::MAX,
        u64::MAX - 1,
        1 << 53,
        (1 << 53) + 1,
    ] {
        assert_eq!(digits(number), number.to_string());
    }
}

#[test]
fn reads_nothing_but_digits() {
    for text in [
        "",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "1 ",
        "x",
        "00000000000000000000",
    ] {
        assert_eq!(read(text.as_bytes()), None, "{text}");
    }
    assert_eq!(read(b"007"), Some(7));
}

#[test]
fn splits_every_group_of_four_digits() {
    for number in 0..10_000 {
        assert_eq!(digits(number), number.to_string());
        assert_eq!(digits(number * 10_001), (number * 10_001).to_string());
        let wide = 99_999_999 - number * 10_000;
        assert_eq!(digits(wide), wide.to_string());
    }
}

#[cfg(not(target_os = "unknown"))]
proptest::proptest! {
    #[test]
    fn agrees_with_std(number: u64, shift in 0..64) {
        let number = number >> shift;
        proptest::prop_assert_eq!(digits(number), number.to_string());
        let read = (number < 10_000_000_000_000_000_000).then_some(number);
        proptest::prop_assert_eq!(super::read(digits(number).as_bytes()), read);
    }
}
