//! The reader of log lines: each format, and the one that finds the format. A line that it accepts
//! becomes a JSON object for serde_json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::line::{self, Line, LineFormat};

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    let mut parsed = Line::default();
    for format in LineFormat::ALL.map(Some).into_iter().chain([None]) {
        let read = match format {
            Some(format) => line::parse_into(format, data, &mut parsed),
            None => line::parse_any_into(data, &mut parsed),
        };
        if read.is_err() {
            continue;
        }
        let mut members = Text::new();
        parsed.write_members(data, &mut members);
        members.push(b"}");
        fuzz::assert_json(members.as_bytes());
        let columns = parsed.format().columns();
        // The address may be `-`, which is no visitor; the time is always there.
        let time = parsed
            .format()
            .column("timestamp")
            .expect("every format has it");
        assert!(parsed.value(time, data).is_some());
        assert_eq!(parsed.value(columns.len(), data), None);
    }
});
