//! All that the engine hands over, as arbitrary bytes: the parameters, a batch, stored records, and
//! the engine version. The first two lines are the parameters and the stored records.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_core::parameters::Parameters;
use sessionize_smartmodule::adapter::Adapter;

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    let Some((version, data)) = data.split_first() else {
        return;
    };
    let version = i16::from(*version % 32);
    let (parameters, data) = fuzz::split(data);
    let (stored, batch) = fuzz::split(data);
    let mut adapter = Adapter::start(parameters, version)
        .unwrap_or_else(|_| Adapter::new(&Parameters::default()));
    adapter.look_back(stored, version);
    for _ in 0..2 {
        let _ = adapter.filter_map(batch.to_vec(), version);
    }
    adapter.look_back(batch, version);
});
