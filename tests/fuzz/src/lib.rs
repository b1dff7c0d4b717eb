//! What the fuzz targets share.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

static BYTES: AtomicU64 = AtomicU64::new(0);

/// Counts the bytes that a target has read, and prints the sum at every tenth of a megabyte.
pub fn count(data: &[u8]) {
    const STEP: u64 = 100_000;
    let length = data.len() as u64;
    let before = BYTES.fetch_add(length, Ordering::Relaxed);
    let after = before + length;
    if before / STEP != after / STEP {
        eprintln!("{after} bytes read");
    }
}

/// The members of a JSON object. Panics if serde_json does not read the text as one.
pub fn object(text: &[u8]) -> Map<String, Value> {
    match serde_json::from_slice(text) {
        Ok(object) => object,
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(text)),
    }
}

/// Checks that serde_json, too, reads a text as one JSON value.
///
/// It skips values without reading numbers: a number beyond any double is valid JSON.
pub fn assert_json(text: &[u8]) {
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        panic!("{error}: {}", String::from_utf8_lossy(text));
    }
}

/// Splits an input at its first newline; without one, the second part is empty.
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let end = end.unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}
