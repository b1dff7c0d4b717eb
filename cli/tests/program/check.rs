//! `sessionize check`.

use crate::program::{Ended, Program, wasm};

fn check(program: &Program, line: &str) -> Ended {
    let mut command = program.command(["check", "--wasm-file"]);
    command.arg(wasm()).args(line.split_whitespace());
    Ended(command.output().unwrap())
}

#[test]
fn parameters() {
    let program = Program::new();
    let ended = check(&program, "-e gap=15m -e key=ip,user_agent");
    assert_eq!(
        (ended.out(), ended.errors(), ended.code()),
        ("the module starts\n", "", 0)
    );
    let ended = check(&program, "-e max_events=0");
    assert!(
        ended
            .errors()
            .starts_with("sessionize: parameter `max_events` is `0`, but "),
        "{}",
        ended.errors()
    );
    assert_eq!((ended.out(), ended.code()), ("", 2));
}

#[test]
fn a_topic() {
    let program = Program::new();
    let topic = |count: u64, age: &str, gap: &str| {
        format!(
            "version: 0.1.0\nmeta:\n  name: sessions\ndeduplication:\n  bounds:\n    count: {count}\n{age}  \
             filter:\n    transform:\n      uses: group/sessionize@0.1.0\n      with:\n        gap: \"{gap}\"\n"
        )
    };
    program.write("topic.yaml", topic(1_000_000, "", "30m"));
    let ended = check(&program, "--topic topic.yaml");
    assert_eq!(
        ended.out(),
        "topic.yaml: topic sessions: the module starts\n"
    );
    assert_eq!(
        ended.errors(),
        "topic.yaml: topic sessions: note: look-back count 1000000 covers gap + lateness, 31m, up to 537.6 events/s in a \
         partition\n\
         topic.yaml: topic sessions: warning: segment-size 1073741824 is not the largest, 4000000000, as `segment-size: 4 GB` \
         under `retention`: look-back ends with the segment in which it begins, and more restarts than necessary restore an old \
         state\n\
         topic.yaml: topic sessions: note: about 48.4 % of restarts restore an old state, once a partition has filled a \
         segment: look-back count 1000000 × 520 bytes a record (--record-size) ÷ segment-size 1073741824\n"
    );
    assert_eq!(ended.code(), 0);
    assert_eq!(check(&program, "--strict --topic topic.yaml").code(), 1);

    let ended = check(&program, "--topic topic.yaml --record-size 809");
    assert!(
        ended
            .errors()
            .contains("look-back count 1000000 × 809 bytes a record (--record-size) ÷"),
        "{}",
        ended.errors()
    );

    // Measured on a cluster: however long the age is, nothing is restored.
    program.write("topic.yaml", topic(5_000_000, "    age: 48h\n", "30m"));
    let ended = check(&program, "--topic topic.yaml");
    assert_eq!(
        ended
            .errors()
            .matches("topic.yaml: topic sessions: warning: ")
            .count(),
        3,
        "{}",
        ended.errors()
    );
    assert!(
        ended
            .errors()
            .contains("warning: a topic's look-back with an age finds nothing"),
        "{}",
        ended.errors()
    );
    assert_eq!(ended.code(), 0);

    program.write("topic.yaml", topic(1, "", "soon"));
    let ended = check(&program, "--topic topic.yaml");
    assert!(
        ended
            .errors()
            .starts_with("sessionize: topic.yaml: topic sessions: parameter `gap` is `soon`, but must be a duration"),
        "{}",
        ended.errors()
    );
    assert_eq!((ended.out(), ended.code()), ("", 2));

    let ended = check(&program, "--topic no.yaml");
    assert_eq!(
        ended.errors(),
        "sessionize: cannot read no.yaml: no such file or directory\n"
    );
    assert_eq!(ended.code(), 2);
}

#[test]
fn transforms() {
    let program = Program::new();
    program.write(
        "transforms.yaml",
        "transforms:\n  - uses: group/sessionize@0.1.0\n    lookback:\n      last: 100000\n    with:\n      key: user_id\n",
    );
    let ended = check(&program, "--transforms transforms.yaml");
    assert_eq!(
        ended.out(),
        "transforms.yaml: transform 1, group/sessionize@0.1.0: the module starts\n",
        "{}",
        ended.errors()
    );
    assert_eq!(ended.code(), 0);
}

/// The checks on the host say what the module says, so that nobody has to tell them apart.
#[test]
fn the_module_says_the_same_as_the_host() {
    let wasm = std::fs::read(wasm()).unwrap();
    let rows = [
        ("gap", "soon"),
        ("gop", "1"),
        ("ttl", "1m"),
        ("max_events", "-1"),
        ("key", ""),
        ("key", "/a~2"),
        ("format", "xml"),
        ("prefix", "\""),
        ("trusted_proxies", "x"),
        ("max_keys", "0"),
    ];
    for (name, value) in rows {
        let start = sessionize_pipeline::engine::Start {
            parameters: vec![(name.into(), value.into())],
            ..Default::default()
        };
        let module = sessionize_pipeline::engine::Module::start(&wasm, &start).unwrap_err();
        let host =
            sessionize_core::parameters::Parameters::from_pairs([(name, value)]).unwrap_err();
        assert_eq!(module.to_string(), host.to_string());
        assert_eq!(module.kind(), sessionize_pipeline::error::ErrorKind::Usage);
    }
}

#[test]
fn a_module_that_is_to_be_restored() {
    let program = Program::new();
    let topic = |restore: &str| {
        format!(
            "version: 0.1.0\nmeta:\n  name: sessions\nretention:\n  segment-size: 4 GB\ndeduplication:\n  \
             bounds:\n    count: 1\n  filter:\n    transform:\n      uses: sessionize\n      with:\n        \
             restore: {restore}\n"
        )
    };
    let rows = [
        ("off", None),
        (
            "accept",
            Some(
                "topic.yaml: topic sessions: note: restore accept: keep `sessionize restore --watch` running; what comes \
                 before it has told the sessions may split them",
            ),
        ),
        (
            "require",
            Some(
                "topic.yaml: topic sessions: note: restore require: keep `sessionize restore --watch` running; until it has \
                 told the sessions, every event is refused",
            ),
        ),
    ];
    for (restore, expected) in rows {
        program.write("topic.yaml", topic(&format!("\"{restore}\"")));
        let ended = check(&program, "--topic topic.yaml");
        let line = ended
            .errors()
            .lines()
            .find(|line| line.contains(": restore "));
        assert_eq!(line, expected);
        assert_eq!(ended.code(), 0);
    }
    program.write(
        "transforms.yaml",
        "transforms:\n  - uses: sessionize\n    with:\n      restore: require\n",
    );
    let ended = check(&program, "--transforms transforms.yaml");
    let expected = "transforms.yaml: transform 1, sessionize: warning: `restore` works in a topic's transform only; \
                    elsewhere nobody can tell the sessions, and with `require` every event is refused";
    assert!(ended.errors().contains(expected), "{}", ended.errors());
}
