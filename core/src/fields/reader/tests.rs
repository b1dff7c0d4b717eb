use super::*;
use crate::rule::Cut;
use crate::session::{Origin, Session};
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const APPENDED: &str = r#"{"ip":"1.2.3.4","session_id":"1.2.3.4-5000.2","session_start":"1970-01-01T00:00:05.000Z","session_duration":1.25,"session_events":3,"session_cut":"max_events","session_previous":"1.2.3.4-5000","session_late":false}"#;

const IN_PLACE: &str = r#"{"session_late":true,"session_id":"1.2.3.4-5000","session_start":"1970-01-01T00:00:05.000Z","session_duration":7,"session_events":3,"session_cut":null,"session_previous":null,"ip":"1.2.3.4"}"#;

const FRAGMENT: &str = r#"{"ip":"1.2.3.4","session_id":"1.2.3.4-5000","session_start":"1970-01-01T00:00:05.000Z","session_duration":0,"session_events":1,"session_cut":"late","session_previous":null,"session_late":true}"#;

fn reader(prefix: &str) -> AddedReader {
    AddedReader::new(prefix, IdForm::Key)
}

/// The visitor, the session, the cut, and whether the event is out of order.
type Read = (Vec<u8>, Session, Option<Cut>, Option<bool>);

fn whole(added: Option<Added<'_>>) -> Option<Read> {
    let added = added?;
    let (visitor, session) = added.session()?;
    assert_eq!(added.duration, session.duration());
    assert_eq!(added.events, session.events);
    let out_of_order = added.out_of_order;
    Some((visitor.into_owned(), session, added.cut, out_of_order))
}

fn read(output: &str) -> Option<Read> {
    whole(reader("session_").read(output.as_bytes()))
}

fn at(start: i64, number: u32) -> Origin {
    Origin { start, number }
}

#[test]
fn what_the_module_writes_is_read_at_the_end_and_anywhere() {
    let reader = reader("session_");
    let session = |origin, last, events, previous| Session {
        origin,
        last,
        events,
        previous,
    };
    let full = session(at(5_000, 2), 6_250, 3, Some(at(5_000, 1)));
    let joined = session(at(5_000, 1), 12_000, 3, None);
    let alone = session(at(5_000, 1), 5_000, 1, None);
    let rows = [
        (APPENDED, true, full, Some(Cut::MaxEvents), Some(false)),
        (IN_PLACE, false, joined, None, Some(true)),
        (FRAGMENT, true, alone, Some(Cut::Fragment), Some(true)),
    ];
    for (output, is_at_the_end, session, cut, out_of_order) in rows {
        let expected = Some((b"1.2.3.4".to_vec(), session, cut, out_of_order));
        let output = output.as_bytes();
        assert_eq!(reader.at_the_end(output).is_some(), is_at_the_end);
        assert_eq!(whole(reader.read(output)), expected);
        assert_eq!(whole(reader.anywhere(output)), expected);
    }
}

