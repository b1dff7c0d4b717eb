//! What the program says when something is wrong, to the letter.

use crate::program::{Ended, Program, event, gzip};

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
             `late`, `key`, `trusted_proxies`, `timestamp`, `format`, `invalid`, `max_ahead`, `max_keys`, `prefix`, `id`",
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
        (".", "cannot read .: is a directory"),
        (
            "events --wasm-file no.wasm",
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
fn compressed_in_a_way_that_is_not_read() {
    let program = Program::new();
    let zstd = b"\x28\xb5\x2f\xfd\x04\x00";
    program.write("log.zst", zstd);
    let lead = "it is compressed with zstd";
    let rows = [
        (
            program.run("log.zst"),
            format!("cannot read log.zst: {lead}; `zstd -dc log.zst | sessionize run -` reads it"),
        ),
        (
            program.run_with_input("-", zstd),
            format!(
                "cannot read standard input: {lead}; `… | zstd -dc | sessionize run -` reads it"
            ),
        ),
    ];
    for (ended, message) in rows {
        let said = ended.errors().lines().next_back().unwrap();
        assert_eq!(said, format!("sessionize: {message}"));
        assert_eq!(ended.code(), 1);
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
    let ended = program.call("run events --wasm-file module.wasm");
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
fn the_module_is_sought_beside_the_program() {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00"));
    let copy = program.path("sessionize");
    std::fs::copy(env!("CARGO_BIN_EXE_sessionize"), &copy).unwrap();
    let call = || {
        std::process::Command::new(&copy)
            .args(["run", "events", "--quiet"])
            .current_dir(copy.parent().unwrap())
            .output()
            .unwrap()
    };
    let ended = call();
    let sought = program.path("sessionize.wasm").canonicalize();
    assert!(sought.is_err());
    let directory = copy.parent().unwrap().canonicalize().unwrap();
    assert_eq!(
        String::from_utf8(ended.stderr).unwrap(),
        format!(
            "sessionize: cannot read the module {}: no such file or directory; run `make build`, or name one with \
             --wasm-file\n",
            directory.join("sessionize.wasm").display()
        )
    );
    assert_eq!(ended.status.code(), Some(1));

    std::fs::copy(crate::program::wasm(), program.path("sessionize.wasm")).unwrap();
    let ended = call();
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn gzip_that_is_damaged() {
    let program = Program::new();
    let events: String = (0..50_000)
        .map(|n| {
            event(
                &format!("10.{}.{}.1", n * 7919 % 251, n * 104_729 % 241),
                "00:00:00",
            )
        })
        .collect();
    let mut compressed = gzip(events.as_bytes());
    program.write("cut.gz", &compressed[..compressed.len() / 2]);
    let middle = compressed.len() / 2;
    compressed[middle..middle + 64].fill(0xff);
    program.write("bad.gz", &compressed);

    for (file, message) in [
        ("cut.gz", "gzip cut off at byte "),
        ("bad.gz", "corrupt gzip at byte "),
    ] {
        let ended = program.run(&format!("{file} --order none --quiet"));
        assert_eq!(ended.code(), 1);
        let (said, position) = ended.errors().trim_end().rsplit_once(' ').unwrap();
        assert_eq!(
            format!("{said} "),
            format!("sessionize: cannot read {file}: {message}")
        );
        let position: usize = position.parse().unwrap();
        assert!(
            (middle - 64_000..=compressed.len()).contains(&position),
            "{position}"
        );
        // What came before is kept.
        let lines = ended.out().lines().count();
        assert!((10_000..40_000).contains(&lines), "{lines} lines");
        assert!(ended.out().ends_with("}\n"));
    }
}

#[test]
fn the_files_behind_a_damaged_one_are_read() {
    let program = Program::new();
    let compressed = gzip(event("1.2.3.4", "00:00:00").as_bytes());
    program.write("cut.gz", &compressed[..compressed.len() / 2]);
    program.write("good", event("1.2.3.5", "00:00:01"));
    let ended = program.run("cut.gz good --order none --quiet");
    assert_eq!(ended.code(), 1);
    assert!(
        ended
            .errors()
            .starts_with("sessionize: cannot read cut.gz: gzip cut off at byte "),
        "{}",
        ended.errors()
    );
    assert_eq!(ended.out().lines().count(), 1);
}

#[test]
fn an_input_of_which_nothing_is_an_event() {
    let program = Program::new();
    program.write("empty", "");
    assert_eq!(program.run("empty --quiet").code(), 0);
    program.write("words", "one\ntwo\n");
    let ended = program.run("words --quiet");
    assert_eq!(ended.code(), 1);
    assert_eq!(
        ended.errors(),
        "sessionize: none of 2 records could be sessionized: neither a JSON object nor a line of a known log format\n"
    );
    assert_eq!(ended.out().lines().count(), 2, "nothing is lost");
    program.write(
        "one",
        [event("1.2.3.4", "00:00:00"), "one\n".into()].concat(),
    );
    assert_eq!(program.run("one --quiet").code(), 0);
}

/// No file that is read is written over, whatever its name.
#[test]
fn no_input_is_written_over() {
    let program = Program::new();
    let content = event("1.2.3.4", "00:00:00");
    program.write("log", &content);
    std::fs::hard_link(program.path("log"), program.path("hard")).unwrap();
    std::os::unix::fs::symlink(program.path("log"), program.path("soft")).unwrap();
    for arguments in [
        "log --output hard",
        "log --output soft",
        "log --summary log",
        "log --summary hard",
        "log --output new --summary new",
    ] {
        let ended = program.run(arguments);
        assert_eq!(ended.code(), 2, "{arguments}: {}", ended.errors());
        assert_eq!(program.read("log"), content.as_bytes(), "{arguments}");
    }
}

#[test]
fn carriage_returns_alone_end_lines() {
    let program = Program::new();
    let content = [event("1.2.3.4", "00:00:00"), event("1.2.3.5", "00:00:01")].concat();
    program.write("old-mac", content.replace('\n', "\r"));
    let ended = program.run("old-mac --quiet");
    assert_eq!(ended.code(), 0, "{}", ended.errors());
    assert_eq!(ended.out().lines().count(), 2);
}

#[test]
fn a_named_pipe_is_opened_once() {
    let program = Program::new();
    let made = std::process::Command::new("mkfifo")
        .arg(program.path("pipe"))
        .status();
    assert!(made.unwrap().success());
    let pipe = program.path("pipe");
    let events: String = (0..50)
        .map(|n| event(&format!("10.0.0.{n}"), "00:00:00"))
        .collect();
    let writer = std::thread::spawn(move || std::fs::write(pipe, events));
    let ended = program.run("pipe --quiet");
    writer.join().unwrap().unwrap();
    assert_eq!(ended.code(), 0, "{}", ended.errors());
    assert_eq!(ended.out().lines().count(), 50);
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
