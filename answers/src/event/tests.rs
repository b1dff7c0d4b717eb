use super::*;

const ADDED: &str = r#""session_id":"192.0.2.1-1000","session_start":"1970-01-01T00:00:01.000Z","session_duration":2.5,"session_events":3,"session_cut":null,"session_previous":null,"session_late":true"#;

fn reader() -> EventReader {
    EventReader::new(&Parameters::default())
}

fn event<'l>(line: &'l str) -> SessionEvent<'l> {
    match reader().read(line.as_bytes()) {
        Line::Event(event) => event,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn an_event_tells_its_session() {
    let line = format!("{{{ADDED}}}");
    let expected = SessionEvent {
        session_id: "192.0.2.1-1000".into(),
        visitor: "192.0.2.1".len(),
        start: 1_000,
        last: 3_500,
        number: 3,
        cut: None,
        previous: None,
        is_late: true,
        url: None,
        referrer: None,
        user_agent: None,
        status: None,
    };
    assert_eq!(event(&line), expected);
}

#[test]
fn ids_may_be_hashes() {
    let line = r#"{"session_id":"ee7bd0058265a1ffc5c3014eb4fe17f300000001","session_start":"2015-07-22T09:00:28.019Z","session_duration":0,"session_events":1,"session_cut":"gap","session_previous":"ee7bd0058265a1ffc5c3014eb4fd17f300000001","session_late":false}"#;
    let event = event(line);
    assert_eq!(event.visitor, 20);
    assert_eq!(event.cut, Some(Cut::Gap));
    let previous = event.previous.as_deref();
    assert_eq!(previous, Some("ee7bd0058265a1ffc5c3014eb4fd17f300000001"));
}

#[test]
fn requests_are_read_as_the_views_read_them() {
    let url = |fields: &str| {
        event(&format!("{{{fields},{ADDED}}}"))
            .url
            .map(Cow::into_owned)
    };
    let rows = [
        (
            r#""url":"/a","path":"/b","request":"GET /c HTTP/1.1""#,
            Some("/a"),
        ),
        (
            r#""url":null,"path":"/b","request":"GET /c HTTP/1.1""#,
            Some("/b"),
        ),
        (r#""request":"GET /c HTTP/1.1""#, Some("/c")),
        (r#""request":"GET /c""#, Some("/c")),
        (r#""request":"GET  /c""#, None),
        (r#""request":"-""#, None),
        (r#""request":"GET \"/\u00e9\" HTTP/1.1""#, Some("\"/é\"")),
        (
            r#""url":{"deep":["<script>"]}"#,
            Some(r#"{"deep":["<script>"]}"#),
        ),
        (r#""url":7"#, Some("7")),
        (r#""url":"\"""#, Some("\"")),
    ];
    for (fields, expected) in rows {
        assert_eq!(url(fields).as_deref(), expected, "{fields}");
    }
    let status = |fields: &str| event(&format!("{{{fields},{ADDED}}}")).status;
    let rows = [
        (r#""status":200"#, Some(200)),
        (r#""status":"404""#, Some(404)),
        (r#""status":true"#, None),
        (r#""status":null,"elb_status_code":504"#, Some(504)),
    ];
    for (fields, expected) in rows {
        assert_eq!(status(fields), expected, "{fields}");
    }
    let line = format!(r#"{{"referer":null,"referrer":"/r","user_agent":"a\tb",{ADDED}}}"#);
    let event = event(&line);
    assert_eq!(event.referrer.as_deref(), Some("/r"));
    assert_eq!(event.user_agent.as_deref(), Some("a\tb"));
}

#[test]
fn the_prefix_is_a_parameter() {
    let line = format!("{{{ADDED}}}").replace("session_", "s.");
    let parameters = Parameters::from_pairs([("prefix", "s.")]).unwrap();
    let mut reader = EventReader::new(&parameters);
    assert!(matches!(reader.read(line.as_bytes()), Line::Event(_)));
}

#[test]
fn other_lines_are_told_apart() {
    let foreign = |line: &str| match reader().read(line.as_bytes()) {
        Line::Foreign(why) => why,
        other => panic!("{line}: {other:?}"),
    };
    let invalid = br#"{"session_error":"no key","session_raw":"{}"}"#;
    assert!(matches!(reader().read(invalid), Line::Invalid));
    assert_eq!(foreign(r#"{"ip":"192.0.2.1"}"#), "no field `session_id`");
    assert_eq!(foreign("word"), "not JSON: expected `{` at byte 0");
    assert_eq!(
        foreign(r#"{"session_id":"192.0.2.1-1000","sess"#),
        "not JSON: a string without an end at byte 31"
    );
    let without_cut = format!("{{{ADDED}}}").replace("_cut", "_end");
    let moved = format!("{{{ADDED}}}").replace("-1000", "-1001");
    for line in [without_cut, moved] {
        assert_eq!(
            foreign(&line),
            "the fields `session_…` are not those that sessionize writes"
        );
    }
}
