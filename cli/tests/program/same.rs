//! What must make no difference to the output.

use crate::program::{Program, compressed, event, gzip};

#[test]
fn order() {
    let program = Program::new();
    program.generate("--events 20000 --ips 2000", "ordered");
    program.generate("--events 20000 --ips 2000 --disorder 60s", "disordered");
    let expected = program.run("ordered --order none");
    assert_eq!(expected.code(), 0, "{}", expected.errors());
    assert_eq!(expected.out().lines().count(), 20_000);
    assert!(!expected.out().contains("\"session_late\":true"));
    for arguments in [
        "--order watermark",
        "--order full",
        "--order full --sort-memory 100KiB",
    ] {
        let ended = program.run(&format!("disordered {arguments}"));
        // Events of the same ms may change places.
        assert_eq!(
            ended.sorted().len(),
            20_000,
            "{arguments}: {}",
            ended.errors()
        );
        assert!(
            !ended.out().contains("\"session_late\":true"),
            "{arguments}"
        );
    }
    let unordered = program.run("disordered --order none");
    assert!(unordered.out().contains("\"session_late\":true"));
}

#[test]
fn watermark_and_full_sort() {
    let program = Program::new();
    program.generate("--events 20000 --ips 2000 --disorder 60s", "events");
    let watermark = program.run("events --order watermark");
    for memory in ["1GiB", "1MiB", "100KiB"] {
        let full = program.run(&format!("events --order full --sort-memory {memory}"));
        assert!(full.out() == watermark.out(), "{memory}");
    }
}

#[test]
fn partitions() {
    let program = Program::new();
    for format in ["json", "elb"] {
        program.generate(
            &format!("--events 20000 --ips 2000 --disorder 10s --format {format}"),
            "events",
        );
        let one = program.run("events");
        let four = program.run("events --partitions 4");
        assert_eq!(four.code(), 0, "{}", four.errors());
        assert!(one.sorted() == four.sorted(), "{format}");
        let again = program.run("events --partitions 4");
        assert!(
            four.out() == again.out(),
            "{format}: the same order every time"
        );
    }
}

#[test]
fn threads() {
    let program = Program::new();
    for format in ["json", "elb"] {
        program.generate(
            &format!("--events 20000 --ips 2000 --disorder 10s --format {format}"),
            "events",
        );
        for arguments in ["", "--partitions 3", "--order full", "--order none"] {
            let one = program.run(&format!("events {arguments} --threads 1"));
            assert_eq!(one.code(), 0, "{}", one.errors());
            for threads in [2, 7] {
                let several = program.run(&format!("events {arguments} --threads {threads}"));
                assert!(several.out() == one.out(), "{format} {arguments} {threads}");
            }
        }
    }
}

#[test]
fn batches() {
    let program = Program::new();
    program.generate("--events 5000 --ips 500", "events");
    let expected = program.run("events");
    for batch in [1, 2, 7, 100, 4_999, 5_000, 5_001] {
        let ended = program.run(&format!("events --batch {batch}"));
        assert!(ended.out() == expected.out(), "batches of {batch}");
    }
}

#[test]
fn identical_lines_are_events_of_their_own() {
    let program = Program::new();
    program.write("events", event("1.2.3.4", "00:00:00").repeat(100));
    for batch in [1, 10, 100] {
        let ended = program.run(&format!("events --batch {batch}"));
        assert!(
            ended.out().contains("\"session_events\":100,"),
            "batches of {batch}"
        );
    }
}

#[test]
fn how_the_input_comes() {
    let program = Program::new();
    program.generate("--events 3000 --ips 300", "events");
    let content = program.read("events");
    let half = content.iter().position(|b| *b == b'\n').unwrap() + 1;
    let (first, rest) = content.split_at(half);
    program.write("first", first);
    program.write("rest", rest);
    for (extension, content) in compressed(rest) {
        program.write(&format!("rest.{extension}"), content);
    }
    program.write("two.gz", [gzip(first), gzip(rest)].concat());
    program.write("no-end", content.trim_ascii_end());
    let text = String::from_utf8(content.clone()).unwrap();
    program.write("windows", text.replace('\n', "\r\n"));
    program.write("blank", text.replace('\n', "\n\n  \n"));
    let expected = program.run("events");
    for arguments in [
        "first rest",
        "first rest.gz",
        "first rest.zst",
        "first rest.bz2",
        "first rest.xz",
        "two.gz",
        "no-end",
        "windows",
        "blank",
    ] {
        let ended = program.run(arguments);
        assert!(ended.out() == expected.out(), "{arguments}");
    }
    assert!(program.run_with_input("-", &content).out() == expected.out());
    for (extension, input) in compressed(&content) {
        let ended = program.run_with_input("-", &input);
        assert!(ended.out() == expected.out(), "{extension}");
    }
    let ended = program.run_with_input("first -", rest);
    assert!(ended.out() == expected.out());
}

#[test]
fn where_the_output_goes() {
    let program = Program::new();
    program.generate("--events 3000 --ips 300", "events");
    let expected = program.run("events");
    let ended = program.run("events --output out --summary -");
    assert_eq!(program.read("out"), expected.out().as_bytes());
    assert!(ended.out().starts_with("{\"cuts\":{"), "{}", ended.out());
    for (file, magic) in [
        ("out.gz", b"\x1f\x8b" as &[u8]),
        ("out.zst", b"\x28\xb5\x2f\xfd"),
    ] {
        let ended = program.run(&format!("events --quiet -o {file}"));
        assert_eq!((ended.out(), ended.errors()), ("", ""));
        assert!(program.read(file).starts_with(magic), "{file}");
        // What it has written it also reads.
        let again = program.run(file);
        assert!(again.out() == expected.out(), "{file}");
    }
}

#[test]
fn what_cannot_be_sessionized_is_kept() {
    let program = Program::new();
    let odd = ["{", "nonsense", "{\"ip\":1}", "\u{0}", "ä"];
    let content = odd
        .iter()
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    program.write("events", [content, event("1.2.3.4", "00:00:00")].concat());
    for arguments in ["", "--partitions 3", "--order full", "--order none"] {
        let ended = program.run(&format!("events --summary summary {arguments}"));
        assert_eq!(ended.code(), 0);
        assert_eq!(ended.out().lines().count(), 6);
        for line in odd {
            let raw = serde_json::to_string(line).unwrap();
            assert!(
                ended.out().contains(&format!("\"session_raw\":{raw}}}\n")),
                "{line}: {}",
                ended.out()
            );
        }
        let summary: serde_json::Value = serde_json::from_slice(&program.read("summary")).unwrap();
        assert_eq!(
            (&summary["events"], &summary["invalid"]),
            (&1.into(), &5.into()),
            "{summary}"
        );
    }
}

#[test]
fn a_line_of_32_mib() {
    let program = Program::new();
    let mut content = vec![b'x'; 33 << 20];
    content.push(b'\n');
    content.extend_from_slice(event("1.2.3.4", "00:00:00").as_bytes());
    program.write("events", &content);
    let ended = program.run("events --output out");
    assert_eq!(ended.code(), 0, "{}", ended.errors());
    let out = program.read("out");
    assert_eq!(out.iter().filter(|b| **b == b'x').count(), 33 << 20);
    assert_eq!(out.iter().filter(|b| **b == b'\n').count(), 3);
}
