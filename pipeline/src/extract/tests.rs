mod properties;

use super::*;

/// An event's time and key.
type Found = Option<(Millis, Vec<u8>)>;

fn extractor(parameters: &[(&str, &str)], wants_key: bool) -> Extractor {
    let parameters = parameters.iter().copied();
    Extractor::new(&Parameters::from_pairs(parameters).unwrap(), wants_key)
}

impl Extractor {
    /// What is found in one of the ways.
    fn found(&mut self, way: fn(&mut Self, &[u8]) -> Option<Millis>, line: &[u8]) -> Found {
        let time = way(self, line)?;
        Some((time, self.key.as_bytes().to_vec()))
    }

    fn extracted(&mut self, line: &[u8]) -> Found {
        let event = self.extract(line)?;
        Some((event.time, event.key.to_vec()))
    }
}

#[test]
fn most_events_are_read_by_their_leading_members() {
    let time = r#""timestamp":"2025-03-03T09:00:00Z""#;
    let rows = [
        ("the usual", format!(r#"{{{time},"ip":"1.2.3.4","a":1}}"#)),
        (
            "the last ones",
            format!(r#"{{"a":7,"ip":"1.2.3.4",{time}}}"#),
        ),
        ("spaces", format!(r#"{{ "ip" : "1.2.3.4" , {time} }}"#)),
        (
            "a word",
            format!(r#"{{"a":null,"b":true,"ip":"::1",{time}}}"#),
        ),
        (
            "a number",
            r#"{"a":-1.5e+3,"timestamp":1740992430.25,"ip":7}"#.into(),
        ),
        ("a text", format!(r#"{{"ip":"somebody",{time}}}"#)),
        ("a list", format!(r#"{{"ip":"1.2.3.4, 5.6.7.8",{time}}}"#)),
        (
            "twice",
            r#"{"timestamp":1,"timestamp":2,"ip":"::1"}"#.into(),
        ),
        (
            "escapes",
            format!(r#"{{{time},"ip":"::1","a":"\"\n\\","b":"\/"}}"#),
        ),
        (
            "a longer name",
            format!(r#"{{{time},"ip":"::1","ipv4":"1.2.3.4"}}"#),
        ),
    ];
    let mut extractor = extractor(&[], true);
    for (name, event) in rows {
        let found = extractor.found(Extractor::by_all, event.as_bytes());
        assert!(found.is_some(), "{name}");
        assert_eq!(
            extractor.found(Extractor::by_leading, event.as_bytes()),
            found,
            "{name}"
        );
    }
}

#[test]
fn the_others_are_read() {
    let events = [
        // Another value for the same name, plain, escaped, and only in part.
        r#"{"timestamp":1,"ip":"::1","timestamp":2}"#,
        r#"{"timestamp":1,"ip":"::1","ip" : "::2"}"#,
        r#"{"timestamp":1,"ip":"::1","time\u0073tamp":2}"#,
        r#"{"timestamp":1,"time\u0073tamp":2,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"::1","\u0069p":"::2"}"#,
        // The names where they name nothing.
        r#"{"a":"timestamp","timestamp":1,"ip":"::1","b":"timestamp"}"#,
        r#"{"a":"\"timestamp\":2","timestamp":1,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"::1","a":{"timestamp":2},"b":["ip"]}"#,
        r#"{"a":{"timestamp":2},"timestamp":1,"ip":"::1"}"#,
        // Values that are spelt with escapes.
        r#"{"timestamp":"2025-03-03T09:00:00\u005a","ip":"::1"}"#,
        r#"{"timestamp":1,"ip":"\u003a:1"}"#,
        r#"{"timestamp":1,"ip":"a\/b"}"#,
        // A blank before the event.
        r#" {"timestamp":1,"ip":"::1"}"#,
        // Escapes that are repaired to spell one of the names.
        r#"{"timestamp":1,"ip":"::1","\ip":"::2"}"#,
        r#"{"timestamp":1,"ip":"::1","\x69p":"::2"}"#,
        // What is around an event.
        "\u{feff}{\"timestamp\":1,\"ip\":\"::1\"}",
        "\0\0{\"timestamp\":1,\"ip\":\"::1\"}",
        r#""{""timestamp"":1,""ip"":""::1""}""#,
    ];
    let mut extractor = extractor(&[], true);
    for event in events {
        assert_eq!(
            extractor.found(Extractor::by_leading, event.as_bytes()),
            None,
            "{event}"
        );
        assert!(extractor.extracted(event.as_bytes()).is_some(), "{event}");
    }
}

#[test]
fn a_damaged_key_is_read() {
    let mut extractor = extractor(&[], true);
    let event = b"{\"timestamp\":1,\"ip\":\"caf\xe9\"}";
    assert_eq!(extractor.found(Extractor::by_leading, event), None);
    let repaired = "{\"timestamp\":1,\"ip\":\"caf\u{fffd}\"}";
    assert_eq!(
        extractor.extracted(event),
        extractor.found(Extractor::by_all, repaired.as_bytes())
    );
}

#[test]
fn lines_with_something_around_them_are_read() {
    let mut extractor = extractor(&[], true);
    for line in LINES {
        let found = extractor.found(Extractor::by_all, line.as_bytes());
        let quoted = format!("\"{}\"", line.replace('"', "\"\""));
        for whole in [format!("\u{feff}{line}"), format!("\0\0{line}"), quoted] {
            assert_eq!(
                extractor.found(Extractor::by_head, whole.as_bytes()),
                None,
                "{whole}"
            );
            assert_eq!(extractor.extracted(whole.as_bytes()), found, "{whole}");
        }
        let nuls = format!("{line}\0\0");
        assert_eq!(extractor.extracted(nuls.as_bytes()), found, "{nuls}");
    }
}

#[test]
fn nothing_is_found_of_what_is_no_event() {
    let records = [
        "",
        "{",
        "{}",
        "{\"timestamp\"",
        "{\"timestamp\":",
        "x",
        r#"{"ip":"::1"}"#,
        r#"{"timestamp":1}"#,
        r#"{"timestamp":"x","ip":"::1"}"#,
        r#"{"timestamp":null,"ip":"::1"}"#,
        r#"{"timestamp":true,"ip":"::1"}"#,
        r#"{"timestamp":1,"ip":null}"#,
        r#"{"timestamp":1,"ip":""}"#,
        r#"{"timestamp":1,"ip":[]}"#,
        r#"{"timestamp":01-,"ip":"::1"}"#,
    ];
    let mut extractor = extractor(&[], true);
    for record in records {
        assert_eq!(extractor.extracted(record.as_bytes()), None, "{record}");
    }
}

#[test]
fn a_key_is_not_looked_for_unless_it_is_wanted() {
    let mut extractor = extractor(&[], false);
    let found = Some((1_000, Vec::new()));
    for event in [r#"{"timestamp":1}"#, r#"{"timestamp":1,"#] {
        assert_eq!(extractor.extracted(event.as_bytes()), found, "{event}");
    }
}

const LINES: [&str; 5] = [
    r#"2015-07-22T09:00:28.019143Z shop 1.2.3.4:54635 10.0.6.158:80 0.00002 0.02 0.00002 200 200 0 699 "GET https://a.b:443/c HTTP/1.1" "Mozilla/5.0 (X11)" - -"#,
    r#"https 2018-07-02T22:23:00.186641Z app/x/y [2001:db8::1]:2817 - 0.086 0.048 0.037 200 200 0 57 "GET https://a.b:443/ HTTP/1.1" "curl/7.46.0" - - arn "Root=1" "#,
    r#"1.2.3.4 - a_user [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 "https://a.b/c" "Mozilla/4.08 [en] (Win98)""#,
    r#"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326"#,
    r#"::1 - - [2000-10-10T13:55:36Z] "GET /a.gif HTTP/1.0" 200 2326"#,
];

#[test]
fn most_lines_are_read_by_their_head() {
    let mut extractor = extractor(&[], true);
    for line in LINES {
        let found = extractor.found(Extractor::by_all, line.as_bytes());
        assert!(found.is_some(), "{line}");
        assert_eq!(
            extractor.found(Extractor::by_head, line.as_bytes()),
            found,
            "{line}"
        );
    }
}

#[test]
fn lines_are_read_for_other_columns() {
    for parameters in [[("key", "user_agent")], [("timestamp", "request")]] {
        let mut extractor = extractor(&parameters, true);
        for line in LINES {
            assert_eq!(
                extractor.found(Extractor::by_head, line.as_bytes()),
                None,
                "{line}"
            );
        }
    }
}
