use super::*;
use crate::doctor::report::{HeavyKey, ReadUntil};
use crate::topic::tests::spec;

#[test]
fn numbers_are_rounded_up_to_two_digits() {
    for (number, rounded) in [
        (0, 0),
        (7, 7),
        (99, 99),
        (100, 100),
        (101, 110),
        (15_210, 16_000),
    ] {
        assert_eq!(round_up(number), rounded);
    }
}

fn topic(pairs: &[(&str, &str)], count: u64) -> Topic {
    let mut topic = Topic::from_spec("sessions", &spec(pairs)).unwrap();
    topic.lookback.count = count;
    topic.segment_size = 4_000_000_000;
    topic
}

/// A partition in which nothing is wrong.
fn sound(partition: u32) -> PartitionReport {
    PartitionReport {
        partition,
        log_end: 500_000,
        records: 500_000,
        read_back: 43_260.0,
        read_until: ReadUntil::Within,
        events: 500_000,
        events_per_second: 10.0,
        invalid: Some(0.0),
        visitors_in_ttl: 8_000,
        visitors_at_risk: 600,
        look_back_needed: 15_000,
        look_back_busiest: 20_000,
        look_back_shown: Some((400_000, 500_000)),
        stored_bytes_per_event: 520,
        bytes_per_event: 500,
        ..PartitionReport::default()
    }
}

/// What is found in three partitions, one of which differs from the others, beyond what is found in
/// any.
fn found(topic: &Topic, change: impl Fn(&mut PartitionReport)) -> Vec<String> {
    let mut partitions = [0, 1, 2].map(sound);
    let case = |partitions: &[PartitionReport]| {
        let texts = findings(&Case { topic, partitions }).into_iter();
        texts.map(|finding| finding.to_string()).collect::<Vec<_>>()
    };
    let usual = case(&partitions);
    change(&mut partitions[1]);
    let mut found = case(&partitions);
    found.retain(|text| !usual.contains(text));
    found
}

#[test]
fn what_is_found_in_a_sound_topic() {
    let sound = [0, 1].map(sound);
    let findings = findings(&Case {
        topic: &topic(&[], 100_000),
        partitions: &sound,
    });
    let texts: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(
        texts,
        [
            "note: restore off: a crash under load hides from look-back what was stored in the last moments\n    \
             `restore: \"require\"` with `sessionize restore --watch`\n",
            "note: about 1.3 % of restarts restore an old state, once a partition has filled a segment: look-back count 100000 × \
             520 bytes a record (as stored) ÷ segment-size 4000000000\n",
        ]
    );
}

