use super::super::testing::Collected;
use super::*;

#[test]
fn sorts_stably_in_memory_and_on_disk() {
    let lines: Vec<(i64, Vec<u8>)> = (0..2_000_i64)
        .map(|n| {
            let time = (n * 7919) % 100 - 50;
            let length = if n % 500 == 7 {
                300_000
            } else {
                (n % 40) as usize + 1
            };
            (time, format!("{n} {}", "x".repeat(length)).into_bytes())
        })
        .collect();
    let mut expected: Vec<_> = lines.clone();
    expected.sort_by_key(|(time, _)| *time);
    let directory = tempfile::tempdir().unwrap();
    // All in memory, a few runs, many, and one for each event.
    for memory in [64 << 20, 700_000, 20_000, 1] {
        let mut full = Full::new(memory, Some(directory.path().to_owned()));
        for (time, line) in &lines {
            let place = Place {
                time: *time,
                partition: 1,
            };
            full.push(place, line).unwrap();
        }
        assert_eq!(full.spill.is_some(), memory < 64 << 20);
        // What is on disk has no name that could be left behind.
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let mut out = Collected::default();
        full.finish(&mut out).unwrap();
        let expected = expected.iter().map(|(_, line)| (1, line.clone()));
        assert!(out.0.into_iter().eq(expected), "{memory}");
    }
}

#[test]
fn a_directory_that_is_not_there() {
    let mut full = Full::new(1, Some(PathBuf::from("no/such/directory")));
    let place = Place {
        time: 0,
        partition: 0,
    };
    let error = (0..9)
        .find_map(|_| full.push(place, b"line").err())
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot sort the input in the temporary folder no/such/directory: no such file or directory"
    );
}
