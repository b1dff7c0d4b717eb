//! Rows from any place on.

use proptest::prelude::*;
use sessionize_core::parameters::Parameters;

use super::*;
use crate::testing::{Stored, events, parameters, sessionized, twice};

/// Rows with their places, and the place in front of each offset.
type Read<R> = (Vec<(Place, R)>, Vec<Place>);

/// Reads a log from a place on.
fn read<R: LogReader>(parameters: &Parameters, records: &[Stored], place: Place) -> Read<R::Row> {
    let mut reader = R::resume(parameters, 0, place);
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for (offset, record) in (0..).zip(records).skip(place.from as usize) {
        places.push(reader.place(offset));
        reader.take(offset, record.as_bytes());
        rows.extend(std::iter::from_fn(|| reader.pop()));
    }
    (rows, places)
}

/// From each place that a row has, and from each offset on, the same rows follow.
fn the_rest_is_the_same<R: LogReader>(parameters: &Parameters, records: &[Stored])
where
    R::Row: PartialEq + std::fmt::Debug + Clone,
{
    let (rows, places) = read::<R>(parameters, records, Place::default());
    for (number, (place, _)) in rows.iter().enumerate() {
        let (rest, _) = read::<R>(parameters, records, *place);
        assert_eq!(rest, rows[number + 1..], "{place:?}");
    }
    for place in places {
        let (rest, _) = read::<R>(parameters, records, place);
        let first = rows.partition_point(|(of, _)| of.offset < place.offset);
        // The row of an event has the place behind it.
        let rows = match R::Row::NAME {
            "events" => &rows[place.offset as usize..],
            _ => &rows[first..],
        };
        assert_eq!(rest, rows, "{place:?}");
    }
}

proptest! {
    #[test]
    fn sessions_go_on_from_any_place(events in events(), bits in any::<u64>()) {
        let parameters = parameters("200s");
        let records = twice(sessionized(&parameters, &events), bits);
        the_rest_is_the_same::<LogSessions>(&parameters, &records);
    }

    #[test]
    fn events_go_on_from_any_place(events in events()) {
        let parameters = parameters("200s");
        let records = sessionized(&parameters, &events);
        the_rest_is_the_same::<LogEvents>(&parameters, &records);
    }
}

#[test]
fn a_place_depends_on_the_oldest_session_that_is_not_forgotten() {
    let parameters = parameters("200s");
    // Forgotten at 5 + 200 + 10 s, so when the last event has come only the latest two are left.
    let events = [(1, 0, 0), (2, 5, 0), (2, 100, 0), (3, 216, 0), (3, 217, 0)];
    let records = sessionized(&parameters, &events);
    let (_, places) = read::<LogSessions>(&parameters, &records, Place::default());
    let from: Vec<(u64, i64)> = places
        .iter()
        .map(|place| (place.from, place.time))
        .collect();
    let time = |second: i64| 1_000_000_000_000 + 1000 * second;
    assert_eq!(from, [(0, 0), (0, 0), (0, 0), (0, 0), (1, time(0))]);
}

#[test]
fn other_records_are_told_apart() {
    let mut reader = LogSessions::resume(&Parameters::default(), 0, Place::default());
    let invalid = br#"{"session_error":"no time","session_raw":"?"}"#;
    assert_eq!(reader.take(0, invalid), Taken::Invalid);
    let foreign = reader.take(1, b"{}");
    assert_eq!(foreign, Taken::Foreign("no field `session_id`".into()));
    assert_eq!(reader.pop(), None);
}

#[test]
fn an_event_has_all_that_the_views_read() {
    let records = [
        r#"{"ip":"192.0.2.1","status":404,"url":"/a\"b","session_id":"192.0.2.1-1000","session_start":"1970-01-01T00:00:01.000Z","session_duration":2.5,"session_events":2,"session_cut":null,"session_previous":"192.0.2.1-5","session_late":true}"#,
        r#"{"session_error":"no time","session_raw":"?"}"#,
        "?",
    ];
    let records = records.map(String::from);
    let (rows, _) = read::<LogEvents>(&Parameters::default(), &records, Place::default());
    let texts: Vec<Vec<String>> = rows
        .iter()
        .map(|(_, row)| {
            let column = |column: &crate::row::Column<EventRow>| match (column.value)(row) {
                crate::row::Value::Text(None) => String::from("-"),
                value => format!("{}={value:?}", column.name),
            };
            let columns = EventRow::COLUMNS.iter().map(column);
            columns.filter(|text| text != "-").collect()
        })
        .collect();
    let record = |record: &Stored| format!("record=Text(Some({record:?}))");
    assert_eq!(
        texts,
        [
            vec![
                r#"session_id=Text(Some("192.0.2.1-1000"))"#.into(),
                "session_start=Time(Some(1000))".into(),
                "session_duration=Seconds(Some(2500))".into(),
                "session_events=Count(Some(2))".into(),
                r#"session_previous=Text(Some("192.0.2.1-5"))"#.into(),
                "session_late=Truth(Some(true))".into(),
                r#"ip=Text(Some("192.0.2.1"))"#.into(),
                r#"url=Text(Some("/a\"b"))"#.into(),
                r#"status=Text(Some("404"))"#.into(),
                "log_partition=Count(Some(0))".into(),
                "log_offset=Count(Some(0))".into(),
                record(&records[0]),
            ],
            vec![
                "session_start=Time(None)".into(),
                "session_duration=Seconds(None)".into(),
                "session_events=Count(None)".into(),
                "session_late=Truth(None)".into(),
                r#"session_error=Text(Some("no time"))"#.into(),
                "log_partition=Count(Some(0))".into(),
                "log_offset=Count(Some(1))".into(),
                record(&records[1]),
            ],
        ]
    );
    let days: Vec<i64> = rows.iter().map(|(_, row)| row.day()).collect();
    assert_eq!(days, [1000, 3500]);
}
