use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use fluvio_future::task::run_block_on;

use super::*;

fn source(path: &Path, keep: usize) -> FileSource {
    let opened = Opened::new(&Input::from_argument(path), keep).unwrap();
    FileSource::new(Arc::new(Mutex::new(opened)))
}

/// Offsets and lines from a place on, to the end.
fn lines(source: &mut FileSource, from: u64) -> Vec<(u64, String)> {
    let mut lines = Vec::new();
    let mut next = from;
    loop {
        let portion = run_block_on(source.read(next)).unwrap();
        assert_eq!(portion.failure, None);
        for record in portion.records {
            assert_eq!(record.appended, None);
            lines.push((record.offset, String::from_utf8(record.value).unwrap()));
        }
        next = portion.next;
        if portion.then == Then::End {
            return lines;
        }
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_file_is_the_same_when_it_is_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"# a comment\n\nfirst\nsecond\n\nlast";
    let mut names = Vec::new();
    for (name, bytes) in [("a.log", text.to_vec()), ("a.log.gz", gzip(text))] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut source = source(&path, 0);
        names.push(run_block_on(source.name()).unwrap());
        let expected = [
            (0, "# a comment"),
            (13, "first"),
            (19, "second"),
            (27, "last"),
        ];
        let expected = expected.map(|(at, line)| (at, line.to_owned()));
        assert_eq!(lines(&mut source, 0), expected);
        let mut again = self::source(&path, 0);
        assert_eq!(lines(&mut again, 19), expected[2..]);
    }
    assert_eq!(names[0], names[1]);
    assert_eq!(names[0], Some(name_of(b"first")));
}

#[test]
fn a_file_without_events_has_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    for text in ["", "\n\n", "# only a comment\n"] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(run_block_on(source(&path, 0).name()), Ok(None));
    }
}

#[test]
fn a_start_at_the_end_is_behind_the_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, "one\ntwo\n").unwrap();
    let mut source = source(&path, 0);
    assert_eq!(run_block_on(source.start(Start::Beginning)), Ok(0));
    assert_eq!(run_block_on(source.start(Start::End)), Ok(8));
}

#[test]
fn what_a_pipe_gave_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, "one\ntwo\nthree\n").unwrap();
    let mut source = source(&path, 1_000);
    assert_eq!(lines(&mut source, 0).len(), 3);
    assert_eq!(lines(&mut source, 4).len(), 2);
    assert_eq!(lines(&mut source, 0).len(), 3);
}

#[test]
fn a_damaged_file_ends_with_its_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log.gz");
    let mut bytes = gzip(b"one\ntwo\n");
    bytes.truncate(bytes.len() - 6);
    std::fs::write(&path, bytes).unwrap();
    let mut source = source(&path, 0);
    let mut next = 0;
    let failure = loop {
        let portion = run_block_on(source.read(next)).unwrap();
        next = portion.next;
        if portion.then == Then::End {
            break portion.failure.unwrap();
        }
    };
    let path = path.display();
    assert!(
        failure.starts_with(&format!("cannot read {path}: gzip cut off at byte ")),
        "{failure}"
    );
}
