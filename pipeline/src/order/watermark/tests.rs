use proptest::prelude::*;

use super::super::testing::{line, number_of, with_record};
use super::*;

/// Events come up to ten behind; more than a hundred ahead is too far; five in a row are a jump.
const BOUNDS: Bounds = Bounds {
    lateness: 10,
    max_ahead: 100,
    jump: 5,
    max_bytes: 1 << 20,
};

/// Times in the order in which they come out, those that came out ahead with the stream's time, and
/// what the order was like.
type Ordered = (Vec<i64>, Vec<(i64, i64)>, Disorder);

/// What comes out: the number of each event, and the stream's time where it is ahead of that.
type Out = Vec<(usize, Option<i64>)>;

fn push(watermark: &mut Watermark, number: usize, time: i64) {
    with_record(time, number, |record| watermark.push(record, &line(number)));
}

fn pop_all(watermark: &mut Watermark, out: &mut Out) {
    while let Some(released) = watermark.pop() {
        out.push(noted(&released));
    }
}

fn noted(released: &Released<'_>) -> (usize, Option<i64>) {
    let record = released.record;
    let number = match released.ahead_of {
        None => number_of(&record),
        // Its text is its line.
        Some(_) => {
            let text = str::from_utf8(record.text).unwrap();
            text.strip_prefix("line ").unwrap().parse().unwrap()
        }
    };
    (number, released.ahead_of)
}

fn ordered(bounds: Bounds, times: &[i64]) -> Ordered {
    let mut watermark = Watermark::within(bounds);
    let mut out = Out::default();
    for (number, time) in times.iter().enumerate() {
        push(&mut watermark, number, *time);
        pop_all(&mut watermark, &mut out);
    }
    watermark.finish();
    pop_all(&mut watermark, &mut out);
    assert_eq!(out.len(), times.len(), "nothing is lost");
    let (in_turn, ahead): (Out, Out) = out.into_iter().partition(|(_, ahead)| ahead.is_none());
    for two in in_turn.windows(2) {
        let (one, other) = (two[0].0, two[1].0);
        if times[one] == times[other] {
            assert!(one < other, "the same time in the order of coming");
        }
    }
    let in_turn = in_turn.iter().map(|(number, _)| times[*number]);
    let ahead = ahead
        .iter()
        .filter_map(|(number, ahead_of)| Some((times[*number], (*ahead_of)?)));
    (in_turn.collect(), ahead.collect(), watermark.disorder())
}

fn sorted(times: &[i64]) -> Vec<i64> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times
}

#[test]
fn comes_out_as_if_sorted() {
    let every = |step: usize, count: i64| (0..count).step_by(step).collect::<Vec<_>>();
    let night = [every(1, 30), (1_000..1_030).collect()].concat();
    let two_visitors: Vec<i64> = (0..200).flat_map(|t| [t, t + 1_000]).collect();
    let rows: [(&str, Vec<i64>, u64); 16] = [
        ("nothing", vec![], 0),
        ("one", vec![7], 0),
        ("in order", every(1, 50), 0),
        ("one clock ahead", vec![1, 2, 1_000, 3, 4, 5, 6, 7, 8, 9], 1),
        (
            "its time comes",
            [vec![0, 50, 160, 10, 51], every(10, 400)[5..].to_vec()].concat(),
            1,
        ),
        (
            "the first one ahead",
            [vec![1_000], every(1, 30)].concat(),
            1,
        ),
        (
            "the first four ahead",
            [vec![1_000, 1_001, 1_002, 1_003], every(1, 30)].concat(),
            4,
        ),
        ("only the first one ahead", vec![1_000, 1, 2], 1),
        (
            "the last one ahead, as after a quiet hour",
            vec![1, 2, 3, 1_000],
            0,
        ),
        (
            "two clocks ahead",
            [vec![1, 2, 5_000, 1_000, 3], every(1, 30)[4..].to_vec()].concat(),
            2,
        ),
        ("a quiet night", night.clone(), 0),
        (
            "a quiet night, then one that is late",
            [&night[..33], &[29], &night[33..]].concat(),
            3,
        ),
        (
            "a quiet night, in which a clock is ahead",
            [&night[..30], &[500], &night[30..]].concat(),
            0,
        ),
        (
            "a quiet night, after which a clock is ahead",
            [&night[..31], &[9_000], &night[31..]].concat(),
            1,
        ),
        (
            // The last one looks like a quiet hour.
            "one visitor of two is ahead all the time",
            two_visitors,
            199,
        ),
        ("nothing but quiet hours", every(200, 4_000), 0),
    ];
    for (name, times, set_aside) in rows {
        let (out, ahead, disorder) = ordered(BOUNDS, &times);
        assert_eq!(out, sorted(&times), "{name}");
        assert_eq!(ahead, [], "{name}");
        let expected = Disorder {
            set_aside,
            ..Disorder::default()
        };
        assert_eq!(disorder, expected, "{name}");
    }
}

