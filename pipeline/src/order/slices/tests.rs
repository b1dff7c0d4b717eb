use super::super::testing::{number_of, with_record};
use super::*;

fn ordered(lateness: i64, times: &[i64]) -> Vec<i64> {
    let (mut slices, mut ready) = (Slices::new(lateness), Ready::default());
    for (number, time) in times.iter().enumerate() {
        with_record(*time, number, |record| slices.push(record, &mut ready));
    }
    slices.finish(&mut ready);
    let mut out = Vec::new();
    while let Some(released) = ready.pop() {
        out.push(number_of(&released.record));
    }
    for two in out.windows(2).filter(|two| times[two[0]] == times[two[1]]) {
        assert!(two[0] < two[1], "the same time in the order of coming");
    }
    out.into_iter().map(|number| times[number]).collect()
}

#[test]
fn orders_events_and_releases_late_ones_at_once() {
    let rows: [(&str, i64, &[i64], &[i64]); 8] = [
        ("nothing", 10, &[], &[]),
        ("in order", 10, &[1, 2, 3], &[1, 2, 3]),
        (
            "within the lateness",
            10,
            &[10, 0, 11, 1, 12, 2],
            &[0, 1, 2, 10, 11, 12],
        ),
        ("beyond it", 10, &[100, 89, 90, 95], &[89, 90, 95, 100]),
        ("the same time", 10, &[5, 5, 4, 5, 4], &[4, 4, 5, 5, 5]),
        ("no lateness", 0, &[3, 1, 2], &[3, 1, 2]),
        (
            "a jump ahead",
            10,
            &[1, 2, 1_000_000_000_000, 3],
            &[1, 2, 3, 1_000_000_000_000],
        ),
        ("before the epoch", 10, &[-5, -7, -6], &[-7, -6, -5]),
    ];
    for (name, lateness, times, expected) in rows {
        assert_eq!(ordered(lateness, times), expected, "{name}");
    }
}

#[test]
fn all_within_the_lateness_is_sorted() {
    for lateness in [1, 5, 63, 64, 65, 1000, 60_000] {
        let times: Vec<i64> = (0..5_000_i64)
            .map(|n| n * 7 - (n * 7919) % (lateness + 1))
            .collect();
        let mut sorted = times.clone();
        sorted.sort_unstable();
        assert_eq!(ordered(lateness, &times), sorted, "lateness {lateness}");
    }
}

#[test]
fn counts_what_comes_after_its_turn() {
    type Row<'a> = (&'a str, i64, &'a [i64], (u64, i64));
    let rows: [Row<'_>; 4] = [
        ("in order", 10, &[1, 2, 3], (0, 0)),
        ("within the lateness", 10, &[10, 0, 11, 1], (0, 0)),
        ("beyond it", 10, &[100, 89, 90, 20, 95], (2, 80)),
        ("no lateness", 0, &[3, 1, 3, 4], (1, 2)),
    ];
    for (name, lateness, times, (events, most)) in rows {
        let (mut slices, mut ready) = (Slices::new(lateness), Ready::default());
        for &time in times {
            with_record(time, 0, |record| slices.push(record, &mut ready));
        }
        assert_eq!(slices.behind(), Behind { events, most }, "{name}");
    }
}
