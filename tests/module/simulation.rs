//! Simulated brokers: many with the native module, and some with the engine. `make simulate` runs
//! any number of them.

use harness::host::{BROKER_VERSION, Engine, Host, Native, SMDK_VERSION};
use harness::simulation::{Tally, run, seeds};

fn simulate(host: &dyn Host, seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        match run(seed, host) {
            Ok(counts) => tally.add(&counts),
            Err(error) => panic!(
                "seed {seed} failed; replay it with make simulate ARGS='--start {seed} --seeds 1': {error:#}"
            ),
        }
    }
    tally
}

#[test]
fn natively() {
    let tally = simulate(
        &Native {
            version: BROKER_VERSION,
        },
        seeds(9_000, 0),
    );
    println!("{tally}");
    // What the simulations never do, they don't check.
    assert!(tally.presented_again > 10_000, "{tally}");
    assert!(
        tally.covered > 5_000 && tally.covered > tally.restarts / 3,
        "{tally}"
    );
    assert!(tally.reordered > 5_000, "{tally}");
    assert!(tally.refused > 5_000 && tally.judged > 1_000, "{tally}");
}

#[test]
fn natively_in_the_layout_of_smdk() {
    simulate(
        &Native {
            version: SMDK_VERSION,
        },
        seeds(1_000, 1_800),
    );
}

#[test]
fn in_the_engine() {
    for version in [BROKER_VERSION, SMDK_VERSION] {
        let engine = Engine {
            version,
            ..Engine::new().unwrap()
        };
        simulate(&engine, seeds(10, 2_000));
    }
}
