//! `sessionize sessions`, and where the program for `query` and `report` is looked for.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::{Ended, Program, event, gzip};

/// A program with a file of sessionized events: two sessions of one visitor and one of another.
fn with_events() -> Program {
    let program = Program::new();
    let events = [
        event("192.0.2.1", "00:00:00"),
        event("192.0.2.2", "00:00:01"),
        event("192.0.2.1", "00:00:02.5"),
        event("192.0.2.1", "01:00:00"),
    ];
    program.write("log", events.concat());
    assert_eq!(program.run("log --output events.ndjson --quiet").code(), 0);
    program
}

#[test]
fn each_session_has_a_row() {
    let program = with_events();
    let ended = program.call("sessions events.ndjson --output rows.csv");
    assert_eq!(ended.code(), 0, "{}", ended.errors());
    let rows = String::from_utf8(program.read("rows.csv")).unwrap();
    let rows: Vec<String> = rows
        .lines()
        .map(|line| line.split(',').take(7).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            "session_id visitor start last duration events seen",
            "192.0.2.1-1740960000000 192.0.2.1 2025-03-03T00:00:00.000Z 2025-03-03T00:00:02.500Z 2.5 2 2",
            "192.0.2.2-1740960001000 192.0.2.2 2025-03-03T00:00:01.000Z 2025-03-03T00:00:01.000Z 0 1 1",
            "192.0.2.1-1740963600000 192.0.2.1 2025-03-03T01:00:00.000Z 2025-03-03T01:00:00.000Z 0 1 1",
        ]
    );
    let (events, rest) = ended.errors().split_once(" in ").unwrap();
    assert_eq!(events, "events     4");
    let (_, rest) = rest.split_once('\n').unwrap();
    assert_eq!(
        rest,
        "invalid    0\nsessions   3, 1 of them not over\nheld       3 sessions at most\n"
    );
}

#[test]
fn the_form_is_that_of_the_name() {
    let program = with_events();
    for (name, start) in [
        ("rows.ndjson", &b"{\"session_id\":"[..]),
        ("rows.csv", b"session_id,"),
        ("rows.parquet", b"PAR1"),
        ("rows.csv.gz", b"\x1f\x8b"),
        ("rows.ndjson.zst", b"\x28\xb5\x2f\xfd"),
    ] {
        let ended = program.call(&format!("sessions events.ndjson --quiet -o {name}"));
        assert_eq!(ended.code(), 0, "{}", ended.errors());
        assert!(program.read(name).starts_with(start), "{name}");
        assert_eq!(ended.errors(), "");
    }
    let ended = program.call("sessions events.ndjson --quiet");
    assert!(ended.out().starts_with("{\"session_id\":"));
    let ended = program.call("sessions events.ndjson --quiet --format csv");
    assert!(ended.out().starts_with("session_id,"));
    let ended = program.call("sessions events.ndjson -o rows.xlsx");
    assert_eq!(ended.code(), 2);
    assert_eq!(
        ended.errors(),
        "sessionize: the name of the output must end in .ndjson, .csv or .parquet, unless --format \
         is given\n"
    );
}

#[test]
fn lines_that_are_no_events_are_counted() {
    let program = with_events();
    let mut content = program.read("events.ndjson");
    content.extend(b"{\"session_error\":\"no key\",\"session_raw\":\"?\"}\nfluvio consume\n{\"cut");
    program.write("events.gz", gzip(&content));
    let ended = program.call("sessions events.gz");
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.out().lines().count(), 3);
    let said = "invalid    1\nunreadable 2, the first: not JSON: expected `{` at byte 0\n";
    assert!(ended.errors().contains(said), "{}", ended.errors());
}

#[test]
fn events_without_sessions_are_an_error() {
    let program = with_events();
    let ended = program.call("sessions log --quiet");
    assert_eq!(ended.code(), 1);
    assert_eq!(
        ended.errors(),
        "sessionize: none of 4 lines has a session, which `sessionize run` adds: no field \
         `session_id`\n"
    );
    program.write("empty", "");
    assert_eq!(program.call("sessions empty --quiet").code(), 0);
}

