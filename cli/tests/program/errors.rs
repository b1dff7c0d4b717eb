//! What the program says when something is wrong, to the letter.

use crate::program::{Ended, Program, event};

/// Runs with good events and these arguments, and compares.
fn refused(arguments: &str, code: i32, message: &str) {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00"));
    let ended = program.run(arguments);
    assert_eq!(
        ended.errors(),
        format!("sessionize: {message}\n"),
        "{arguments}"
    );
    assert_eq!(ended.code(), code, "{arguments}");
    assert_eq!(ended.out(), "", "{arguments}");
}

#[test]
fn parameters() {
    let rows = [
        (
            "events -e gap=soon",
            "parameter `gap` is `soon`, but must be a duration such as `30m`, in whole milliseconds, from 1ms to 3650d",
        ),
        (
            "events -e gop=30m",
            "unknown parameter `gop` (value `30m`); allowed are `gap`, `max_events`, `max_duration`, `ttl`, `lateness`, \
             `late`, `key`, `trusted_proxies`, `timestamp`, `format`, `invalid`, `max_ahead`, `max_keys`, `prefix`, `fields`, `id`, `restore`",
        ),
        (
            "events -e ttl=10m -e gap=30m",
            "parameter `ttl` is `10m`, but must be at least `gap`, which is `30m`",
        ),
    ];
    for (arguments, message) in rows {
        refused(arguments, 2, message);
    }
}

#[test]
fn files_that_are_not_there() {
    let rows = [
        ("no.log", "cannot read no.log: no such file or directory"),
        (
            "events no.log",
            "cannot read no.log: no such file or directory",
        ),
        (
            "events --engine --wasm-file no.wasm",
            "cannot read the module no.wasm: no such file or directory",
        ),
        (
            "events -o no/out",
            "cannot create no/out: no such file or directory",
        ),
    ];
    for (arguments, message) in rows {
        let arguments = arguments.replace("--wasm-file", "--quiet --wasm-file");
        if arguments.contains("--wasm-file") {
            let program = Program::new();
            program.write("events", event("1.2.3.4", "00:00:00"));
            let ended = program.call(&format!("run {arguments}"));
            assert_eq!(ended.errors(), format!("sessionize: {message}\n"));
            assert_eq!(ended.code(), 1);
        } else {
            refused(&arguments, 1, message);
        }
    }
}

#[test]
fn a_temporary_folder_that_is_of_no_use() {
    let program = Program::new();
    let events = [event("1.2.3.4", "00:00:00"), event("1.2.3.4", "00:00:01")];
    program.write("events", events.concat());
    let read_only = program.path("read-only");
    std::fs::create_dir(&read_only).unwrap();
    let mut permissions = std::fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&read_only, permissions).unwrap();
    let mut rows = vec![
        ("missing", "no such file or directory"),
        ("events", "not a directory"),
    ];
    // Root may write anywhere.
    if std::fs::write(read_only.join("file"), "").is_err() {
        rows.push(("read-only", "permission denied"));
    }
    for (folder, cause) in rows {
        let run = |memory: &str| {
            let arguments = format!("events --quiet --order full --sort-memory {memory}");
            let mut command = program.run_command(&arguments);
            command.env("TMPDIR", program.path(folder));
            Ended(command.output().unwrap())
        };
        let ended = run("1B");
        let folder = program.path(folder);
        assert_eq!(
            ended.errors(),
            format!(
                "sessionize: cannot sort the input in the temporary folder {}: {cause}\n",
                folder.display()
            )
        );
        assert_eq!(ended.code(), 1);
        assert_eq!(run("1MiB").code(), 0, "memory is enough");
    }
}

#[test]
fn a_module_that_is_none() {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00"));
    program.write("module.wasm", "not wasm");
    let ended = program.call("run events --engine --wasm-file module.wasm");
    assert_eq!(ended.code(), 1);
    assert!(
        ended
            .errors()
            .starts_with("sessionize: cannot start the module: "),
        "{}",
        ended.errors()
    );
    assert_eq!(ended.errors().lines().count(), 1, "{}", ended.errors());
}

#[test]
fn a_record_that_fails() {
    let program = Program::new();
    let long = "x".repeat(100);
    let content = [
        event("1.2.3.4", "00:00:00"),
        format!("{{}} {long}\n"),
        event("1.2.3.4", "00:00:01"),
    ]
    .concat();
    program.write("events", content);
    let ended = program.run("events -e invalid=fail --order none --batch 1");
    assert_eq!(ended.code(), 1);
    assert!(
        ended
            .errors()
            .starts_with("sessionize: the module refused a record: "),
        "{}",
        ended.errors()
    );
    assert!(
        ended
            .errors()
            .ends_with(&format!(": \"{{}} {}…\"\n", &long[..57])),
        "{}",
        ended.errors()
    );
    assert_eq!(ended.out().lines().count(), 1, "what came before is kept");
}

#[test]
fn usage() {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00"));
    let rows = [
        ("events -e gap", "must be of the form NAME=VALUE"),
        ("events --partitions 0", "0 is not in 1..=256"),
        ("events --batch 0", "0 is not in 1..=1000000"),
        (
            "events --order some",
            "[possible values: watermark, full, none]",
        ),
        (
            "events --sort-memory much",
            "must be a size such as `512MiB`, in B, KiB, MiB or GiB",
        ),
        (
            "events --summary -",
            "--summary - needs --output: the events go to the standard output",
        ),
        ("events --output events", "events is both input and output"),
        ("", "required arguments were not provided"),
    ];
    for (arguments, message) in rows {
        let ended = program.run(arguments);
        assert_eq!(ended.code(), 2, "{arguments}");
        assert!(
            ended.errors().contains(message),
            "{arguments}: {}",
            ended.errors()
        );
    }
    assert_eq!(
        program.read("events"),
        event("1.2.3.4", "00:00:00").as_bytes()
    );
}

#[test]
fn a_run_that_nobody_restores() {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00"));
    for call in [
        "run events -e restore=require",
        "run events --engine -e restore=require",
    ] {
        let ended = program.call(call);
        assert_eq!(
            ended.errors(),
            "sessionize: parameter `restore` is `require`, but a run has nobody who tells the sessions; allowed are `off` \
             and `accept`\n"
        );
        assert_eq!(ended.code(), 2);
    }
}