#[test]
fn what_moves_the_time() {
    let behind = |out: &[i64], events, most| (out.to_vec(), events, most);
    let rows = [
        (
            "at max_ahead it does",
            BOUNDS,
            vec![0, 100, 1],
            behind(&[0, 1, 100], 0, 0),
        ),
        (
            "one short of a jump does not",
            BOUNDS,
            vec![0, 1, 2, 3, 4, 1_000, 1_001, 1_002, 1_003, 5],
            behind(&[0, 1, 2, 3, 4, 5, 1_000, 1_001, 1_002, 1_003], 0, 0),
        ),
        (
            "a jump does",
            BOUNDS,
            vec![0, 1, 2, 3, 4, 1_000, 1_001, 1_002, 1_003, 1_004, 5],
            behind(
                &[0, 1, 2, 3, 4, 5, 1_000, 1_001, 1_002, 1_003, 1_004],
                1,
                999,
            ),
        ),
        (
            "without max_ahead each event does",
            Bounds {
                max_ahead: i64::MAX,
                ..BOUNDS
            },
            vec![0, 1_000, 1, 2],
            behind(&[0, 1, 2, 1_000], 2, 999),
        ),
    ];
    for (name, bounds, times, (expected, events, most)) in rows {
        let (out, _, disorder) = ordered(bounds, &times);
        assert_eq!(out, expected, "{name}");
        assert_eq!(
            (disorder.behind.events, disorder.behind.most),
            (events, most),
            "{name}"
        );
    }
}

#[test]
fn what_there_is_no_room_for_comes_out_ahead() {
    // Each event takes some 177 bytes.
    let bounds = Bounds {
        max_bytes: 400,
        ..BOUNDS
    };
    let times = [0, 1, 2, 3, 4, 1_000, 5, 3_000, 6, 2_000, 7, 9_000, 8];
    let (out, ahead, disorder) = ordered(bounds, &times);
    assert_eq!(out, [0, 1, 2, 3, 4, 5, 6, 7, 8, 1_000, 2_000]);
    assert_eq!(ahead, [(3_000, 6), (9_000, 7)], "the farthest ones");
    assert_eq!((disorder.set_aside, disorder.no_room), (4, 2));
}

#[test]
fn many_bytes_in_a_row_are_a_jump_too() {
    let bounds = Bounds {
        jump: 1_000,
        max_bytes: 1_000,
        ..BOUNDS
    };
    let times: Vec<i64> = (0..5).chain(1_000..1_100).collect();
    let (out, ahead, disorder) = ordered(bounds, &times);
    assert_eq!((out, ahead, disorder), (times, vec![], Disorder::default()));
}

#[test]
fn a_slow_start_comes_out_when_the_input_is_idle() {
    let rows: [(&str, &[i64], &[i64]); 5] = [
        ("nothing", &[], &[]),
        ("no more than is held back anyway", &[0, 10], &[]),
        ("something to let go", &[0, 20], &[0]),
        ("the first one ahead", &[1_000, 0], &[]),
        (
            "the first one ahead, something to let go",
            &[1_000, 0, 20],
            &[0],
        ),
    ];
    for (name, times, expected) in rows {
        let mut watermark = Watermark::within(BOUNDS);
        let mut out = Out::default();
        for (number, time) in times.iter().enumerate() {
            push(&mut watermark, number, *time);
        }
        watermark.idle();
        pop_all(&mut watermark, &mut out);
        let out: Vec<i64> = out.iter().map(|(number, _)| times[*number]).collect();
        assert_eq!(out, expected, "{name}");
    }
}

/// A stream that goes on by small steps, now and then over a quiet time, each event up to
/// `lateness` behind. Some of its events are far ahead of that, though never so many in a row that
/// they are a jump, nor near the time that the stream jumps to.
fn stream() -> impl Strategy<Value = Vec<i64>> {
    let event = (
        prop_oneof![30 => 0..5_i64, 1 => 300..3_000_i64],
        0..=BOUNDS.lateness,
        prop_oneof![6 => Just(0), 1 => 200..50_000_i64],
    );
    proptest::collection::vec(event, 0..300).prop_map(|events| {
        let steps = events.iter().scan(0, |now, (step, ..)| {
            *now += step;
            Some(*now)
        });
        let stream: Vec<i64> = steps.collect();
        let mut in_a_row = 0;
        let event = |(number, (_, behind, ahead)): (usize, &(i64, i64, i64))| {
            let now = stream[number];
            let far = now + ahead;
            let is_ahead = *ahead > 0
                && in_a_row < BOUNDS.jump - 1
                && stream[number..]
                    .iter()
                    .take(2 * BOUNDS.jump)
                    .all(|time| (far - time).abs() > BOUNDS.max_ahead + BOUNDS.lateness);
            in_a_row = if is_ahead { in_a_row + 1 } else { 0 };
            if is_ahead { far } else { (now - behind).max(0) }
        };
        events.iter().enumerate().map(event).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_is_the_sort(times in stream()) {
        let (out, ahead, _) = ordered(BOUNDS, &times);
        prop_assert_eq!(out, sorted(&times));
        prop_assert_eq!(ahead, []);
    }

    /// It makes no difference when events are popped.
    #[test]
    fn popped_at_any_time(
        times in proptest::collection::vec(-2_000..2_000_i64, 0..200),
        pops in proptest::collection::vec(0..4_usize, 200),
    ) {
        let bounds = Bounds { max_bytes: 700, ..BOUNDS };
        let (mut eager, mut lazy) = (Watermark::within(bounds), Watermark::within(bounds));
        let (mut eagerly, mut lazily) = (Out::default(), Out::default());
        for (number, (time, pops)) in times.iter().zip(pops).enumerate() {
            push(&mut eager, number, *time);
            pop_all(&mut eager, &mut eagerly);
            push(&mut lazy, number, *time);
            for _ in 0..pops {
                let released = lazy.pop();
                lazily.extend(released.as_ref().map(noted));
            }
        }
        for (watermark, out) in [(&mut eager, &mut eagerly), (&mut lazy, &mut lazily)] {
            watermark.finish();
            pop_all(watermark, out);
        }
        prop_assert_eq!(eagerly, lazily);
    }
}