#[test]
fn what_does_not_fit_together_is_not_read() {
    let rows = [
        ("another start", "00:05.000Z", "00:06.000Z"),
        ("a number out of turn", "5000.2", "5000.3"),
        (
            "another visitor's session before",
            r#""1.2.3.4-5000""#,
            r#""1.2.3.5-5000""#,
        ),
        ("no events", r#"events":3"#, r#"events":0"#),
        ("a fraction of an event", r#"events":3"#, r#"events":3.5"#),
        ("a negative duration", "1.25", "-1.25"),
        ("a duration of four decimals", "1.25", "1.2555"),
        ("an exponent", "1.25", "1e3"),
        ("an end after the latest time", "1.25", "253402300795"),
        ("an unknown cut", "max_events", "max"),
        ("a number for the cut", r#""max_events""#, "1"),
        ("no truth", "false", "0"),
        ("a text for a number", r#"events":3"#, r#"events":"3""#),
        ("a missing id", "session_id", "session_ix"),
        ("a missing duration", "session_duration", "session_time"),
        ("a missing count", "session_events", "session_event"),
        ("a missing cut", "session_cut", "session_cat"),
        ("half of a record", "\"session_late\":false}", ""),
    ];
    for (name, from, to) in rows {
        assert!(APPENDED.contains(from), "{name}");
        assert_eq!(read(&APPENDED.replacen(from, to, 1)), None, "{name}");
    }
}

/// Each row: what the output lacks, and what that leaves open.
#[test]
fn a_field_that_no_restart_needs_may_be_missing() {
    let start = r#","session_start":"1970-01-01T00:00:05.000Z""#;
    let previous = r#","session_previous":"1.2.3.4-4000""#;
    let late = r#","session_late":false"#;
    let output = APPENDED
        .replace("-5000\"", "-4000\"")
        .replace("-5000.2", "-5000");
    let (_, whole_session, cut, _) = read(&output).unwrap();
    assert_eq!(whole_session.previous, Some(at(4_000, 1)));
    let rows: [(&[&str], bool, bool); 5] = [
        (&[start], true, true),
        (&[previous], false, true),
        (&[late], true, false),
        (&[start, late], true, false),
        (&[start, previous, late], false, false),
    ];
    let reader = reader("session_");
    for (missing, knows_previous, knows_lateness) in rows {
        let output = missing.iter().fold(output.clone(), |output, field| {
            assert!(output.contains(field));
            output.replace(field, "")
        });
        let session = Session {
            previous: whole_session.previous.filter(|_| knows_previous),
            ..whole_session
        };
        let lateness = knows_lateness.then_some(false);
        let expected = Some((b"1.2.3.4".to_vec(), session, cut, lateness));
        assert!(reader.at_the_end(output.as_bytes()).is_some());
        assert_eq!(read(&output), expected, "{output}");
        assert_eq!(whole(reader.anywhere(output.as_bytes())), expected);
    }
}

/// The number of a session tells which one was before: the one with the same start.
#[test]
fn the_session_before_one_with_a_number_need_not_be_named() {
    let named = r#","session_previous":"1.2.3.4-5000""#;
    assert!(APPENDED.contains(named));
    assert_eq!(read(&APPENDED.replace(named, "")), read(APPENDED));
}

#[test]
fn an_output_that_ends_with_another_output_is_read_as_itself() {
    let outer = IN_PLACE.strip_suffix('}').unwrap();
    let output = format!("{outer},\"previous_event\":{APPENDED}}}");
    assert_eq!(read(&output), read(IN_PLACE));
    assert!(read(&output).is_some());
}

#[test]
fn the_latest_end_is_the_latest_time() {
    let output = APPENDED.replace("1.25", "253402300794.999");
    let (_, session, ..) = read(&output).unwrap();
    assert_eq!(session.last, sessionize_formats::time::MAX);
}

#[test]
fn another_prefix() {
    let output = APPENDED.replace("session_", "visit.");
    let reader = reader("visit.");
    assert!(reader.at_the_end(output.as_bytes()).is_some());
    assert!(reader.read(output.as_bytes()).is_some());
    assert_eq!(read(&output), None);
}

#[test]
fn an_escaped_id_is_unescaped() {
    for (escaped, visitor) in [(r#"a\"b"#, "a\"b"), (r"a\\", "a\\"), (r"\u0041", "A")] {
        let output = APPENDED.replace("1.2.3.4", escaped);
        assert!(reader("session_").at_the_end(output.as_bytes()).is_none());
        let (found, session, ..) = read(&output).unwrap();
        assert_eq!(found, visitor.as_bytes());
        assert_eq!(session.previous, Some(at(5_000, 1)));
    }
}

#[test]
fn a_hashed_id_stands_for_the_visitor_in_its_first_20_digits() {
    let output = FRAGMENT.replace("1.2.3.4-5000", "0123456789abcdef012300000000138800000001");
    let added = AddedReader::new("session_", IdForm::Hash).read(output.as_bytes());
    let (visitor, session, ..) = whole(added).unwrap();
    assert_eq!(visitor, b"0123456789abcdef0123");
    assert_eq!(session.origin, at(5_000, 1));
}

/// Whatever their kinds are: to look for them anywhere would cost ten times as much.
#[test]
fn the_values_at_the_end_are_complete() {
    let reader = reader("session_");
    let joined = FRAGMENT.replace(r#"cut":"late""#, r#"cut":null"#);
    for output in [APPENDED, FRAGMENT, &joined] {
        let values = reader.at_the_end(output.as_bytes()).unwrap();
        assert_eq!(whole(Added::read(IdForm::Key, values)), read(output));
        assert!(read(output).is_some());
    }
}
