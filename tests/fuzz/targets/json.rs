//! The scan of a JSON event. A record that it accepts is an object for serde_json, too, and so is
//! every value that it finds.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sessionize_formats::json::{self, Wanted};
use sessionize_formats::path::Path;

const PATHS: [&str; 4] = ["ip", "timestamp", "/user/id", "/list/1"];

static WANTED: LazyLock<Wanted> = LazyLock::new(|| {
    let paths = PATHS.map(|path| Path::parse(path).expect("a path"));
    Wanted::new(&paths)
});

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    let Ok(object) = json::scan(data, &WANTED) else {
        return;
    };
    fuzz::assert_json(data);
    assert_eq!(data[object.close], b'}');
    for slot in 0..PATHS.len() {
        if let Some(value) = object.value(slot, data) {
            fuzz::assert_json(value.raw);
            assert!(value.end() <= object.close);
            value.text(&mut Vec::new());
        }
    }
});
