use super::*;
use crate::record::SourcePosition;

/// The bytes and the position of an event.
type Event = (i64, Vec<u8>, Vec<u8>, SourcePosition);

fn push(sort: &mut ExternalSort, (time, key, line, position): &Event) -> Result<(), Error> {
    sort.push(&StreamRecord {
        time: *time,
        key,
        line,
        position: *position,
    })
}

#[test]
fn sorts_stably_in_memory_and_on_disk() {
    let events: Vec<Event> = (0..2_000_i64)
        .map(|n| {
            let time = (n * 7919) % 100 - 50;
            let length = if n % 500 == 7 {
                300_000
            } else {
                (n % 40) as usize + 1
            };
            let key = "k".repeat(n as usize % 5).into_bytes();
            let line = format!("{n} {}", "x".repeat(length)).into_bytes();
            let position = SourcePosition {
                input: n as u32 % 3,
                byte: n as u64 * 1_000_000_007,
            };
            (time, key, line, position)
        })
        .collect();
    let mut expected = events.clone();
    expected.sort_by_key(|(time, ..)| *time);
    let folder = tempfile::tempdir().unwrap();
    // All in memory, a few runs, many, and one for each event.
    for memory in [64 << 20, 700_000, 20_000, 1] {
        let mut sort = ExternalSort::new(memory, folder.path().to_owned());
        for event in &events {
            push(&mut sort, event).unwrap();
            assert_eq!(sort.pop().unwrap(), None, "nothing before the end");
        }
        assert_eq!(sort.spill.is_some(), memory < 64 << 20);
        // What is on disk has no name that could be left behind.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        sort.finish().unwrap();
        let mut out: Vec<Event> = Vec::new();
        while let Some(Released { record, ahead_of }) = sort.pop().unwrap() {
            assert_eq!(ahead_of, None);
            let (key, line) = (record.key.to_vec(), record.line.to_vec());
            out.push((record.time, key, line, record.position));
        }
        assert!(out == expected, "{memory}");
    }
}

#[test]
fn a_folder_that_is_not_there() {
    let mut sort = ExternalSort::new(1, PathBuf::from("no/such/folder"));
    let event = (0, Vec::new(), b"line".to_vec(), SourcePosition::default());
    let error = (0..9).find_map(|_| push(&mut sort, &event).err()).unwrap();
    assert_eq!(
        error.to_string(),
        "cannot sort the input in the temporary folder no/such/folder: no such file or directory"
    );
}
