//! The short form of `make endurance`.

use harness::endurance::endure;
use harness::host::wasm;

#[test]
fn more_output_than_memory() {
    let endured = endure(&wasm().unwrap(), 1_200_000_000).unwrap();
    println!("{endured:?}");
    assert!(endured.output >= 1_200_000_000);
    assert!(endured.memory_at_last <= endured.memory_at_first);
}
