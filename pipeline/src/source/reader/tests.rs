use std::io::{Cursor, Write};
use std::sync::atomic::Ordering;

use flate2::write::GzEncoder;

use super::*;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn content(stored: &[u8]) -> Result<Vec<u8>, String> {
    let progress = Arc::new(AtomicU64::new(0));
    let bytes = Box::new(Cursor::new(stored.to_vec()));
    let mut reader = Reader::new("log".into(), true, bytes, progress.clone()).unwrap();
    let mut content = Vec::new();
    let mut buffer = [0; 1000];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => {
                assert_eq!(progress.load(Ordering::Relaxed), stored.len() as u64);
                return Ok(content);
            }
            Ok(count) => content.extend_from_slice(&buffer[..count]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[test]
fn plain_and_gzip_by_their_first_bytes() {
    let long = b"line\n".repeat(10_000);
    let two = [gzip(b"one\n"), gzip(b"two\n")].concat();
    let padded = [&gzip(b"one\n") as &[u8], &[0; 300_000]].concat();
    let rows: [(&str, &[u8], &[u8]); 7] = [
        ("padded with zeros", &padded, b"one\n"),
        ("empty", b"", b""),
        ("one byte", b"\x1f", b"\x1f"),
        ("plain", &long, &long),
        ("gzip", &gzip(&long), &long),
        ("two members", &two, b"one\ntwo\n"),
        ("empty gzip", &gzip(b""), b""),
    ];
    for (name, stored, expected) in rows {
        assert_eq!(content(stored).as_deref(), Ok(expected), "{name}");
    }
}

#[test]
fn damaged_gzip_is_located() {
    let good = gzip(&b"line\n".repeat(10));
    let mut wrong_sum = good.clone();
    wrong_sum[good.len() - 5] ^= 1;
    let end = good.len();
    let rows = [
        (
            "cut off",
            good[..20].to_vec(),
            "gzip cut off at byte 20".into(),
        ),
        (
            "no gzip after all",
            b"\x1f\x8bnothing of the kind".to_vec(),
            "corrupt gzip at byte 10".into(),
        ),
        ("sum", wrong_sum, format!("corrupt gzip at byte {end}")),
        (
            "something behind it",
            [&good as &[u8], b"something behind it"].concat(),
            format!("corrupt gzip at byte {}", end + 10),
        ),
        (
            "something behind its padding",
            [&good as &[u8], &[0; 100], b"x"].concat(),
            format!("corrupt gzip at byte {}", end + 100),
        ),
    ];
    for (name, stored, expected) in rows {
        assert_eq!(
            content(&stored),
            Err(format!("cannot read log: {expected}")),
            "{name}"
        );
    }
}
