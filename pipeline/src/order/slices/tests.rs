use super::super::testing::Collected;
use super::*;

fn ordered(lateness: i64, times: &[i64]) -> Vec<i64> {
    let mut slices = Slices::new(lateness);
    let mut out = Collected::default();
    for (number, time) in times.iter().enumerate() {
        let place = Place {
            time: *time,
            partition: number,
        };
        slices
            .push(place, time.to_string().as_bytes(), &mut out)
            .unwrap();
    }
    slices.finish(&mut out).unwrap();
    out.0
        .windows(2)
        .filter(|two| two[0].1 == two[1].1)
        .for_each(|two| assert!(two[0].0 < two[1].0, "the same time in the order of coming"));
    out.0
        .iter()
        .map(|(_, line)| std::str::from_utf8(line).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn orders_and_lets_late_ones_through() {
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
        let mut slices = Slices::new(lateness);
        let mut out = Collected::default();
        for &time in times {
            let place = Place { time, partition: 0 };
            slices.push(place, b"", &mut out).unwrap();
        }
        assert_eq!(slices.behind(), Behind { events, most }, "{name}");
    }
}
