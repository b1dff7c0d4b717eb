//! The summary against figures that are computed in another way: sort by key and time, then scan.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::program::{Program, event};

/// The parts of the session rule.
struct Rule {
    gap: i64,
    max_events: u64,
    max_duration: i64,
}

fn summary(program: &Program, arguments: &str) -> Value {
    let ended = program.run(&format!("{arguments} --output out --summary summary"));
    assert_eq!(ended.code(), 0, "{}", ended.errors());
    serde_json::from_slice(&program.read("summary")).unwrap()
}

/// Milliseconds of the times that the generator writes in March 2025.
fn millis(timestamp: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| timestamp[range].parse::<i64>().unwrap();
    (((number(8..10) * 24 + number(11..13)) * 60 + number(14..16)) * 60 + number(17..19)) * 1000
        + number(20..23)
}

fn expected(log: &[u8], rule: &Rule) -> Value {
    let mut visitors: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for line in log.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let event: Value = serde_json::from_slice(line).unwrap();
        let ip = event["ip"].as_str().unwrap().to_string();
        let time = millis(event["timestamp"].as_str().unwrap());
        visitors.entry(ip).or_default().push(time);
    }
    let [
        mut gap,
        mut max_events,
        mut max_duration,
        mut sum,
        mut longest,
    ] = [0_i64; 5];
    for times in visitors.values_mut() {
        times.sort_unstable();
        let (mut start, mut last, mut count) = (times[0], times[0], 0);
        for &time in times.iter() {
            let cut = if time > last + rule.gap {
                &mut gap
            } else if count == rule.max_events {
                &mut max_events
            } else if time - start > rule.max_duration {
                &mut max_duration
            } else {
                count += 1;
                last = time;
                continue;
            };
            *cut += 1;
            sum += last - start;
            longest = longest.max(last - start);
            (start, last, count) = (time, time, 1);
        }
        sum += last - start;
        longest = longest.max(last - start);
    }
    let keys = visitors.len() as i64;
    json!({
        "keys": keys,
        "sessions": keys + gap + max_events + max_duration,
        "cuts": {"first": keys, "gap": gap, "max_events": max_events, "max_duration": max_duration},
        "duration_sum": sum as f64 / 1000.0,
        "duration_longest": longest as f64 / 1000.0,
    })
}

#[test]
fn agree() {
    const MINUTE: i64 = 60_000;
    let program = Program::new();
    program.generate(
        "--events 50000 --ips 2000 --span 11h --disorder 30s",
        "events",
    );
    let log = program.read("events");
    let rows = [
        (
            "",
            Rule {
                gap: 30 * MINUTE,
                max_events: 1_500,
                max_duration: 720 * MINUTE,
            },
        ),
        (
            "-e gap=2s -e max_events=20 -e max_duration=10s",
            Rule {
                gap: 2_000,
                max_events: 20,
                max_duration: 10_000,
            },
        ),
        (
            "-e gap=5m -e max_events=none -e max_duration=1h",
            Rule {
                gap: 5 * MINUTE,
                max_events: u64::MAX,
                max_duration: 60 * MINUTE,
            },
        ),
    ];
    for (parameters, rule) in rows {
        let expected = expected(&log, &rule);
        assert!(
            expected["sessions"].as_i64() > expected["keys"].as_i64(),
            "{expected}"
        );
        for arguments in ["", "--partitions 3", "--order full --sort-memory 1MiB"] {
            let actual = summary(&program, &format!("events {parameters} {arguments}"));
            for (name, value) in expected.as_object().unwrap() {
                assert_eq!(&actual[name], value, "{name} with {parameters} {arguments}");
            }
            assert_eq!(actual["events"], json!(50_000));
            assert_eq!(actual["late"], json!(0));
        }
    }
}

#[test]
fn late_fragments_are_apart() {
    let program = Program::new();
    let events =
        ["12:00:00", "12:00:10", "11:00:00", "12:00:05"].map(|time| event("1.2.3.4", time));
    program.write("events", events.concat());
    let kept = summary(&program, "events --order none");
    assert_eq!(
        [
            &kept["events"],
            &kept["late"],
            &kept["fragments"],
            &kept["sessions"],
            &kept["dropped"]
        ],
        [&json!(4), &json!(2), &json!(1), &json!(1), &json!(0)]
    );
    assert_eq!(kept["duration_sum"], json!(10.0));
    let dropped = summary(&program, "events --order none -e late=drop");
    assert_eq!(
        [
            &dropped["events"],
            &dropped["late"],
            &dropped["fragments"],
            &dropped["dropped"]
        ],
        [&json!(3), &json!(1), &json!(0), &json!(1)]
    );
}

#[test]
fn for_people() {
    let program = Program::new();
    let events = [
        event("1.2.3.4", "00:00:00"),
        event("1.2.3.4", "00:00:01.500"),
        "{}\n".into(),
    ];
    program.write("events", events.concat());
    let ended = program.run("events");
    let said: Vec<&str> = ended.errors().lines().collect();
    assert!(said[0].starts_with("events     2 in 0."), "{}", said[0]);
    assert_eq!(
        said[1..],
        [
            "invalid    1: 1 × no key: field `ip` is missing or null",
            "late       0, 0 of them fragments",
            "keys       1",
            "sessions   1: first 1, gap 0, max_events 0, max_duration 0",
            "durations  1.500 s in all, mean 1.500 s, longest 1.500 s",
        ]
    );
}
