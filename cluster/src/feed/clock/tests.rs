use super::*;

const AHEAD: Millis = 100;

/// What becomes of events, in order: `+` in its turn, `!` wrong at a time. The clock jumps after 3
/// in a row.
struct Run(Clock<()>, Vec<Judged<()>>);

impl Run {
    fn new(max_ahead: Option<Millis>) -> Self {
        let mut clock = Clock::new(max_ahead);
        clock.jump = 3;
        Self(clock, Vec::new())
    }

    fn push(&mut self, times: &[Millis]) -> &mut Self {
        for &time in times {
            self.0.push(time, None, (), &mut self.1);
        }
        self
    }

    fn appended(&mut self, time: Millis, at: Millis) -> &mut Self {
        self.0.push(time, Some(at), (), &mut self.1);
        self
    }

    fn out(&mut self) -> Vec<String> {
        let judged = std::mem::take(&mut self.1);
        let text = judged.iter().map(|judged| match judged {
            Judged::Right(time, ()) => format!("+{time}"),
            Judged::Wrong(time, ()) => format!("!{time}"),
        });
        text.collect()
    }
}

#[test]
fn the_first_events_wait_until_they_agree() {
    let mut run = Run::new(Some(AHEAD));
    assert!(run.push(&[50, 10_000]).out().is_empty());
    assert_eq!(run.push(&[60]).out(), ["+50", "+60"]);
    assert_eq!(run.0.time(), Some(60));
    // The fast clock waits until its time has come.
    assert_eq!(run.push(&[160, 250]).out(), ["+160", "+250"]);
    run.0.finish(&mut run.1);
    assert_eq!(run.out(), ["+10000"]);
}

#[test]
fn one_that_is_ahead_moves_nothing_and_comes_in_its_turn() {
    let mut run = Run::new(Some(AHEAD));
    run.push(&[0, 1, 2]).out();
    assert!(run.push(&[150]).out().is_empty());
    assert_eq!(run.push(&[90]).out(), ["+90"]);
    assert_eq!(run.push(&[160]).out(), ["+150", "+160"]);
}

#[test]
fn many_in_a_row_are_a_jump() {
    let mut run = Run::new(Some(AHEAD));
    run.push(&[0, 1, 2]).out();
    assert_eq!(
        run.push(&[5000, 5001, 5002]).out(),
        ["+5000", "+5001", "+5002"]
    );
}

#[test]
fn the_append_time_tells_at_once() {
    let mut run = Run::new(Some(AHEAD));
    assert_eq!(run.appended(1000, 1010).out(), ["+1000"]);
    // After a quiet night.
    assert_eq!(run.appended(9000, 9010).out(), ["+9000"]);
    assert_eq!(run.appended(9200, 9050).out(), ["!9050"]);
    assert_eq!(run.0.time(), Some(9000));
    // Loaded later: an old event says nothing of the time.
    assert!(run.appended(9150, 50_000).out().is_empty());
}

#[test]
fn a_start_is_decided_when_there_is_nothing_more_for_now() {
    let mut run = Run::new(Some(AHEAD));
    run.push(&[7]);
    run.0.idle(&mut run.1);
    assert_eq!(run.out(), ["+7"]);
    run.push(&[900]);
    run.0.idle(&mut run.1);
    assert!(run.out().is_empty());
}

#[test]
fn without_room_what_was_set_aside_is_wrong() {
    let mut run = Run::new(Some(AHEAD));
    run.push(&[0, 1, 2]).out();
    run.push(&[500, 3, 600]).out();
    assert!(run.0.make_room(&mut run.1));
    assert_eq!(run.out(), ["!3"]);
    assert!(run.0.make_room(&mut run.1));
    assert_eq!(run.out(), ["+600"]);
    assert!(!run.0.make_room(&mut run.1));
}

#[test]
fn without_a_bound_each_event_moves_the_time() {
    let mut run = Run::new(None);
    assert_eq!(run.push(&[1, 1_000_000, 2]).out(), ["+1", "+1000000", "+2"]);
    assert_eq!(run.0.time(), Some(1_000_000));
}
