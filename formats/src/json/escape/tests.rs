use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn the_length_is_told_before() {
    let all: Vec<u8> = (0..128).collect();
    for text in [&b""[..], b"plain", b"\"\\\n", b"\0\x1f", &all] {
        let mut out = Text::new();
        write_escaped(text, &mut out);
        assert_eq!(escaped_length(text), out.as_bytes().len(), "{text:?}");
    }
}
