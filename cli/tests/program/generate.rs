//! The generator on the command line.

use crate::program::Program;

#[test]
fn the_same_seed_gives_the_same_file() {
    let program = Program::new();
    program.generate("--events 5000 --seed 7", "one");
    program.generate("--events 5000 --seed 7", "two");
    program.generate("--events 5000 --seed 8", "three");
    assert!(program.read("one") == program.read("two"));
    assert!(program.read("one") != program.read("three"));
}

#[test]
fn every_format_is_sessionized_without_a_remainder() {
    let program = Program::new();
    for format in ["json", "elb", "alb", "combined", "common"] {
        program.generate(&format!("--events 5000 --format {format}"), "events.gz");
        for parameter in ["auto", format] {
            let ended = program.run(&format!(
                "events.gz -e format={parameter} --summary summary"
            ));
            assert_eq!(ended.code(), 0, "{}", ended.errors());
            let summary: serde_json::Value =
                serde_json::from_slice(&program.read("summary")).unwrap();
            assert_eq!(
                summary["events"],
                serde_json::json!(5_000),
                "{format} as {parameter}: {summary}"
            );
        }
    }
}

#[test]
fn to_the_standard_output() {
    let program = Program::new();
    let ended = program.call("generate --events 3 --start 2024-02-29T12:00:00Z");
    assert_eq!(ended.out().lines().count(), 3);
    assert!(
        ended
            .out()
            .starts_with("{\"timestamp\":\"2024-02-29T12:00:00.000Z\",")
    );
    assert_eq!(ended.errors(), "");
}
