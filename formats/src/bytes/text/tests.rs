use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn texts_of_every_length() {
    let long: Vec<u8> = (0..1_500).map(|i| (i % 251) as u8).collect();
    let mut text = Text::new();
    for length in (0..=700).chain([1_400]) {
        text.clear();
        text.push(b"before");
        text.push(&long[..length]);
        text.push(b"behind");
        assert_eq!(
            text.as_bytes(),
            [b"before", &long[..length], b"behind"].concat()
        );
    }
}

#[test]
fn what_a_piece_has_too_much_is_written_over() {
    let mut text = Text::new();
    let mut writer = text.writer(8);
    writer.part(*b"12345678", 3);
    writer.label(&Label::<1>::new(&[b"la", b"bel:"]), 1);
    writer.bytes(*b"x");
    assert_eq!(writer.at(), 9);
    writer.end();
    assert_eq!(text.as_bytes(), b"123labelx");
}

#[test]
fn parts_of_every_length() {
    let long: Vec<u8> = (0..=255).collect();
    for start in (0..256).step_by(7) {
        for end in start..=256 {
            let mut text = Text::new();
            let mut writer = text.writer(end - start);
            writer.part_of(&long, start..end);
            writer.end();
            assert_eq!(text.as_bytes(), &long[start..end]);
        }
    }
}

#[test]
fn what_is_not_ended_is_not_written() {
    let mut text = Text::new();
    text.push(b"abc");
    text.writer(3).text(b"def");
    assert_eq!(text.as_bytes(), b"abc");
}
