//! Short copies.
//!
//! In WebAssembly, copying a slice of a length that the compiler does not know is a call to the engine, which costs more than a
//! hundred instructions there, however short the slice. Outputs are put together from some fifty texts of a few bytes, so that these
//! calls would be most of the work. Copies of a known length are single instructions.

/// The longest text that is worth copying piece by piece: about where a call costs the same.
const SHORT: usize = 128;

/// Appends a text; for short ones, many times faster in WebAssembly than `extend_from_slice`.
#[inline]
pub fn append(text: &[u8], out: &mut Vec<u8>) {
    if text.len() > SHORT {
        out.extend_from_slice(text);
        return;
    }
    let (chunks, mut rest) = text.as_chunks::<16>();
    for chunk in chunks {
        out.extend_from_slice(chunk);
    }
    if let Some((chunk, after)) = rest.split_first_chunk::<8>() {
        out.extend_from_slice(chunk);
        rest = after;
    }
    if let Some((chunk, after)) = rest.split_first_chunk::<4>() {
        out.extend_from_slice(chunk);
        rest = after;
    }
    if let Some((chunk, after)) = rest.split_first_chunk::<2>() {
        out.extend_from_slice(chunk);
        rest = after;
    }
    if let [byte] = rest {
        out.push(*byte);
    }
}

/// Appends the part of a text from `start` to before `end`. Faster than [`append`], as what comes after that part can be
/// copied along and cut off again.
#[inline(always)]
pub(crate) fn append_part(text: &[u8], start: usize, end: usize, out: &mut Vec<u8>) {
    let Some(part) = text.get(start..end) else {
        return;
    };
    if part.len() > SHORT {
        out.extend_from_slice(part);
        return;
    }
    let mut at = start;
    while at < end {
        match text.get(at..).map(<[u8]>::first_chunk::<16>) {
            Some(Some(chunk)) => out.extend_from_slice(chunk),
            _ => {
                // At most 15 bytes from the end.
                append(text.get(at..end).unwrap_or_default(), out);
                return;
            }
        }
        at += 16;
    }
    out.truncate(out.len() - (at - end));
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn copies_every_length_from_every_place() {
        let text: Vec<u8> = (0..=255).collect();
        for start in (0..256).rev().step_by(7) {
            for end in start..=256 {
                let mut out = b"before".to_vec();
                append(&text[start..end], &mut out);
                append_part(&text, start, end, &mut out);
                append_part(&text[..end], start, end, &mut out);
                let part = &text[start..end];
                assert_eq!(
                    out,
                    [b"before", part, part, part].concat(),
                    "{start}..{end}"
                );
            }
        }
        let mut out = Vec::new();
        append_part(b"abc", 2, 4, &mut out);
        append_part(b"abc", 2, 1, &mut out);
        append_part(b"abc", 4, 5, &mut out);
        assert_eq!(out, b"");
    }
}
