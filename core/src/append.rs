//! Copying a few bytes.

/// Appends bytes, of which there are few.
///
/// In WebAssembly a copy whose length is not known when compiling is a `memory.copy`, which in Fluvio's engine is a call out
/// of the module: it costs as much as copying hundreds of bytes. Pieces of known length are moved in registers instead.
#[inline]
pub fn append(out: &mut Vec<u8>, bytes: &[u8]) {
    /// From here on one call costs less than its pieces.
    const MANY: usize = 256;
    if bytes.len() >= MANY {
        out.extend_from_slice(bytes);
        return;
    }
    out.reserve(bytes.len());
    let (chunks, rest) = bytes.as_chunks::<16>();
    for chunk in chunks {
        out.extend_from_slice(chunk);
    }
    let (words, rest) = rest.as_chunks::<4>();
    for word in words {
        out.extend_from_slice(word);
    }
    for &byte in rest {
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn all_bytes_arrive_in_order() {
        let bytes: Vec<u8> = (0..300).map(|i| i as u8).collect();
        for length in 0..bytes.len() {
            let mut out = vec![7];
            append(&mut out, &bytes[..length]);
            assert_eq!(out[0], 7);
            assert_eq!(out[1..], bytes[..length]);
        }
    }
}
