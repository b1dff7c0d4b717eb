//! The check of parameters: lines of `name=value`. What it accepts starts a module.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_core::event::Record;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::Sessionizer;

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    match Parameters::from_pairs(pairs) {
        Ok(parameters) => {
            let mut sessionizer = Sessionizer::new(&parameters);
            sessionizer.begin_batch(Some(1_741_000_000_000));
            sessionizer.process(&Record {
                key: Some(b"192.0.2.1"),
                value: br#"{"ip":"192.0.2.1","timestamp":1741000000000}"#,
                append_time: Some(1_741_000_000_000),
            });
        }
        Err(error) => assert!(error.to_string().contains("parameter")),
    }
});
