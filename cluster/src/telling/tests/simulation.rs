//! Cases of what may happen to a partition, against one to which nothing happens.

use fluvio_future::task::run_block_on;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{SHORT, SMALL, asked, tell, tell_by};
use crate::partition::Partition;
use crate::testing::{Broker, event};

/// What happens to a partition.
#[derive(Clone, Debug)]
enum Step {
    /// A batch of events: visitors, and how far each is behind the clock, which goes on.
    Events(u16, Vec<(u8, u8)>),
    /// Two producers' batches are stored in the other order.
    Swap(Vec<(u8, u8)>, Vec<(u8, u8)>),
    /// The broker restarts, perhaps once more after so many requests.
    Restart(u8),
    /// The broker restarts, and the first teller dies after so many requests.
    TellerDies(u8),
    /// The broker restarts, two tellers take turns, and the slower one ends after more events.
    TwoTellers(Vec<(u8, u8)>),
}

/// The log that a case begins with, and what happens then.
#[derive(Clone, Debug)]
struct Case {
    /// Batches of a segment.
    segment: usize,
    /// How far the high watermark is behind.
    lag: i64,
    steps: Vec<Step>,
}

fn case() -> impl Strategy<Value = Case> {
    let events = || prop::collection::vec((0..12u8, 0..50u8), 1..8);
    let step = prop_oneof![
        6 => (0..60u16, events()).prop_map(|(forward, events)| Step::Events(forward, events)),
        1 => (events(), events()).prop_map(|(one, other)| Step::Swap(one, other)),
        1 => (0..12u8).prop_map(Step::Restart),
        1 => (0..12u8).prop_map(Step::TellerDies),
        1 => events().prop_map(Step::TwoTellers),
    ];
    (1..20usize, 0..200i64, prop::collection::vec(step, 1..60)).prop_map(|(segment, lag, steps)| {
        Case {
            segment,
            lag,
            steps,
        }
    })
}

/// A case on a broker that restarts, and on one that does not.
struct Run {
    broker: Broker,
    oracle: Broker,
    is_told: bool,
    clock: i64,
    events: usize,
    wrong: usize,
}

impl Run {
    fn new(case: &Case, parameters: &[(&str, &str)], is_told: bool) -> Self {
        let [broker, oracle] = [Broker::new(parameters), Broker::new(parameters)];
        if is_told {
            tell(&broker, 0).unwrap();
            tell(&oracle, 0).unwrap();
        }
        let mut state = broker.state();
        state.segment = case.segment;
        state.lag = case.lag;
        state.look_back = if is_told { 1 } else { 500 };
        drop(state);
        Self {
            broker,
            oracle,
            is_told,
            clock: 0,
            events: 0,
            wrong: 0,
        }
    }

    fn produce(&mut self, events: &[(u8, u8)]) {
        let clock = self.clock;
        let event =
            |&(visitor, behind): &(u8, u8)| event(visitor.into(), clock - i64::from(behind));
        let events: Vec<String> = events.iter().map(event).collect();
        let found = self.broker.events(&events).expect("it was told");
        let expected = self.oracle.events(&events).expect("it was told");
        self.events += found.len();
        self.wrong += found.iter().zip(&expected).filter(|(f, e)| f != e).count();
    }

    /// Tells the instance its sessions, if somebody does.
    fn restore(&self, nonce: u8) {
        while self.is_told && !asked(&self.broker) {
            let _ = tell_by(&self.broker, nonce, SMALL, i64::MAX);
        }
    }

    fn step(&mut self, nonce: u8, step: &Step) {
        match step {
            Step::Events(forward, events) => {
                self.clock += i64::from(*forward);
                self.produce(events);
            }
            Step::Swap(one, other) => {
                self.produce(one);
                self.produce(other);
                self.broker.state().swap_latest();
            }
            Step::Restart(requests) => {
                self.broker.state().restart_in = Some((*requests).into());
                self.broker.restart();
                self.restore(nonce);
                self.broker.state().restart_in = None;
            }
            Step::TellerDies(requests) => {
                self.broker.restart();
                if self.is_told {
                    self.broker.state().client_dies_in = Some((*requests).into());
                    let _ = tell_by(&self.broker, nonce, SMALL, i64::MAX);
                    self.broker.state().client_dies_in = None;
                }
                self.restore(nonce.wrapping_add(100));
            }
            Step::TwoTellers(events) => {
                let told = self.broker.state().produced.len();
                self.broker.restart();
                self.restore(nonce);
                let telling = self.broker.state().produced.split_off(told);
                self.produce(events);
                // The slower one says the same, after events that it does not know of.
                for batch in telling {
                    let _ = run_block_on(self.broker.link().produce(batch));
                }
            }
        }
    }
}

fn run(case: &Case, parameters: &[(&str, &str)], is_told: bool) -> Run {
    let mut run = Run::new(case, parameters, is_told);
    for (number, step) in (1..100).zip(&case.steps) {
        run.step(number, step);
    }
    run
}

proptest! {
    /// With `require`, the output is that of a run without restarts, event by event. The
    /// environment variable PROPTEST_CASES says how many cases are tried.
    #[test]
    fn restarts_do_not_show(case in case()) {
        let run = run(&case, SHORT, true);
        prop_assert_eq!(run.wrong, 0, "of {} events", run.events);
    }
}

/// The cases are such that restarts do show where nobody tells the sessions. Prints how often.
#[test]
fn with_look_back_alone_the_same_restarts_show() {
    let cases = ProptestConfig::default().cases;
    let mut runner = TestRunner::deterministic();
    let (mut wrong_cases, mut wrong, mut events) = (0, 0, 0);
    for _ in 0..cases {
        let case = case().new_tree(&mut runner).unwrap().current();
        let run = run(&case, &SHORT[..4], false);
        wrong_cases += u32::from(run.wrong > 0);
        wrong += run.wrong;
        events += run.events;
    }
    println!("{wrong_cases} of {cases} cases, {wrong} of {events} events differ");
    assert!(wrong_cases > cases / 10, "{wrong_cases} of {cases}");
}
