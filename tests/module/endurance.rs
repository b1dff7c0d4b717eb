//! The short form of `make endurance`.

use fluvio_smartengine::EngineError;
use harness::endurance::{LIMIT, WARM_UP, endure};
use harness::host::{wasm, wasm_named};

/// More than the memory that brokers allow, in bytes.
const OUTPUT: u64 = 1_200_000_000;

/// The memory that an instance with 2,000 visitors and batches of 700 records may take, in bytes.
/// It took 2.8 MB when this was written.
const MOST_MEMORY: usize = 4_000_000;

#[test]
fn more_output_than_memory() {
    let mut memory = Vec::new();
    let records = endure(&wasm().unwrap(), LIMIT, OUTPUT, |mark| {
        memory.push(mark.memory);
    });
    let records = records.unwrap();
    assert_eq!(memory.len(), 3, "after 100 MB, 1 GB, and at the end");
    let most = memory.into_iter().max().unwrap();
    assert!(most <= MOST_MEMORY, "{most} bytes");
    // A record has about 530 bytes.
    assert!(records > OUTPUT / 1_000, "{records}");
}

/// The generated module never frees its output. If there is room for that, the growth is reported.
#[test]
fn a_leak_is_seen() {
    const ROOM: usize = 512 << 20;
    let leaking = wasm_named("sessionize-noop.wasm").unwrap();
    let error = endure(&leaking, ROOM, 2 * WARM_UP, |_| ()).unwrap_err();
    let error = format!("{error:#}");
    assert!(error.starts_with("memory grew from "), "{error}");
}

/// If there is no room, the engine ends the instance.
#[test]
fn a_module_with_a_leak_does_not_endure() {
    let leaking = wasm_named("sessionize-noop.wasm").unwrap();
    let error = endure(&leaking, LIMIT, OUTPUT, |_| ()).unwrap_err();
    assert!(
        matches!(
            error.downcast_ref(),
            Some(EngineError::StoreMemoryExceeded { .. })
        ),
        "{error:#}"
    );
}
