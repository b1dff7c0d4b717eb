//! The native processor and the module in Fluvio's engine: the same output, byte for byte.

use crate::program::{Ended, Program, event};

/// Runs both, and returns what the native processor did.
fn same(program: &Program, line: &str) -> Ended {
    let native = program.run(&format!("{line} --quiet"));
    let engine = program.run_in_engine(&format!("{line} --quiet"));
    assert!(native.out() == engine.out(), "{line}");
    assert_eq!(native.errors(), engine.errors(), "{line}");
    assert_eq!(native.code(), engine.code(), "{line}");
    native
}

const FORMATS: [&str; 5] = ["json", "elb", "alb", "combined", "common"];

#[test]
fn every_format_in_every_order() {
    let program = Program::new();
    for format in FORMATS {
        let log = "--events 2000 --ips 150 --span 3d --disorder 5m";
        program.generate(&format!("{log} --format {format}"), "events");
        for options in [
            "--order watermark",
            "--order full --sort-memory 100KiB",
            "--order none",
            "--partitions 3",
            "--batch 7",
        ] {
            let ended = same(&program, &format!("events {options}"));
            assert_eq!(ended.out().lines().count(), 2_000, "{format} {options}");
        }
    }
}

#[test]
fn every_parameter() {
    let program = Program::new();
    for (format, order) in [("json", "none"), ("combined", "watermark")] {
        let log = "--events 2000 --ips 150 --span 3d --disorder 5m";
        program.generate(&format!("{log} --format {format}"), "events");
        let mut content = program.read("events");
        content.extend_from_slice(b"no event\n{\"ip\":\"-\"}\n\xff{\n");
        program.write("events", content);
        for parameter in [
            "gap=1m",
            "max_events=3",
            "max_duration=2m",
            "ttl=30m",
            "lateness=0s",
            "late=drop",
            "key=ip,user_agent",
            "trusted_proxies=1",
            "timestamp=@timestamp",
            "key=@key",
            "format=json",
            "format=combined",
            "invalid=drop",
            "invalid=fail",
            "max_ahead=1m",
            "max_ahead=none",
            "max_keys=10",
            "prefix=visit_",
            "fields=start,late",
            "id=hash",
            "gap=0s",
        ] {
            same(&program, &format!("events --order {order} -e {parameter}"));
        }
    }
}

#[test]
fn a_clock_that_is_ahead() {
    let program = Program::new();
    let mut content = String::new();
    for minute in 0..60 {
        content += &event("192.0.2.1", &format!("10:{minute:02}:00"));
        if minute % 20 == 0 {
            content += &event("192.0.2.2", &format!("23:{minute:02}:00"));
        }
    }
    program.write("events", content);
    same(&program, "events");
    same(&program, "events -e max_ahead=1m");
    same(&program, "events --order none");
}

#[test]
fn the_summary_says_which_one_ran() {
    let program = Program::new();
    program.write("events", event("192.0.2.1", "10:00:00"));
    let first_line = |ended: &Ended| ended.errors().lines().next().unwrap().to_owned();
    let native = first_line(&program.run("events"));
    assert!(
        native.ends_with(" events/s, by the native processor"),
        "{native}"
    );
    let engine = first_line(&program.run_in_engine("events"));
    assert!(
        engine.ends_with(" events/s, by the module in Fluvio's engine"),
        "{engine}"
    );
}
