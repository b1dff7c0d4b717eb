//! Events of a few visitors, as the module writes them.

pub(crate) mod batch_job;

use proptest::prelude::*;
use sessionize_core::event::Record;
use sessionize_core::parameters::Parameters;
use sessionize_core::sessionizer::{Outcome, Sessionizer};

/// A record that the module has written.
pub(crate) type Stored = String;

/// The events of visitors (visitor, second, page), sessionized as they come.
pub(crate) fn sessionized(parameters: &Parameters, events: &[(u8, i64, u8)]) -> Vec<Stored> {
    const PAGES: [&str; 6] = [
        r#""url":"/""#,
        r#""url":"/a?q","status":200"#,
        r#""url":"/a","status":"404","referer":"/""#,
        r#""url":"/x.css","status":304"#,
        r#""request":"GET /b HTTP/1.1","elb_status_code":503,"user_agent":"one""#,
        r#""user_agent":"two \" <script>""#,
    ];
    let mut module = Sessionizer::new(parameters);
    module.begin_batch(None);
    let write = |&(visitor, second, page): &(u8, i64, u8)| {
        let page = PAGES[usize::from(page) % PAGES.len()];
        let time = 1_000_000_000 + second;
        let event = format!(r#"{{"ip":"192.0.2.{visitor}","timestamp":{time},{page}}}"#);
        let record = Record {
            value: event.as_bytes(),
            ..Record::default()
        };
        match module.process(&record) {
            Outcome::Emit { value, .. } => String::from_utf8(value.concat()).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    events.iter().map(write).collect()
}

/// The same with some of them stored twice, by the bits of a number.
pub(crate) fn twice(records: Vec<Stored>, bits: u64) -> Vec<Stored> {
    let is_twice = |at: usize| bits >> (at % 64) & 1 == 1;
    let repeated = |(at, record)| vec![record; 1 + usize::from(is_twice(at))];
    records.into_iter().enumerate().flat_map(repeated).collect()
}

/// Parameters of a module with this `ttl`.
pub(crate) fn parameters(ttl: &str) -> Parameters {
    let pairs = [
        ("gap", "100s"),
        ("lateness", "10s"),
        ("max_events", "4"),
        ("max_duration", "300s"),
    ];
    Parameters::from_pairs(pairs.into_iter().chain([("ttl", ttl)])).unwrap()
}

/// Events that mostly go on in time, with steps back of all sizes.
pub(crate) fn events() -> impl Strategy<Value = Vec<(u8, i64, u8)>> {
    let step = prop_oneof![
        8 => 0..20_i64,
        2 => 80..130_i64,
        1 => 250..800_i64,
        2 => -15..0_i64,
        1 => -500..-50_i64,
    ];
    let event = (0..3_u8, step, any::<u8>());
    proptest::collection::vec(event, 1..60).prop_map(|steps| {
        let mut now = 10_000;
        let event = |(visitor, step, page): (u8, i64, u8)| {
            let time = now + step;
            now = now.max(time);
            (visitor, time, page)
        };
        steps.into_iter().map(event).collect()
    })
}
