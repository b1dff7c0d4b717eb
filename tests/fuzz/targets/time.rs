//! The readers of times. A time that they accept is within the range, and is the same when it is
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::time::{self, MAX, MIN, Rfc3339};

/// The length of a written time, in bytes.
const WRITTEN: usize = "2015-07-22T09:00:28.019Z".len();

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    for read in [time::from_text(data), time::from_number(data)] {
        let Ok(time) = read else {
            continue;
        };
        assert!((MIN..=MAX).contains(&time), "{time}");
        let mut written = Text::new();
        let mut out = written.writer(WRITTEN);
        Rfc3339::new().write(time, &mut out);
        out.end();
        assert_eq!(time::from_text(written.as_bytes()).ok(), Some(time));
    }
});
