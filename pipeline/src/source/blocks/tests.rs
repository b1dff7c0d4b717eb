use std::io::Cursor;
use std::sync::Arc;

use super::*;

fn lines(content: &[u8]) -> Vec<Vec<u8>> {
    let bytes = Box::new(Cursor::new(content.to_vec()));
    let reader = Reader::new("log".into(), true, bytes, Arc::default()).unwrap();
    let mut blocks = BlockReader::new(reader, 7);
    let mut lines = Vec::new();
    let mut block = Block::default();
    while let Some(next) = blocks.next(block).unwrap() {
        for line in next.lines() {
            let SourcePosition { input, byte } = line.position;
            assert_eq!(input, 7);
            assert!(
                content[byte as usize..].starts_with(line.text),
                "line at {byte}"
            );
            lines.push(line.text.to_vec());
        }
        block = next;
    }
    lines
}

#[test]
fn line_ends() {
    let rows = [
        ("empty", "", vec![]),
        ("one", "a\n", vec!["a"]),
        ("last one without an end", "a\nb", vec!["a", "b"]),
        ("windows", "a\r\nb\r\n", vec!["a", "b"]),
        ("windows, cut", "a\r\nb\r", vec!["a", "b"]),
        ("blank ones", "\n\na\n \t\r\n\nb\n\n", vec!["a", "b"]),
        ("blanks inside", " a b \n", vec![" a b "]),
        ("a NUL", "\0\n", vec!["\0"]),
    ];
    for (name, content, expected) in rows {
        let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
        assert_eq!(lines(content.as_bytes()), expected, "{name}");
    }
    assert_eq!(lines(b"\xff\n"), [b"\xff"]);
}

#[test]
fn carriage_returns_alone() {
    let rows = [
        ("old Macs", "a\rb\rc\r", vec!["a", "b", "c"]),
        ("without the last end", "a\rb", vec!["a", "b"]),
        ("one at the very end", "a\r", vec!["a"]),
        ("a stray one", "a\rb\nc\n", vec!["a\rb", "c"]),
        ("a stray one, later", "a\nb\rc\n", vec!["a", "b\rc"]),
    ];
    for (name, content, expected) in rows {
        let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
        assert_eq!(lines(content.as_bytes()), expected, "{name}");
    }
    let many = b"line\r".repeat(3 * BLOCK_SIZE / 5);
    let lines_of_many = lines(&many);
    assert_eq!(lines_of_many.len(), 3 * BLOCK_SIZE / 5);
    assert!(lines_of_many.iter().all(|line| line == b"line"));
}

#[test]
fn a_windows_line_as_long_as_what_is_looked_at() {
    let long = [&[b'x'; LOOKED_AT - 1] as &[u8], b"\r"].concat();
    assert!(LineEnds::of(&long, false) == LineEnds::LineFeed);
    let long = [&[b'x'; LOOKED_AT] as &[u8], b"\r\nb\r\n"].concat();
    assert_eq!(lines(&long).len(), 2);
}

#[test]
fn lines_across_blocks() {
    for length in [1, 99, BLOCK_SIZE - 1, BLOCK_SIZE, 3 * BLOCK_SIZE + 7] {
        let count = 2 * BLOCK_SIZE / length + 3;
        let line = vec![b'x'; length];
        let mut content = Vec::new();
        for _ in 0..count {
            content.extend_from_slice(&line);
            content.push(b'\n');
        }
        let lines = lines(&content);
        assert_eq!(lines.len(), count, "length {length}");
        assert!(lines.iter().all(|l| *l == line), "length {length}");
    }
}

#[test]
fn a_line_without_end_is_cut() {
    let content = vec![b'x'; 2 * MAX_LINE + 5];
    let lines = lines(&content);
    assert!(lines.iter().all(|l| l.len() <= MAX_LINE + BLOCK_SIZE));
    assert_eq!(lines.concat(), content);
    assert!(lines.len() <= 3);
}
