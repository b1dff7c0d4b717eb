//! The table, against a batch job over the same records.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;
use crate::event::{EventReader, Line};
use crate::testing::batch_job::{self, Expected, batch_job, expected};
use crate::testing::{Stored, events, parameters, sessionized, twice};

fn take(table: &mut SessionTable, record: &Stored) {
    let mut reader = EventReader::new(&Parameters::default());
    match reader.read(record.as_bytes()) {
        Line::Event(event) => table.take(&event),
        other => panic!("{record}: {other:?}"),
    }
}

/// All rows that records make, in order.
fn rows(parameters: &Parameters, records: &[Stored]) -> Vec<SessionRow> {
    let mut table = SessionTable::new(parameters);
    let mut rows = Vec::new();
    for record in records {
        take(&mut table, record);
        rows.extend(std::iter::from_fn(|| table.pop()));
    }
    rows.extend(std::iter::from_fn(|| table.drain()));
    assert!(table.is_empty());
    rows
}

/// The last row of each session. Revisions count from 1, without a gap. Fragments have no others.
fn last_rows(rows: Vec<SessionRow>) -> BTreeMap<String, Expected> {
    let mut revisions: HashMap<Arc<str>, u32> = HashMap::new();
    let mut last = BTreeMap::new();
    for row in rows {
        if row.cut == Some(Cut::Fragment) {
            assert_eq!((row.revision, row.events, row.closed), (1, 1, true));
            continue;
        }
        let revision = revisions.entry(row.session_id.clone()).or_default();
        *revision += 1;
        assert_eq!(row.revision, *revision);
        last.insert(row.session_id.to_string(), expected(&row));
    }
    last
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// In the order in which the module wrote them, with some stored twice. Each fragment has a
    /// row, and memory follows the sessions of the last `ttl`.
    #[test]
    fn as_written(events in events(), twice_at in any::<u64>()) {
        let parameters = parameters("200s");
        let records = twice(sessionized(&parameters, &events), twice_at);
        let rows = rows(&parameters, &records);
        let is_fragment = |record: &&Stored| record.contains(r#""session_cut":"late""#);
        let fragments = rows.iter().filter(|row| row.cut == Some(Cut::Fragment));
        prop_assert_eq!(fragments.count(), records.iter().filter(is_fragment).count());
        prop_assert_eq!(last_rows(rows), batch_job(&records, parameters.rule.gap));

        let mut table = SessionTable::new(&parameters);
        let mut touched: HashMap<String, Millis> = HashMap::new();
        for record in &records {
            take(&mut table, record);
            while table.pop().is_some() {}
            let now = table.event_time();
            touched.insert(batch_job::id(record), now);
            let kept = parameters.rule.ttl + parameters.lateness;
            let live = touched.values().filter(|&&touched| touched + kept >= now);
            prop_assert!(table.len() <= live.count());
        }
    }

    /// In any order, while nothing is forgotten.
    #[test]
    fn in_any_order(events in events(), order in any::<u64>()) {
        let records = sessionized(&parameters("200s"), &events);
        let mut shuffled: Vec<_> = records.iter().enumerate().collect();
        shuffled.sort_by_key(|(at, _)| (*at as u64 + 1).wrapping_mul(order | 1) >> 7);
        let shuffled: Vec<Stored> = shuffled.into_iter().map(|(_, record)| record.clone()).collect();
        let parameters = parameters("3650d");
        let mut rows = last_rows(rows(&parameters, &shuffled));
        let mut wanted = batch_job(&records, parameters.rule.gap);
        // A session may be read after the one that ends it.
        for row in rows.values_mut().chain(wanted.values_mut()) {
            row["closed"].take();
        }
        prop_assert_eq!(rows, wanted);
    }

    /// In order of time, there is one row for each session, and it comes once the session is over.
    #[test]
    fn in_order(mut events in events()) {
        events.sort_by_key(|&(_, time, _)| time);
        let parameters = parameters("200s");
        let records = sessionized(&parameters, &events);
        let rows = rows(&parameters, &records);
        prop_assert!(rows.iter().all(|row| row.revision == 1));
        prop_assert_eq!(last_rows(rows), batch_job(&records, parameters.rule.gap));
    }
}

/// When rows come, event by event.
#[test]
fn rows_come_when_sessions_are_over() {
    let parameters = parameters("200s");
    let events = [
        (1, 0, 0),
        (1, 5, 0),
        (2, 90, 0),
        // The first session's end, gap and lateness: 115 s.
        (2, 115, 0),
        (2, 116, 0),
        // It is late, but it still joins the first session.
        (1, 7, 0),
        (2, 126, 0),
        (2, 127, 0),
        // The visitor's next session.
        (1, 130, 0),
    ];
    let records = sessionized(&parameters, &events);
    let mut table = SessionTable::new(&parameters);
    let come: Vec<Vec<(String, u32, u32)>> = records
        .iter()
        .map(|record| {
            take(&mut table, record);
            std::iter::from_fn(|| table.pop())
                .map(|row| (row.session_id.to_string(), row.events, row.revision))
                .collect()
        })
        .collect();
    let first = || String::from("192.0.2.1-1000000000000");
    assert_eq!(
        come,
        [
            vec![],
            vec![],
            vec![],
            vec![],
            vec![(first(), 2, 1)],
            vec![],
            vec![],
            vec![(first(), 3, 2)],
            vec![],
        ]
    );
    let left: Vec<_> = std::iter::from_fn(|| table.drain())
        .map(|row| (row.session_id.to_string(), row.events, row.closed))
        .collect();
    assert_eq!(
        left,
        [
            (String::from("192.0.2.2-1000000090000"), 4, true),
            (String::from("192.0.2.2-1000000127000"), 1, false),
            (String::from("192.0.2.1-1000000130000"), 1, false),
        ]
    );
}
