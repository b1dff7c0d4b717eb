//! Clocks and files that are out of order: `--order watermark` against `--order full`.

use serde_json::{Value, json};

use crate::program::{Ended, Program, event, gzip};

/// An event `second` seconds after the first one, on the next day where `is_ahead` says so.
fn at(ip: &str, second: u64, is_ahead: bool) -> String {
    let [hour, minute, second] = [second / 3_600, second / 60 % 60, second % 60];
    let day = if is_ahead { "04" } else { "03" };
    event(ip, &format!("{hour:02}:{minute:02}:{second:02}")).replace("03T", &format!("{day}T"))
}

/// Events of 200 visitors in 80 minutes. Those whose number `is_ahead` picks are a day ahead.
fn log(is_ahead: impl Fn(u64) -> bool) -> String {
    (0..4_800)
        .map(|n| at(&format!("192.0.2.{}", n * 7919 % 200), n, is_ahead(n)))
        .collect()
}

/// The summary's figures, the output and what the program said of a run.
fn run(program: &Program, arguments: &str) -> (Value, Ended) {
    let ended = program.run(&format!("{arguments} --summary summary"));
    assert_eq!(ended.code(), 0, "{arguments}: {}", ended.errors());
    let mut summary: Value = serde_json::from_slice(&program.read("summary")).unwrap();
    let figures = summary.as_object_mut().unwrap();
    figures.remove("elapsed");
    figures.remove("events_per_second");
    (summary, ended)
}

#[test]
fn clocks_that_are_ahead() {
    let program = Program::new();
    type IsAhead = fn(u64) -> bool;
    let rows: [(&str, IsAhead, u64, u64); 4] = [
        ("four of them", |n| n % 1_200 == 7, 4, 1),
        ("the first four", |n| n < 4, 4, 1),
        ("all of one visitor", |n| n % 200 == 7, 24, 3),
        ("none", |_| false, 0, 1),
    ];
    for (name, is_ahead, set_aside, partitions) in rows {
        program.write("events", log(is_ahead));
        let arguments = format!("events --partitions {partitions}");
        let (mut full, sorted) = run(&program, &format!("{arguments} --order full"));
        let (watermark, ended) = run(&program, &arguments);
        assert!(ended.out() == sorted.out(), "{name}");
        full["set_aside"] = json!(set_aside);
        assert_eq!(watermark, full, "{name}");
        let said = format!("set aside  {set_aside} more than max_ahead ahead of the others");
        assert_eq!(ended.errors().contains(&said), set_aside > 0, "{name}");
    }
}

#[test]
fn without_max_ahead_a_clock_moves_the_time() {
    let program = Program::new();
    program.write("events", log(|n| n == 7 || n == 607));
    let (bounded, _) = run(&program, "events");
    let (unbounded, ended) = run(&program, "events -e max_ahead=none");
    assert_eq!(bounded["sessions"], json!(201));
    assert!(
        unbounded["session_ids"].as_u64() > Some(1_000),
        "{unbounded}"
    );
    assert_eq!(unbounded["set_aside"], json!(0));
    let said = "disorder   4791 of 4800 came more than lateness behind, 23h 59m 59s at most: \
                --order full sorts the whole input first";
    assert!(ended.errors().contains(said), "{}", ended.errors());
}

