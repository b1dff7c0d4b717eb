use fluvio_future::task::{run_block_on, spawn_task};

use super::*;
use crate::testing::{Broker, event};

/// As on a cluster, but a hundred times as fast.
const FAST: Pace = Pace {
    probe: Duration::from_millis(10),
    look: Duration::from_millis(1),
    retry: Duration::from_millis(2),
};

fn guard(broker: &Broker, force: bool) -> (Guard<Broker>, Figures) {
    let parameters = broker.parameters();
    let figures = Figures::default();
    let orders = Orders {
        reach: Reach::of(&parameters),
        parameters,
        pace: FAST,
        figures: figures.clone(),
    };
    let guard = Guard::new(Arc::new(broker.clone()), Arc::new(orders), 0, force);
    (guard, figures)
}

/// A broker that was told, and knows one visitor.
fn broker() -> Broker {
    let broker = Broker::new(&[("restore", "require")]);
    broker.state().hangs_up = true;
    run_block_on(guard(&broker, false).0.restore(Duration::ZERO)).unwrap();
    broker.events(&[event(1, 0)]).unwrap();
    broker
}

/// Waits for something to become true.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..5000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
    panic!("{what}");
}

#[test]
fn what_was_told_is_left_alone_unless_it_is_forced() {
    let broker = broker();
    let restore = |force| {
        let (guard, figures) = guard(&broker, force);
        let told = run_block_on(guard.restore(Duration::ZERO)).unwrap();
        assert_eq!(figures.waiting.get(), 0);
        assert_eq!(figures.tellings.get(), u64::from(told.is_some()));
        told.map(|told| told.sessions)
    };
    assert_eq!(restore(false), None);
    assert_eq!(restore(true), Some(1));
    broker.restart();
    assert_eq!(restore(false), Some(1));
    assert_eq!(restore(false), None);
}

#[test]
fn a_partition_out_of_reach_is_tried_until_patience_ends() {
    let broker = broker();
    broker.restart();
    broker.state().is_down = true;
    let (first, figures) = guard(&broker, false);
    assert_eq!(figures.waiting.get(), 1);
    let began = Instant::now();
    let refused = Failure::Connection("connection refused".into());
    let ended = run_block_on(first.restore(Duration::from_millis(50)));
    assert_eq!(ended, Err(refused));
    assert!(began.elapsed() >= Duration::from_millis(50));
    let (second, _) = guard(&broker, false);
    let told = run_block_on(async {
        let task = spawn_task(second.restore(Duration::from_secs(60)));
        sleep(Duration::from_millis(20)).await;
        broker.state().is_down = false;
        task.await
    });
    assert_eq!(told.unwrap().unwrap().sessions, 1);
}

#[test]
fn a_restart_during_the_telling_is_told_anew() {
    for requests in 0..7 {
        let broker = broker();
        let known = broker.sessions();
        broker.restart();
        broker.state().restart_in = Some(requests);
        let (guard, figures) = guard(&broker, false);
        run_block_on(guard.restore(Duration::from_secs(60))).unwrap();
        assert_eq!(broker.sessions(), known, "{requests}");
        assert_eq!(figures.tellings.get(), 1, "{requests}");
    }
}

#[test]
fn a_watcher_tells_after_each_restart() {
    let broker = broker();
    let known = broker.sessions();
    let (guard, figures) = guard(&broker, false);
    run_block_on(async {
        let watcher = spawn_task(guard.watch());
        for restarts in 1..=5 {
            broker.restart();
            until("told", || figures.tellings.get() == restarts).await;
            assert_eq!(broker.sessions(), known);
            until("nobody waits", || figures.waiting.get() == 0).await;
        }
        broker.state().is_down = true;
        until("it waits", || figures.waiting.get() == 1).await;
        broker.state().is_down = false;
        until("it is seen to", || figures.waiting.get() == 0).await;
        assert_eq!(
            figures.tellings.get(),
            5,
            "the instance was there all the time"
        );
        watcher.cancel().await;
    });
    assert_eq!(
        figures.waiting.get(),
        0,
        "nobody waits for a watcher that has gone"
    );
}

#[test]
fn another_watcher_takes_over_from_one_that_dies_half_way() {
    for requests in 0..7 {
        let broker = broker();
        let known = broker.sessions();
        broker.restart();
        // It gets no further: the connection hangs up, and it dies.
        let mut link = broker.link();
        broker.state().restart_in = None;
        run_block_on(async {
            for _ in 0..requests {
                let begin = sessionize_core::restore::Mark::Begin([9; 16]).write();
                let begin = fluvio_protocol::record::Record {
                    key: Some(begin.into()),
                    ..Default::default()
                };
                link.produce(vec![begin]).await.unwrap();
            }
            let (guard, figures) = guard(&broker, false);
            let watcher = spawn_task(guard.watch());
            until("told", || figures.tellings.get() == 1).await;
            watcher.cancel().await;
        });
        assert_eq!(broker.sessions(), known, "{requests}");
    }
}

#[test]
fn two_watchers_do_no_harm() {
    let broker = broker();
    let known = broker.sessions();
    run_block_on(async {
        let (one, _) = guard(&broker, false);
        let (other, _) = guard(&broker, false);
        let watchers = [spawn_task(one.watch()), spawn_task(other.watch())];
        for _ in 0..20 {
            broker.restart();
            until("told", || broker.sessions() == known).await;
            sleep(Duration::from_millis(3)).await;
            assert_eq!(broker.sessions(), known);
        }
        for watcher in watchers {
            watcher.cancel().await;
        }
    });
}
