use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn marks_every_byte_at_every_place() {
    for byte in 0..=255 {
        for at in 0..64 {
            let mut block = [b'x'; 64];
            block[at] = byte;
            block[(at + 7) % 64] = b'"';
            for Marks {
                quotes,
                unusual: any,
            } in [marks(&block), words::marks(&block)]
            {
                let quote = u64::from(byte == b'"') << at;
                assert_eq!(quotes, quote | 1 << ((at + 7) % 64), "{byte} at {at}");
                assert_eq!(
                    any,
                    !(0x20..0x80).contains(&byte) || byte == b'\\',
                    "{byte} at {at}"
                );
            }
            let rare = unusual(&block);
            assert_eq!(
                rare.backslashes,
                u64::from(byte == b'\\') << at,
                "{byte} at {at}"
            );
            assert_eq!(
                rare.controls,
                u64::from(byte < 0x20) << at,
                "{byte} at {at}"
            );
            assert_eq!(rare.beyond_ascii, byte >= 0x80, "{byte} at {at}");
        }
    }
}

#[test]
fn finds_a_byte_in_sixteen() {
    for byte in 0..=255 {
        for at in 0..16 {
            let mut chunk = [b'x'; 16];
            chunk[at] = byte;
            for wanted in [b' ', b'"', 0, 0x80, 0xff] {
                let expected = u16::from(byte == wanted) << at;
                assert_eq!(lanes::equal(&chunk, wanted), expected);
                assert_eq!(words::equal(&chunk, wanted), expected);
            }
        }
    }
}

#[test]
fn finds_the_first() {
    for length in 0..70 {
        for at in 0..length {
            let mut text = vec![b'x'; length];
            assert_eq!(find(&text, b' '), None);
            text[at..].fill(b' ');
            assert_eq!(find(&text, b' '), Some(at), "{at} of {length}");
            text[at..].fill(0xa0);
            assert_eq!(find(&text, b' '), None, "{at} of {length}");
        }
    }
    assert_eq!(find(b"", 0), None);
}

/// Otherwise the tests in WebAssembly would test other code than what ships.
#[cfg(target_arch = "wasm32")]
#[test]
fn webassembly_is_tested_with_its_vectors() {
    assert!(cfg!(target_feature = "simd128"));
}
