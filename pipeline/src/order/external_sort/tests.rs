use sessionize_core::key::Key;
use sessionize_core::output::{Members, ObjectEnd};

use super::*;
use crate::record::SourcePosition;

/// The texts of an event and of its key, and what else is known of it.
type Event = (Vec<u8>, Vec<u8>, StreamRecord<'static>);

fn push(sort: &mut ExternalSort, (key_text, text, record): &Event) -> Result<(), Error> {
    sort.push(&StreamRecord {
        key_text,
        text,
        ..*record
    })
}

fn event(n: i64) -> Event {
    let length = if n % 500 == 7 {
        300_000
    } else {
        (n % 40) as usize + 1
    };
    let record = StreamRecord {
        time: (n * 7919) % 100 - 50,
        key: Key::from_parts(u128::MAX - n as u128, n % 2 == 0),
        key_text: b"",
        text: b"",
        end: ObjectEnd {
            close: n as usize,
            members: [Members::None, Members::Others, Members::Added][n as usize % 3],
        },
        line_length: n as usize * 7,
        position: SourcePosition {
            input: n as u32 % 3,
            byte: n as u64 * 1_000_000_007,
        },
    };
    let key_text = "k".repeat(n as usize % 5).into_bytes();
    let text = format!("{n} {}", "x".repeat(length)).into_bytes();
    (key_text, text, record)
}

#[test]
fn sorts_stably_in_memory_and_on_disk() {
    let events: Vec<Event> = (0..2_000).map(event).collect();
    let mut expected = events.clone();
    expected.sort_by_key(|(.., record)| record.time);
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
            let of_nothing = StreamRecord {
                key_text: b"",
                text: b"",
                ..record
            };
            out.push((record.key_text.to_vec(), record.text.to_vec(), of_nothing));
        }
        assert!(out == expected, "{memory}");
    }
}

/// Sorts events of these times in little memory. Returns how many runs that took, and the times.
fn sorted(times: impl Iterator<Item = i64>) -> (usize, Vec<i64>) {
    let folder = tempfile::tempdir().unwrap();
    let mut sort = ExternalSort::new(60_000, folder.path().to_owned());
    for (n, time) in times.enumerate() {
        let (key_text, text, record) = event(n as i64 % 7);
        push(
            &mut sort,
            &(key_text, text, StreamRecord { time, ..record }),
        )
        .unwrap();
    }
    let runs = sort.spill.as_ref().unwrap().runs();
    sort.finish().unwrap();
    let mut times = Vec::new();
    while let Some(released) = sort.pop().unwrap() {
        times.push(released.record.time);
    }
    (runs, times)
}

#[test]
fn what_is_in_order_is_one_run() {
    let (runs, times) = sorted(0..10_000);
    assert_eq!(runs, 1);
    assert!(times.into_iter().eq(0..10_000));
}

#[test]
fn files_that_are_in_order_are_merged() {
    // Four files that overlap in time. What is held when one ends and the next one begins is
    // sorted.
    let (runs, times) = sorted((0..40_000).map(|n| n % 10_000 * 4 + n / 10_000));
    assert!(runs <= 8, "{runs}");
    assert!(times.into_iter().eq(0..40_000));
}

#[test]
fn more_runs_than_can_be_merged_at_once() {
    let (runs, times) = sorted((0..40_000).rev());
    assert!(runs > Merge::most_runs(60_000), "{runs}");
    assert!(times.into_iter().eq(0..40_000));
}

#[test]
fn a_folder_that_is_not_there() {
    let mut sort = ExternalSort::new(1, PathBuf::from("no/such/folder"));
    let error = (0..9)
        .find_map(|n| push(&mut sort, &event(n)).err())
        .unwrap();
    let expected =
        "cannot sort the input in the temporary folder no/such/folder: no such file or directory";
    assert_eq!(error.to_string(), expected);
    // It is of no further use.
    for error in [
        push(&mut sort, &event(1)).unwrap_err(),
        sort.finish().unwrap_err(),
        sort.pop().unwrap_err(),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}
