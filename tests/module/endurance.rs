//! The short form of `make endurance`.

use fluvio_smartengine::EngineError;
use harness::endurance::endure;
use harness::host::{wasm, wasm_named};

const OUTPUT: u64 = 1_200_000_000;

#[test]
fn more_output_than_memory() {
    let endured = endure(&wasm().unwrap(), OUTPUT, |mark| println!("{mark:?}")).unwrap();
    let outputs: Vec<u64> = endured
        .marks
        .iter()
        .map(|mark| mark.output / 100_000_000)
        .collect();
    assert_eq!(outputs, [1, 10, 12]);
}

/// The generated module, which never frees its output.
#[test]
fn a_module_with_a_leak_does_not_endure() {
    let leaking = wasm_named("sessionize-noop.wasm").unwrap();
    let error = endure(&leaking, OUTPUT, |_| ()).unwrap_err();
    assert!(
        matches!(
            error.downcast_ref(),
            Some(EngineError::StoreMemoryExceeded { .. })
        ),
        "{error:#}"
    );
}
