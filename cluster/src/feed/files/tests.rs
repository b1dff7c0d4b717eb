//! Files that are fed into a topic in memory.

use std::io::Write;
use std::time::Duration;

use fluvio_future::task::run_block_on;

use super::*;
use crate::feed::driver::testing::{Topic, feed, plan, run};

const PACE: FollowPace = FollowPace {
    poll: Duration::from_millis(1),
    linger: Duration::from_millis(50),
};

fn event(id: i64) -> String {
    let time = 1_700_000_000_000 + id;
    format!(
        "{{\"ip\":\"192.0.2.{}\",\"timestamp\":{time},\"id\":{id}}}\n",
        id % 7
    )
}

fn events(ids: std::ops::Range<i64>) -> String {
    ids.map(event).collect()
}

/// The ids that are stored, sorted.
fn ids(topic: &Topic) -> Vec<i64> {
    let mut ids: Vec<i64> = (topic.values().concat().iter())
        .map(|value| {
            let event: serde_json::Value = serde_json::from_str(value).unwrap();
            event["id"].as_i64().unwrap()
        })
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn files_are_fed_once_whatever_they_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let to = Topic::new(2, &[], 0, 0);
    std::fs::write(path("a"), events(0..50)).unwrap();
    std::fs::write(path("b"), events(50..100)).unwrap();
    let files = Files::once(&[path("a"), path("b")], 0).unwrap();
    assert_eq!(
        feed(&plan(&[]), &files, &to)
            .unwrap()
            .stored
            .iter()
            .sum::<u64>(),
        100
    );
    std::fs::rename(path("a"), path("c")).unwrap();
    std::fs::write(path("a"), events(100..120)).unwrap();
    let files = Files::once(&[path("a"), path("b"), path("c")], 0).unwrap();
    assert_eq!(
        feed(&plan(&[]), &files, &to)
            .unwrap()
            .stored
            .iter()
            .sum::<u64>(),
        20
    );
    assert_eq!(ids(&to), (0..120).collect::<Vec<_>>());
}

#[test]
fn a_file_that_comes_again_after_others_is_not_fed_again() {
    let folder = tempfile::tempdir().unwrap();
    let to = Topic::new(3, &[], 0, 0);
    let stored = |name: &str, ids: std::ops::Range<i64>| {
        let path = folder.path().join(name);
        std::fs::write(&path, events(ids)).unwrap();
        let files = Files::once(&[path], 0).unwrap();
        let report = feed(&plan(&[]), &files, &to).unwrap();
        report.stored.iter().sum::<u64>()
    };
    for (name, ids) in [("a", 0..300), ("b", 300..600), ("c", 600..900)] {
        assert_eq!(stored(name, ids), 300, "{name}");
    }
    // The last batches of each of them came after its last checkpoint.
    for (name, ids) in [("a", 0..300), ("c", 600..900), ("b", 300..610)] {
        let more = ids.end - ids.start - 300;
        assert_eq!(stored(name, ids), more as u64, "{name} again");
    }
}

#[test]
fn files_are_fed_exactly_once_through_failures() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, events(0..300)).unwrap();
    for seed in 0..10 {
        let to = Topic::new(2, &[], seed, 15);
        // As a file, and as what can't be read again.
        for keep in [0, 1 << 20] {
            let files = match keep {
                0 => Files::once(std::slice::from_ref(&path), 0).unwrap(),
                _ => {
                    let opened = Opened::new(&Input::File(path.clone()), keep).unwrap();
                    let inputs = vec![FileInput::Pipe(Arc::new(Mutex::new(opened)))];
                    Files { inputs }
                }
            };
            feed(&plan(&[]), &files, &to).unwrap();
            assert_eq!(
                ids(&to),
                (0..300).collect::<Vec<_>>(),
                "seed {seed}, {keep}"
            );
        }
    }
}

#[test]
fn a_followed_file_goes_on_where_it_was_after_rotations() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let to = Topic::new(2, &[], 7, 40);
    let append = |text: &str| {
        let file = std::fs::File::options()
            .append(true)
            .create(true)
            .open(path("log"));
        file.unwrap().write_all(text.as_bytes()).unwrap();
    };
    // One that is older than all that was fed is left alone.
    std::fs::write(path("log.9"), events(9000..9010)).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    append(&events(0..20));
    let follow = |until: i64| {
        let files = Files::followed(&[path("log")], PACE).unwrap();
        let mut plan = plan(&[]);
        plan.idle = Duration::from_millis(10);
        run(&plan, &files, &to, |to| ids(to).len() as i64 >= until)
    };
    follow(20);
    append(&events(20..40));
    follow(40);
    // Rotated twice while nobody was there, and once under its eyes.
    append(&events(40..50));
    std::fs::rename(path("log"), path("log.2")).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    append(&events(50..60));
    std::fs::rename(path("log"), path("log.1")).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    append(&events(60..70));
    std::thread::scope(|scope| {
        let rotating = scope.spawn(|| {
            while ids(&to).len() < 70 {
                std::thread::sleep(Duration::from_millis(5));
            }
            append(&events(70..75));
            std::fs::rename(path("log"), path("log.0")).unwrap();
            append(&events(75..90));
        });
        follow(90);
        rotating.join().unwrap();
    });
    // Copied and truncated.
    append(&events(90..95));
    std::thread::sleep(Duration::from_millis(20));
    std::fs::copy(path("log"), path("log.00")).unwrap();
    std::fs::write(path("log"), events(95..99)).unwrap();
    follow(99);
    assert_eq!(ids(&to), (0..99).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let of = |path: &Path| {
        Files::followed(&[path.to_owned()], PACE)
            .err()
            .unwrap()
            .to_string()
    };
    assert_eq!(
        of(Path::new("-")),
        "cannot follow -: the standard input is no file; it is read to its end without --follow"
    );
    let path = folder.path().join("a.gz");
    assert_eq!(
        of(&path),
        format!("cannot follow {}: it is compressed", path.display())
    );
    let path = folder.path();
    assert_eq!(
        of(path),
        format!("cannot follow {}: it is no regular file", path.display())
    );
    let path = folder.path().join("none");
    let refused = Files::once(std::slice::from_ref(&path), 0)
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        refused,
        format!("cannot read {}: no such file or directory", path.display())
    );
}

#[test]
fn rotated_files_are_found_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "log",
        "log.1",
        "log-2025.gz",
        "log.2.gz",
        "logs",
        "blog.1",
        "log.3",
    ] {
        let text = if name == "log.3" { "" } else { "x" };
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut found: Vec<String> = rotated(&folder.path().join("log"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["log-2025.gz", "log.1", "log.2.gz"]);
}

#[test]
fn a_file_that_cannot_be_read_is_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "x\n").unwrap();
    let files = Files::once(std::slice::from_ref(&path), 0).unwrap();
    std::fs::remove_file(&path).unwrap();
    let failure = run_block_on(files.open()).err().unwrap();
    let expected = format!("cannot read {}: no such file or directory", path.display());
    assert_eq!(failure, Failure::Connection(expected));
}
