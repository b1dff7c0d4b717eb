//! Folders, and many files.

use crate::program::{Ended, Program, event, gzip};

/// A folder of that many files, one event in each, in no order of their names.
fn folder(program: &Program, files: u32) {
    std::fs::create_dir(program.path("logs")).unwrap();
    for n in 0..files {
        let time = format!("{:02}:{:02}:00", n / 60, n % 60);
        let line = event("192.0.2.1", &time);
        let name = format!("logs/{}", n * 7919 % files);
        program.write(
            &name,
            if n % 2 == 0 {
                gzip(line.as_bytes())
            } else {
                line.into()
            },
        );
    }
}

/// Far more files than may be open at once.
#[test]
fn a_thousand_files() {
    let program = Program::new();
    folder(&program, 1_000);
    for (order, sessions) in [("watermark", 1), ("full", 1)] {
        let mut command = std::process::Command::new("sh");
        let limited =
            "ulimit -n 40 && exec \"$0\" run logs -q -e gap=5m -e max_duration=none --order";
        command.args([
            "-c",
            &format!("{limited} {order}"),
            env!("CARGO_BIN_EXE_sessionize"),
        ]);
        let ended = Ended(command.current_dir(program.path("")).output().unwrap());
        assert_eq!((ended.errors(), ended.code()), ("", 0), "{order}");
        let lines: Vec<&str> = ended.out().lines().collect();
        assert_eq!(lines.len(), 1_000, "{order}");
        let firsts = lines
            .iter()
            .filter(|line| !line.contains("\"session_cut\":null"));
        assert_eq!(firsts.count(), sessions, "{order}");
    }
}

#[test]
fn the_output_is_in_the_folder() {
    let program = Program::new();
    folder(&program, 3);
    let first = program.run("logs -q -o logs/out.ndjson --summary logs/summary");
    assert_eq!((first.errors(), first.code()), ("", 0));
    let output = program.read("logs/out.ndjson");
    assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), 3);
    let second = program.run("logs -q -o logs/out.ndjson --summary logs/summary");
    assert_eq!((second.errors(), second.code()), ("", 0));
    assert!(program.read("logs/out.ndjson") == output);
}

#[test]
fn what_is_left_out_is_said() {
    let program = Program::new();
    folder(&program, 2);
    program.write("logs/.0.swp", "no event");
    let ended = program.run("logs");
    let said = ended.errors().lines().next();
    assert_eq!(
        said,
        Some("sessionize: note: logs: 1 hidden file or folder left out")
    );
    assert_eq!((ended.out().lines().count(), ended.code()), (2, 0));
    assert_eq!(program.run("logs -q").errors(), "");
}

#[test]
fn one_that_cannot_be_read_is_no_reason_to_read_none() {
    let program = Program::new();
    folder(&program, 2);
    program.write("logs/old.lz4", b"\x04\x22\x4d\x18\x64\x40");
    std::os::unix::fs::symlink("nothing", program.path("logs/dangling")).unwrap();
    let ended = program.run("logs -q");
    assert_eq!(
        ended.errors(),
        "sessionize: cannot read logs/dangling: no such file or directory\n\
         sessionize: cannot read logs/old.lz4: it is compressed with lz4; `lz4 -dc logs/old.lz4 | \
         sessionize run -` reads it\n"
    );
    assert_eq!((ended.out().lines().count(), ended.code()), (2, 1));

    std::fs::create_dir(program.path("empty")).unwrap();
    let ended = program.run("empty -q");
    assert_eq!(
        ended.errors(),
        "sessionize: cannot read empty: there is no file to read in it\n"
    );
    assert_eq!(ended.code(), 1);
}
