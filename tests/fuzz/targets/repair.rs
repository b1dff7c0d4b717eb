//! The repair of damaged records. What the scan accepts afterwards is JSON for serde_json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::json::{self, Wanted};
use sessionize_formats::repair;

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    if repair::is_wrapped(data) {
        assert!(repair::may_be_wrapped(data));
    }
    let wanted = Wanted::new(&[]);
    for is_json in [true, false] {
        let mut copy = Text::new();
        repair::repair(data, |_| is_json, &mut copy);
        if json::scan(copy.as_bytes(), &wanted).is_ok() {
            fuzz::assert_json(copy.as_bytes());
        }
    }
});
