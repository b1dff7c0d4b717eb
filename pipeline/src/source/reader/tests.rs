use std::io::{Cursor, Write};
use std::sync::atomic::Ordering;

use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;

use super::*;

/// The content in each format.
fn compressed(content: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(content).unwrap();
    let mut bzip2 = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(content).unwrap();
    [
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd_of(content)),
        ("bzip2", bzip2.finish().unwrap()),
        ("xz", liblzma::encode_all(content, 1).unwrap()),
    ]
}

/// The content as the zstd program writes it, with a sum at its end.
fn zstd_of(content: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The content of an input, as far as it can be read, and what went wrong then.
fn read(stored: &[u8]) -> (Vec<u8>, Option<String>) {
    let progress = Arc::new(AtomicU64::new(0));
    let bytes = Box::new(Cursor::new(stored.to_vec()));
    let mut reader = Reader::new("log".into(), true, bytes, progress.clone()).unwrap();
    let mut content = Vec::new();
    let mut buffer = [0; 100_000];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => {
                assert_eq!(progress.load(Ordering::Relaxed), stored.len() as u64);
                return (content, None);
            }
            Ok(count) => content.extend_from_slice(&buffer[..count]),
            Err(error) => return (content, Some(error.to_string())),
        }
    }
}

#[test]
fn plain() {
    let long = b"line\n".repeat(10_000);
    for stored in [b"" as &[u8], b"\x1f", b"\x28\xb5\x2f", b"BZh91AY", &long] {
        assert!(read(stored) == (stored.to_vec(), None), "{stored:?}");
    }
}

#[test]
fn compressed_by_the_first_bytes() {
    let long: Vec<u8> = (0..200_000_u32)
        .flat_map(|n| format!("{n}\n").into_bytes())
        .collect();
    for content in [b"" as &[u8], b"one\n", &long] {
        for (name, stored) in compressed(content) {
            assert!(read(&stored) == (content.to_vec(), None), "{name}");
        }
    }
}

#[test]
fn several_members_and_padding() {
    let (one, two) = (compressed(b"one\n"), compressed(b"two\n"));
    for ((name, one), (_, two)) in one.into_iter().zip(two) {
        let padding = vec![0; 300_000];
        let whole = [one, two, padding].concat();
        assert!(read(&whole) == (b"one\ntwo\n".to_vec(), None), "{name}");
    }
}

#[test]
fn frames_without_content() {
    let skipped = b"\x50\x2a\x4d\x18\x04\0\0\0abcd" as &[u8];
    let stored = [
        skipped,
        &zstd_of(b"one\n"),
        skipped,
        &zstd_of(b"two\n"),
        skipped,
    ]
    .concat();
    assert_eq!(read(&stored), (b"one\ntwo\n".to_vec(), None));
}

/// The longest piece that may be lost in front of what is damaged.
const PIECE: usize = 8 << 10;

#[test]
fn what_stands_in_front_of_damage_is_read() {
    // Text that does not compress well, so that there are many blocks, of which bzip2's are
    // 100,000 bytes long here.
    let content: Vec<u8> = (0..100_000_u64)
        .flat_map(|n| format!("{:x}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    for (name, mut stored) in compressed(&content) {
        let middle = stored.len() / 2;
        let (before, error) = read(&stored[..middle]);
        let expected = format!("cannot read log: {name} cut off at byte {middle}");
        assert_eq!(error, Some(expected));
        assert!(content.starts_with(&before), "{name}");
        assert!(before.len() > content.len() / 3, "{name}: {}", before.len());

        stored[middle..middle + 64].fill(0xff);
        let (before, error) = read(&stored);
        let error = error.unwrap();
        let position = error.strip_prefix(&format!("cannot read log: corrupt {name} at byte "));
        let position: usize = position
            .unwrap_or_else(|| panic!("{error}"))
            .parse()
            .unwrap();
        assert!(
            (middle..=stored.len()).contains(&position),
            "{name}: {position}"
        );
        // A sum that is wrong is found behind what it is the sum of.
        let is_intact = before.len() < content.len() && content.starts_with(&before);
        assert!(is_intact || before.len() > content.len() / 3, "{name}");
        assert!(
            before.len() + PIECE > content.len() / 3,
            "{name}: {}",
            before.len()
        );
    }
}

#[test]
fn damage_is_located() {
    for (name, good) in compressed(&b"line\n".repeat(10)) {
        let end = good.len();
        let behind = |rest: &[u8]| [&good as &[u8], rest].concat();
        let mut wrong_sum = good.clone();
        wrong_sum[end - 2] ^= 1;
        let rows = [
            ("cut off", good[..20].to_vec(), 20..=20, "cut off"),
            ("sum", wrong_sum, 4..=end, "corrupt"),
            (
                "something behind it",
                behind(b"something behind it"),
                end..=end + 19,
                "corrupt",
            ),
            (
                "something behind its padding",
                behind(&[vec![0; 100], b"x".to_vec()].concat()),
                end + 100..=end + 100,
                "corrupt",
            ),
        ];
        for (case, stored, positions, damage) in rows {
            let (content, error) = read(&stored);
            let error = error.unwrap();
            let (said, position) = error.rsplit_once(" at byte ").unwrap();
            let damage = match damage {
                "corrupt" => format!("corrupt {name}"),
                _ => format!("{name} {damage}"),
            };
            assert_eq!(said, format!("cannot read log: {damage}"), "{case}");
            let position: usize = position.parse().unwrap();
            assert!(positions.contains(&position), "{name}, {case}: {position}");
            if case.starts_with("something") {
                assert_eq!(content, b"line\n".repeat(10), "{name}, {case}");
            }
        }
    }
}

#[test]
fn nothing_of_the_kind_after_all() {
    let rows: [(&[u8], &str); 4] = [
        (b"\x1f\x8bnothing of the kind", "corrupt gzip at byte 10"),
        (b"\x28\xb5\x2f\xfdnothing", "corrupt zstd at byte "),
        (b"BZh91AY&SYnothing of the kind", "corrupt bzip2 at byte "),
        (b"\xfd7zXZ\0nothing of the kind", "corrupt xz at byte "),
    ];
    for (stored, expected) in rows {
        let (content, error) = read(stored);
        assert_eq!(content, b"");
        let error = error.unwrap();
        assert!(
            error.starts_with(&format!("cannot read log: {expected}")),
            "{error}"
        );
    }
}

/// Gives the bytes of a stream one at a time, and fails in the end.
struct Dripping(Cursor<Vec<u8>>);

impl Read for Dripping {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into.get_mut(..1).unwrap_or_default())? {
            0 => Err(io::Error::other("Disk on fire")),
            count => Ok(count),
        }
    }
}

#[test]
fn a_disk_that_fails_is_no_damage() {
    for (name, mut stored) in compressed(&b"line\n".repeat(1_000)) {
        stored.pop();
        let bytes = Box::new(Dripping(Cursor::new(stored)));
        let mut reader = Reader::new("log".into(), true, bytes, Arc::default()).unwrap();
        let mut buffer = [0; 100];
        let error = loop {
            match reader.read(&mut buffer) {
                Ok(count) => assert!(count > 0, "{name}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "cannot read log: disk on fire", "{name}");
    }
}
