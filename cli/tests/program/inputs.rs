//! Inputs of all kinds, damaged ones among them.

use crate::program::{Program, compressed, event, gzip};

#[test]
fn compressed_in_a_way_that_is_not_read() {
    let program = Program::new();
    let lz4 = b"\x04\x22\x4d\x18\x64\x40";
    program.write("log.lz4", lz4);
    let lead = "it is compressed with lz4";
    let rows = [
        (
            program.run("log.lz4"),
            format!("cannot read log.lz4: {lead}; `lz4 -dc log.lz4 | sessionize run -` reads it"),
        ),
        (
            program.run_with_input("-", lz4),
            format!(
                "cannot read standard input: {lead}; `… | lz4 -dc | sessionize run -` reads it"
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
fn compressed_content_that_is_damaged() {
    let program = Program::new();
    let events: String = (0..50_000)
        .map(|n| {
            event(
                &format!("10.{}.{}.1", n * 7919 % 251, n * 104_729 % 241),
                "00:00:00",
            )
        })
        .collect();
    for (extension, mut compressed) in compressed(events.as_bytes()) {
        let format = match extension {
            "gz" => "gzip",
            "zst" => "zstd",
            "bz2" => "bzip2",
            other => other,
        };
        let middle = compressed.len() / 2;
        program.write("cut", &compressed[..middle]);
        compressed[middle..middle + 64].fill(0xff);
        program.write("bad", &compressed);
        for (file, message) in [("cut", "% cut off at byte "), ("bad", "corrupt % at byte ")] {
            let ended = program.run(&format!("{file} --order none --quiet"));
            assert_eq!(ended.code(), 1);
            let (said, position) = ended.errors().trim_end().rsplit_once(' ').unwrap();
            let message = message.replace('%', format);
            assert_eq!(
                format!("{said} "),
                format!("sessionize: cannot read {file}: {message}")
            );
            let position: usize = position.parse().unwrap();
            assert!(
                (middle.saturating_sub(64_000)..=compressed.len()).contains(&position),
                "{extension}: {position}"
            );
            // What came before is kept.
            let lines = ended.out().lines().count();
            assert!(
                (10_000..50_000).contains(&lines),
                "{extension}: {lines} lines"
            );
            assert!(ended.out().ends_with("}\n"));
        }
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