#[test]
fn parameters_count() {
    let program = with_events();
    let ended = program.call("sessions events.ndjson -e gap=2h -e ttl=3h --quiet");
    let open = ended.out().matches("\"closed\":false").count();
    assert_eq!(open, 2, "{}", ended.out());
    let ended = program.call("sessions events.ndjson -e gap=soon");
    assert_eq!(ended.code(), 2);
    assert!(
        ended
            .errors()
            .starts_with("sessionize: parameter `gap` is `soon`, but must be")
    );
}

#[test]
fn the_input_is_not_written_over() {
    let program = with_events();
    let content = program.read("events.ndjson");
    let ended = program.call("sessions events.ndjson -o events.ndjson");
    assert_eq!(ended.code(), 2);
    assert_eq!(
        ended.errors(),
        "sessionize: events.ndjson is both input and output\n"
    );
    assert_eq!(program.read("events.ndjson"), content);
}

/// The program for questions is beside this one, or on the PATH; there is none here.
#[test]
fn without_the_program_for_questions() {
    let program = Program::new();
    let copy = program.path("sessionize");
    std::fs::copy(env!("CARGO_BIN_EXE_sessionize"), &copy).unwrap();
    for command in ["query", "report"] {
        let ended = Command::new(&copy)
            .args([command, "SELECT 1", "--help"])
            .env("PATH", program.path("nothing"))
            .stdin(Stdio::null())
            .output();
        let ended = Ended(ended.unwrap());
        assert_eq!(ended.code(), 2);
        assert_eq!(
            ended.errors(),
            format!(
                "sessionize: `sessionize {command}` needs the program sessionize-query, which is \
                 neither at {}-query nor on the PATH: `make query` builds it\n",
                copy.display()
            )
        );
    }
}

/// What was read until Ctrl-C is written, and the file is whole.
#[test]
fn ctrl_c_finishes_the_rows() {
    for (name, end) in [("rows.parquet", &b"PAR1"[..]), ("rows.ndjson", b"}\n")] {
        let program = with_events();
        let mut child = program
            .command(["sessions", "-", "--output", name])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&program.read("events.ndjson")).unwrap();
        stdin.flush().unwrap();
        // The file is created once lines come.
        while !program.path(name).exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(300));
        let interrupted = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(interrupted.unwrap().success());
        let ended = Ended(child.wait_with_output().unwrap());
        drop(stdin);
        assert_eq!(ended.code(), 130);
        assert!(ended.errors().contains("sessions   3, 1 of them not over"));
        assert!(program.read(name).ends_with(end), "{name}");
    }
}

#[test]
fn options_of_topics_go_together() {
    let program = Program::new();
    let rows = [
        ("--from a", "<--to <FOLDER>|--to-topic <TOPIC>>"),
        ("--from a --to b --to-topic c", "cannot be used with"),
        ("--from a --to b events.ndjson", "cannot be used with"),
        ("--from a --to b -o rows.csv", "cannot be used with"),
        ("--from a --to-topic b --events", "cannot be used with"),
        ("events.ndjson --to b", "cannot be used with"),
        ("events.ndjson --once", "--from <TOPIC>"),
    ];
    for (arguments, said) in rows {
        let ended = program.call(&format!("sessions {arguments}"));
        assert_eq!(ended.code(), 2, "{arguments}");
        assert!(
            ended.errors().contains(said),
            "{arguments}: {}",
            ended.errors()
        );
    }
}

#[test]
fn without_a_profile_of_fluvio() {
    let program = Program::new();
    let ended = program
        .command(["sessions", "--from", "a", "--to", "b"])
        .env("FLV_PROFILE_PATH", program.path("nothing"))
        .output();
    let ended = Ended(ended.unwrap());
    assert_eq!(ended.code(), 2);
    assert!(
        ended
            .errors()
            .starts_with("sessionize: cannot read the profiles of Fluvio: "),
        "{}",
        ended.errors()
    );
    assert!(!program.path("b").exists());
}