#[test]
fn what_is_found_beyond() {
    type Change = fn(&mut PartitionReport);
    type Row<'r> = (&'r [(&'r str, &'r str)], u64, Change, &'r str);
    let rows: [Row<'_>; 15] = [
        (
            &[],
            100_000,
            |part| (part.look_back_needed, part.look_back_misses) = (150_000, 77),
            "warning: a crash now would split up to 77 of 600 live sessions of partition 1: look-back shows only 100,000 of the \
             last 150,000 records, which tell them [partition 1]\n    \
             `restore: \"require\"` with `sessionize restore --watch`; or a look-back `count: 230000`\n",
        ),
        // No count that is large enough fits into the module's memory.
        (
            &[],
            100_000,
            |part| (part.look_back_needed, part.look_back_misses) = (1_500_000, 77),
            "warning: a crash now would split up to 77 of 600 live sessions of partition 1: look-back shows only 100,000 of the \
             last 1,500,000 records, which tell them [partition 1]\n    \
             `restore: \"require\"` with `sessionize restore --watch`\n",
        ),
        (
            &[("restore", "accept")],
            100_000,
            |part| (part.look_back_needed, part.look_back_misses) = (150_000, 77),
            "note: until all is told, a crash now would split up to 77 of 600 live sessions of partition 1: look-back shows only \
             100,000 of the last 150,000 records, which tell them [partition 1]\n    \
             `restore: \"require\"`; or a look-back `count: 230000`\n",
        ),
        (
            &[("restore", "require")],
            100_000,
            |part| (part.look_back_needed, part.look_back_misses) = (150_000, 77),
            "",
        ),
        (
            &[],
            100_000,
            |part| {
                part.look_back_misses = 77;
                part.look_back_shown = Some((400_000, 490_000));
                part.segment_start = Some(490_000);
            },
            "warning: a crash now would split up to 77 of 600 live sessions of partition 1: look-back begins 100,000 records \
             before the end, and ends with the segment there, 10,000 records before the end [partition 1]\n    \
             `restore: \"require\"` with `sessionize restore --watch`\n",
        ),
        // The newest segment alone has all that is needed.
        (
            &[],
            100_000,
            |part| {
                part.look_back_misses = 77;
                part.look_back_shown = Some((400_000, 450_000));
                part.segment_start = Some(450_000);
            },
            "warning: a crash now would split up to 77 of 600 live sessions of partition 1: look-back begins 100,000 records \
             before the end, and ends with the segment there, 50,000 records before the end [partition 1]\n    \
             `restore: \"require\"` with `sessionize restore --watch`; or a look-back `count: 30000`\n",
        ),
        (
            &[],
            100_000,
            |part| (part.read_until, part.read_back) = (ReadUntil::Limit, 1000.9),
            "note: partition 1 was read back by 16m 40s only, and not by all that a crash may touch [partition 1]\n    \
             read more of it with --limit\n",
        ),
        (
            &[("max_keys", "10000")],
            100_000,
            |part| part.visitors_in_ttl = 9_876,
            "warning: partition 1 has 9,876 visitors within `ttl`, and the module holds 10,000 (`max_keys`): it forgets those \
             that are idle longest [partition 1]\n    \
             `max_keys: \"20000\"` (up to 64 bytes each), or a shorter `ttl`\n",
        ),
        (
            &[],
            100_000,
            |part| {
                (part.log_start, part.read_until) = (7, ReadUntil::LogStart);
                part.read_back = 7_260.0;
            },
            "warning: the log of partition 1 goes back by 2h 1m only, and sessions are live for 12h 1m (`ttl` + `lateness`): \
             what is deleted cannot be restored [partition 1]\n    \
             a longer `retention`, a larger `max-partition-size`, or a shorter `ttl`\n",
        ),
        (
            &[],
            100_000,
            |part| part.strange = 0.0123,
            "warning: 1.2 % of the records of partition 1 tell nothing of a session: they were stored by another module, or \
             with another `prefix`, `id` or `key`, and cannot be restored [partition 1]\n",
        ),
        (
            &[],
            100_000,
            |part| {
                (part.invalid, part.invalid_reason) = (Some(0.5), Some("no time".into()));
            },
            "warning: 50.0 % of the records of partition 1 could not be sessionized, the latest because: no time \
             [partition 1]\n",
        ),
        (
            &[],
            100_000,
            |part| (part.late, part.fragments) = (0.03, 0.025),
            "warning: 2.5 % of the events of partition 1 came too late for their sessions, and are fragments [partition 1]\n    \
             put events in order in front of the topic, as `sessionize feed` does, or set `lateness` to how late they come\n",
        ),
        (
            &[],
            100_000,
            |part| part.late = 0.2,
            "note: 20.0 % of the events of partition 1 came behind later ones of their sessions [partition 1]\n    \
             `sessionize feed` puts events in order in front of the topic\n",
        ),
        (
            &[],
            100_000,
            |part| part.events_per_second = 80.0,
            "note: partition 1 takes 80.0 % of the events of 3 partitions [partition 1]\n    \
             is each record keyed by its visitor? Fluvio chooses the partition by these bytes\n",
        ),
        (
            &[("key", "user")],
            100_000,
            |part| {
                let key = "anna".into();
                part.heaviest = vec![HeavyKey { key, share: 0.2 }];
            },
            "note: anna has 20.0 % of the events of partition 1 [partition 1]\n    \
             leave it out in front if it is a bot; or make the key finer, as in `key: \"user,user_agent\"`\n",
        ),
    ];
    for (pairs, count, change, expected) in rows {
        assert_eq!(found(&topic(pairs, count), change).concat(), expected);
    }
}

#[test]
fn what_is_found_of_the_topic_as_a_whole() {
    let sound = [sound(0)];
    let first = |topic: &Topic| {
        let partitions = &sound[..];
        let findings = findings(&Case { topic, partitions });
        findings.first().map(Finding::to_string).unwrap()
    };
    let mut aged = topic(&[], 100_000);
    aged.lookback.age = Some(3_600_000);
    assert!(first(&aged).starts_with("warning: a topic's look-back with an age finds nothing, "));
    let mut short = topic(&[], 100_000);
    short.retention = 3_600_000;
    assert_eq!(
        first(&short),
        "warning: records are deleted after 1h, and sessions are live for 12h 1m (`ttl` + `lateness`): what is deleted cannot \
         be restored\n    `retention` `time: 1day 2m`, or a shorter `ttl`\n"
    );
    assert_eq!(
        first(&topic(&[], 2_000_000)),
        "warning: look-back count 2000000 needs about 1160 MB of the module's memory, which is limited to 1073 MB; 1851279 \
         records of 580 bytes fit\n    `restore: \"require\"` with `sessionize restore --watch`\n"
    );
    assert_eq!(
        first(&topic(&[("restore", "require")], 500_000)),
        "note: look-back is not needed with restore require: its 500,000 records take each partition up to 290 MB and some \
         time at every start\n    `count: 1`\n"
    );
}
