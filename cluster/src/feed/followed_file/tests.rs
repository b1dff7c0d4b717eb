use std::io::Write;

use fluvio_future::task::run_block_on;
use tempfile::TempDir;

use super::*;

const PACE: FollowPace = FollowPace {
    poll: Duration::from_millis(1),
    linger: Duration::from_millis(20),
};

struct Log {
    folder: TempDir,
}

impl Log {
    fn new(text: &str) -> Self {
        let log = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::write(log.path("log"), text).unwrap();
        log
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, text: &str) {
        let mut file = File::options().append(true).open(self.path("log")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// The file as a source that knows its name.
    fn source(&self) -> FollowedFile {
        let mut source = FollowedFile::new(&self.path("log"), PACE);
        run_block_on(source.name()).unwrap();
        source
    }
}

/// The lines from a place on until there is nothing for now, and where to go on.
fn read(source: &mut FollowedFile, from: u64) -> (Vec<String>, u64, Then) {
    let mut lines = Vec::new();
    let mut next = from;
    loop {
        let portion = run_block_on(source.read(next)).unwrap();
        next = portion.next;
        for record in portion.records {
            lines.push(String::from_utf8(record.value).unwrap());
        }
        if portion.then != Then::More {
            return (lines, next, portion.then);
        }
    }
}

#[test]
fn a_line_is_read_once_it_has_its_end() {
    let log = Log::new("one\r\ntwo\n\nhal");
    let mut source = log.source();
    let (lines, next, then) = read(&mut source, 0);
    assert_eq!(
        (lines, then),
        (vec!["one".into(), "two".into()], Then::CaughtUp)
    );
    log.append("f\n");
    assert_eq!(read(&mut source, next).0, ["half"]);
}

#[test]
fn what_comes_while_it_is_followed_was_appended_now() {
    let log = Log::new("one\n");
    let mut source = log.source();
    let portion = run_block_on(source.read(0)).unwrap();
    assert_eq!(portion.records[0].appended, None);
    let portion = run_block_on(source.read(4)).unwrap();
    assert_eq!(portion.then, Then::CaughtUp);
    log.append("two\n");
    let portion = run_block_on(source.read(4)).unwrap();
    let appended = portion.records[0].appended.unwrap();
    assert!((now() - appended).abs() < 10_000);
}

#[test]
fn a_rotated_file_is_read_to_its_end_and_the_new_one_follows() {
    let log = Log::new("one\n");
    let mut source = log.source();
    let (_, next, _) = read(&mut source, 0);
    std::fs::rename(log.path("log"), log.path("log.1")).unwrap();
    assert_eq!(read(&mut source, next).2, Then::CaughtUp);
    assert!(source.successor().is_none(), "there is no new file yet");
    // Its writer goes on for a moment.
    let mut old = File::options()
        .append(true)
        .open(log.path("log.1"))
        .unwrap();
    std::fs::write(log.path("log"), "new\n").unwrap();
    let then = read(&mut source, next).2;
    assert_eq!(then, Then::CaughtUp);
    let mut successor = source.successor().unwrap();
    assert!(source.successor().is_none());
    old.write_all(b"two\nthree").unwrap();
    let (lines, next, _) = read(&mut source, next);
    assert_eq!(lines, ["two"]);
    // Nobody ends the last line.
    std::thread::sleep(2 * PACE.linger);
    let (lines, _, then) = read(&mut source, next);
    assert_eq!((lines, then), (vec!["three".into()], Then::End));
    assert_eq!(run_block_on(successor.name()), Ok(Some(name_of(b"new"))));
    assert_eq!(read(&mut successor, 0).0, ["new"]);
}

#[test]
fn a_file_that_begins_anew_is_another_one() {
    for text in ["", "x\n", "another first line that is longer than before\n"] {
        let log = Log::new("one\ntwo\n");
        let mut source = log.source();
        let (_, next, _) = read(&mut source, 0);
        std::fs::write(log.path("log"), text).unwrap();
        assert_eq!(
            run_block_on(source.read(next)).unwrap_err(),
            Failure::Moved,
            "{text:?}"
        );
    }
}

#[test]
fn a_file_is_waited_for_until_it_has_a_line() {
    let log = Log::new("");
    let path = log.path("log");
    std::fs::remove_file(&path).unwrap();
    let mut source = FollowedFile::new(&path, PACE);
    let writing = std::thread::spawn(move || {
        let pause = || std::thread::sleep(Duration::from_millis(5));
        pause();
        std::fs::write(&path, "# comment\nfir").unwrap();
        pause();
        std::fs::write(&path, "# comment\nfirst\n").unwrap();
    });
    assert_eq!(run_block_on(source.name()), Ok(Some(name_of(b"first"))));
    writing.join().unwrap();
}

#[test]
fn a_start_at_the_end_is_behind_the_last_whole_line() {
    let log = Log::new("one\ntwo\nhal");
    assert_eq!(run_block_on(log.source().start(Start::End)), Ok(8));
    assert_eq!(run_block_on(log.source().start(Start::Beginning)), Ok(0));
}

#[test]
fn long_lines_are_read_as_a_whole() {
    let long = "x".repeat(3 * PORTION);
    let log = Log::new(&format!("one\n{long}\ntwo\n"));
    assert_eq!(read(&mut log.source(), 0).0, ["one", &long, "two"]);
}