#[test]
fn what_there_is_no_room_for_is_tagged() {
    let program = Program::new();
    // More than 64 MiB of events that are a day ahead, each behind one that is not.
    let long = "x".repeat(8 << 20);
    let mut events: String = (0..1_000).map(|n| at("192.0.2.1", n, false)).collect();
    for n in 0..12 {
        let ahead = at("192.0.2.2", 1_000 + n, true);
        events += &ahead.replace("\"ip\"", &format!("\"text\":\"{long}\",\"ip\""));
        events += &at("192.0.2.1", 1_000 + n, false);
    }
    program.write("events", events);
    let (summary, ended) = run(&program, "events --output out");
    assert_eq!(summary["records"], json!(1_024));
    assert_eq!(summary["set_aside"], json!(12));
    assert_eq!(summary["set_aside_without_room"], json!(5));
    assert_eq!(summary["invalid"], json!(5), "{summary}");
    assert_eq!(summary["dropped"], json!(0));
    assert_eq!(summary["sessions"], json!(2));
    let reasons = summary["invalid_reasons"].as_array().unwrap();
    for reason in reasons {
        let reason = reason["example"].as_str().unwrap();
        assert!(
            reason.contains(" ms beyond its record's append time, more than `max_ahead`"),
            "{reason}"
        );
    }
    let said =
        "set aside  12 more than max_ahead ahead of the others, 5 of them without room to wait";
    assert!(ended.errors().contains(said), "{}", ended.errors());
}

#[test]
fn the_next_file_a_day_later() {
    let program = Program::new();
    program.write("first", log(|_| false));
    program.write("second", log(|_| true));
    let (full, sorted) = run(&program, "first second --order full");
    let (watermark, ended) = run(&program, "first second");
    assert!(ended.out() == sorted.out());
    assert_eq!(watermark, full);
    assert_eq!(watermark["set_aside"], json!(0));
}

#[test]
fn rotated_files() {
    let program = Program::new();
    // One visitor's event every 20 minutes, in eleven files of which the newest one has no number.
    let part = |file: u64| {
        (0..4)
            .map(|n| at("192.0.2.1", ((10 - file) * 4 + n) * 1_200, false))
            .collect::<String>()
    };
    program.write("access.log", part(0));
    for file in 1..=10 {
        program.write(&format!("access.log.{file}"), part(file));
    }
    program.write("access.log.3", gzip(part(3).as_bytes()));
    program.write("empty", "");
    // As a shell gives them for `access.log*`.
    let files = "access.log access.log.1 access.log.10 access.log.2 access.log.3 access.log.4 \
                 access.log.5 access.log.6 access.log.7 access.log.8 access.log.9 empty";
    let (full, sorted) = run(&program, &format!("{files} --order full"));
    let (watermark, ended) = run(&program, files);
    assert!(ended.out() == sorted.out(), "{}", ended.out());
    assert_eq!(watermark, full);
    assert_eq!(watermark["disordered"], json!(0));

    let (as_given, _) = run(&program, &format!("{files} --order none"));
    assert!(as_given["session_ids"].as_u64() > Some(10), "{as_given}");
}

#[test]
fn the_standard_input_comes_last() {
    let program = Program::new();
    program.write("second", at("192.0.2.1", 200, false));
    program.write("first", at("192.0.2.1", 100, false));
    let stdin = at("192.0.2.1", 0, false);
    let ended = program.run_with_input(
        "- second first -e lateness=0s -e max_ahead=none",
        stdin.as_bytes(),
    );
    let times: Vec<&str> = ended
        .out()
        .lines()
        .filter_map(|line| line.split('"').nth(7))
        .collect();
    assert_eq!(
        times,
        [
            "2025-03-03T00:01:40Z",
            "2025-03-03T00:03:20Z",
            "2025-03-03T00:00:00Z"
        ],
        "{}",
        ended.errors()
    );
}

/// The logs of two servers over the same hours, each in order, are as good as one sorted log.
#[test]
fn files_that_overlap_in_time() {
    let program = Program::new();
    let log = "--events 3000 --ips 100 --span 12h";
    program.generate(&format!("{log} --seed 1 --format combined"), "one");
    program.generate(&format!("{log} --seed 2 --format combined"), "two");
    let merged = program.run("one two --quiet");
    let sorted = program.run("one two --quiet --order full");
    assert_eq!(merged.out().lines().count(), 6_000);
    assert_eq!(merged.out(), sorted.out());
    assert_eq!(program.run("two one --quiet").out().lines().count(), 6_000);
}
