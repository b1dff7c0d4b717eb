use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn json(format: LineFormat, line: &str) -> String {
    let parsed = parse(format, line.as_bytes()).unwrap();
    String::from_utf8(object(&parsed, line.as_bytes())).unwrap()
}

fn object(parsed: &Line, line: &[u8]) -> Vec<u8> {
    let mut out = Text::new();
    out.push(b"> ");
    parsed.write_members(line, &mut out);
    out.push(b"}");
    out.as_bytes()[2..].to_vec()
}

#[test]
fn reads_elb_lines() {
    const HEAD: &str = r#"2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 10.0.6.158:80 0.000022 0.026109 0.00002 200 200 0 699 "#;
    const JSON: &str = r#"{"timestamp":"2015-07-22T09:00:28.019143Z","elb":"shop","ip":"203.0.113.9","client_port":54635,"backend_ip":"10.0.6.158","backend_port":80,"request_processing_time":0.000022,"backend_processing_time":0.026109,"response_processing_time":0.00002,"elb_status_code":200,"backend_status_code":200,"received_bytes":0,"sent_bytes":699,"#;
    for (name, tail, members) in [
        (
            "whole",
            r#""GET https://shop.example:443/a?b=c HTTP/1.1" "Mozilla/5.0 (X11; Linux)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2"#,
            r#""request":"GET https://shop.example:443/a?b=c HTTP/1.1","user_agent":"Mozilla/5.0 (X11; Linux)","ssl_cipher":"ECDHE-RSA-AES128-GCM-SHA256","ssl_protocol":"TLSv1.2"}"#,
        ),
        (
            "no user agent, no TLS",
            "\"GET http://shop.example:80/ HTTP/1.0\" \"-\" - -\r\n",
            r#""request":"GET http://shop.example:80/ HTTP/1.0","user_agent":null,"ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "empty user agent",
            r#""GET http://shop.example:80/ HTTP/1.0" "" - -"#,
            r#""request":"GET http://shop.example:80/ HTTP/1.0","user_agent":"","ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "quotes in the request",
            r#""GET http://shop.example:80/?a='"'\'\");|]*{" "b HTTP/1.1" "Mozilla" - -"#,
            r#""request":"GET http://shop.example:80/?a='\"'\\'\\\");|]*{\" \"b HTTP/1.1","user_agent":"Mozilla","ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "quotes in the user agent",
            r#""GET http://shop.example:80/ HTTP/1.1" "a "b" c\" - -"#,
            r#""request":"GET http://shop.example:80/ HTTP/1.1","user_agent":"a \"b\" c\\","ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "a request without a protocol",
            r#""BAD" "Mozilla" - -"#,
            r#""request":"BAD","user_agent":"Mozilla","ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "a TCP listener",
            r#""- - - " "-" - -"#,
            r#""request":"- - - ","user_agent":null,"ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "from before user agents",
            r#""GET http://shop.example:80/ HTTP/1.1""#,
            r#""request":"GET http://shop.example:80/ HTTP/1.1","user_agent":null,"ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "cut off in the request",
            r#""GET http://shop.exa"#,
            r#""request":"GET http://shop.exa","user_agent":null,"ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "cut off in the user agent",
            r#""GET http://shop.example:80/ HTTP/1.1" "Mozi"#,
            r#""request":"GET http://shop.example:80/ HTTP/1.1","user_agent":"Mozi","ssl_cipher":null,"ssl_protocol":null}"#,
        ),
        (
            "cut off in the cipher",
            r#""GET http://shop.example:80/ HTTP/1.1" "Mozilla" ECDHE-R"#,
            r#""request":"GET http://shop.example:80/ HTTP/1.1","user_agent":"Mozilla","ssl_cipher":"ECDHE-R","ssl_protocol":null}"#,
        ),
        (
            "newer columns",
            r#""GET http://shop.example:80/ HTTP/1.1" "Mozilla" - - new - 1"#,
            r#""request":"GET http://shop.example:80/ HTTP/1.1","user_agent":"Mozilla","ssl_cipher":null,"ssl_protocol":null,"rest":"new - 1"}"#,
        ),
        (
            "beyond ASCII, and a control character",
            "\"GET http://shop.example:80/\u{e9}\u{1}\t HTTP/1.1\" \"-\" - -",
            "\"request\":\"GET http://shop.example:80/\u{e9}\\u0001\\t HTTP/1.1\",\"user_agent\":null,\"ssl_cipher\":null,\"ssl_protocol\":null}",
        ),
    ] {
        assert_eq!(
            json(LineFormat::Elb, &format!("{HEAD}{tail}")),
            format!("{JSON}{members}"),
            "{name}"
        );
    }
}

#[test]
fn reads_addresses_and_ports() {
    for (client, backend, members) in [
        (
            "203.0.113.9:1",
            "-",
            r#""ip":"203.0.113.9","client_port":1,"backend_ip":null,"backend_port":null"#,
        ),
        (
            "203.0.113.9",
            "10.0.0.1",
            r#""ip":"203.0.113.9","client_port":null,"backend_ip":"10.0.0.1","backend_port":null"#,
        ),
        (
            "[2001:db8::1]:443",
            "[::1]:80",
            r#""ip":"2001:db8::1","client_port":443,"backend_ip":"::1","backend_port":80"#,
        ),
        (
            "2001:db8::1:443",
            "::1:80",
            r#""ip":"2001:db8::1","client_port":443,"backend_ip":"::1","backend_port":80"#,
        ),
        (
            "2001:db8:1:2:3:4:5:6:443",
            "a:b",
            r#""ip":"2001:db8:1:2:3:4:5:6","client_port":443,"backend_ip":"a","backend_port":"b""#,
        ),
        (
            "-",
            "x",
            r#""ip":null,"client_port":null,"backend_ip":"x","backend_port":null"#,
        ),
    ] {
        let line = format!(
            "2015-07-22T09:00:28Z shop {client} {backend} -1 -1 -1 504 0 0 0 \"- - - \" \"-\" - -"
        );
        assert_eq!(
            json(LineFormat::Elb, &line),
            format!(
                r#"{{"timestamp":"2015-07-22T09:00:28Z","elb":"shop",{members},"request_processing_time":-1,"backend_processing_time":-1,"response_processing_time":-1,"elb_status_code":504,"backend_status_code":0,"received_bytes":0,"sent_bytes":0,"request":"- - - ","user_agent":null,"ssl_cipher":null,"ssl_protocol":null}}"#
            ),
        );
    }
}

#[test]
fn reads_cut_off_elb_lines() {
    const NULLS: &str = r#","request_processing_time":null,"backend_processing_time":null,"response_processing_time":null,"elb_status_code":null,"backend_status_code":null,"received_bytes":null,"sent_bytes":null,"request":null,"user_agent":null,"ssl_cipher":null,"ssl_protocol":null}"#;
    for (line, members) in [
        (
            "2015-07-22T09:00:28Z shop 203.0.113.9:",
            r#""client_port":null,"backend_ip":null,"backend_port":null"#,
        ),
        (
            "2015-07-22T09:00:28Z shop 203.0.113.9:54",
            r#""client_port":54,"backend_ip":null,"backend_port":null"#,
        ),
        (
            "2015-07-22T09:00:28Z shop 203.0.113.9:54635 10.0",
            r#""client_port":54635,"backend_ip":"10.0","backend_port":null"#,
        ),
    ] {
        let start = r#"{"timestamp":"2015-07-22T09:00:28Z","elb":"shop","ip":"203.0.113.9","#;
        assert_eq!(
            json(LineFormat::Elb, line),
            format!("{start}{members}{NULLS}")
        );
    }
}

#[test]
fn reads_alb_lines() {
    const HEAD: &str = r#"h2 2018-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.66:9000 0.000 0.001 0.000 200 200 34 366 "#;
    const JSON: &str = r#"{"type":"h2","timestamp":"2018-07-02T22:23:00.186641Z","elb":"app/my-lb/50dc6c495c0c9188","ip":"192.0.2.1","client_port":2817,"target_ip":"10.0.0.66","target_port":9000,"request_processing_time":0.000,"target_processing_time":0.001,"response_processing_time":0.000,"elb_status_code":200,"target_status_code":200,"received_bytes":34,"sent_bytes":366,"#;
    const REQUEST: &str = r#""GET https://www.example.com:443/ HTTP/2.0" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "#;
    const REQUEST_JSON: &str = r#""request":"GET https://www.example.com:443/ HTTP/2.0","user_agent":"curl/7.46.0","ssl_cipher":"ECDHE-RSA-AES128-GCM-SHA256","ssl_protocol":"TLSv1.2","#;
    const TARGET: &str = r#"arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/7 "Root=1-58337281-1d84f3d7" "www.example.com" "arn:aws:acm:us-east-2:1:certificate/1" 1 2018-07-02T22:22:48.364000Z "redirect,forward" "https://example.com:80/" "-" "10.0.0.66:9000 10.0.0.1:80" "200" "-" "-""#;
    const TARGET_JSON: &str = r#""target_group_arn":"arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/7","trace_id":"Root=1-58337281-1d84f3d7","domain_name":"www.example.com","chosen_cert_arn":"arn:aws:acm:us-east-2:1:certificate/1","matched_rule_priority":1,"request_creation_time":"2018-07-02T22:22:48.364000Z","actions_executed":"redirect,forward","redirect_url":"https://example.com:80/","error_reason":null,"target_port_list":"10.0.0.66:9000 10.0.0.1:80","target_status_code_list":"200","classification":null,"classification_reason":null,"#;
    const NULL_TARGET: &str = r#""target_group_arn":null,"trace_id":null,"domain_name":null,"chosen_cert_arn":null,"matched_rule_priority":null,"request_creation_time":null,"actions_executed":null,"redirect_url":null,"error_reason":null,"target_port_list":null,"target_status_code_list":null,"classification":null,"classification_reason":null,"#;
    const NULL_TRANSFORM: &str =
        r#""transformed_host":null,"transformed_uri":null,"request_transform_status":null"#;
    for (name, line, members) in [
        (
            "as of 2024",
            format!("{REQUEST}{TARGET} TID_1234abcd5678ef90\n"),
            format!(
                r#"{REQUEST_JSON}{TARGET_JSON}"conn_trace_id":"TID_1234abcd5678ef90",{NULL_TRANSFORM}}}"#
            ),
        ),
        (
            "as of 2025",
            format!(r#"{REQUEST}{TARGET} TID_1 "a.example" "/b" "TransformSuccess""#),
            format!(
                r#"{REQUEST_JSON}{TARGET_JSON}"conn_trace_id":"TID_1","transformed_host":"a.example","transformed_uri":"/b","request_transform_status":"TransformSuccess"}}"#
            ),
        ),
        (
            "newer",
            format!(r#"{REQUEST}{TARGET} - "-" "-" "-" 10.0.0.5 "x y""#),
            format!(
                r#"{REQUEST_JSON}{TARGET_JSON}"conn_trace_id":null,{NULL_TRANSFORM},"rest":"10.0.0.5 \"x y\""}}"#
            ),
        ),
        (
            "older",
            REQUEST.trim_end().into(),
            format!(r#"{REQUEST_JSON}{NULL_TARGET}"conn_trace_id":null,{NULL_TRANSFORM}}}"#),
        ),
        (
            "quotes",
            format!(r#""GET https://e.example:443/" "x HTTP/1.1" "a "b" c" - - {TARGET} TID_1"#),
            format!(
                r#""request":"GET https://e.example:443/\" \"x HTTP/1.1","user_agent":"a \"b\" c","ssl_cipher":null,"ssl_protocol":null,{TARGET_JSON}"conn_trace_id":"TID_1",{NULL_TRANSFORM}}}"#
            ),
        ),
    ] {
        assert_eq!(
            json(LineFormat::Alb, &format!("{HEAD}{line}")),
            format!("{JSON}{members}"),
            "{name}"
        );
    }
    // No target, as for a Lambda function or a redirect.
    let line = HEAD
        .replace("10.0.0.66:9000", "-")
        .replace("0.000 0.001 0.000 200 200", "-1 -1 -1 301 -");
    let json = json(LineFormat::Alb, &line);
    assert!(
        json.contains(r#""target_ip":null,"target_port":null,"request_processing_time":-1,"#),
        "{json}"
    );
    assert!(
        json.contains(r#""elb_status_code":301,"target_status_code":null,"#),
        "{json}"
    );
}

#[test]
fn reads_apache_lines() {
    use LineFormat::{Combined, Common};
    const HEAD: &str = "192.0.2.7 - - [17/May/2015:10:05:03 +0000] ";
    const JSON: &str =
        r#"{"ip":"192.0.2.7","ident":null,"user":null,"timestamp":"17/May/2015:10:05:03 +0000","#;
    for (name, format, tail, members) in [
        (
            "combined",
            Combined,
            r#""GET /a.png HTTP/1.1" 200 203023 "http://example.com/" "Mozilla/5.0 (X11)""#,
            r#""request":"GET /a.png HTTP/1.1","status":200,"bytes":203023,"referer":"http://example.com/","user_agent":"Mozilla/5.0 (X11)"}"#,
        ),
        (
            "nothing known",
            Combined,
            "\"-\" 408 - \"-\" \"-\"\r\n",
            r#""request":null,"status":408,"bytes":null,"referer":null,"user_agent":null}"#,
        ),
        (
            "escapes",
            Combined,
            r#""GET /\"a\" \\ HTTP/1.1" 200 1 "\x22\\" "a\" b""#,
            r#""request":"GET /\\\"a\\\" \\\\ HTTP/1.1","status":200,"bytes":1,"referer":"\\x22\\\\","user_agent":"a\\\" b"}"#,
        ),
        (
            "quotes that are not escaped",
            Combined,
            r#""GET /?q="a" b HTTP/1.1" 200 1 "http://e.example/" x" "U""#,
            r#""request":"GET /?q=\"a\" b HTTP/1.1","status":200,"bytes":1,"referer":"http://e.example/\" x","user_agent":"U"}"#,
        ),
        (
            "cut off in the user agent",
            Combined,
            r#""GET / HTTP/1.1" 200 235 "-" "Mozilla/5.0 (compatible; \" Goo"#,
            r#""request":"GET / HTTP/1.1","status":200,"bytes":235,"referer":null,"user_agent":"Mozilla/5.0 (compatible; \\\" Goo"}"#,
        ),
        (
            "cut off in the size",
            Combined,
            r#""GET / HTTP/1.1" 200 2"#,
            r#""request":"GET / HTTP/1.1","status":200,"bytes":2,"referer":null,"user_agent":null}"#,
        ),
        (
            "cut off in the request",
            Combined,
            r#""GET /"#,
            r#""request":"GET /","status":null,"bytes":null,"referer":null,"user_agent":null}"#,
        ),
        (
            "cut off after the time",
            Combined,
            "",
            r#""request":null,"status":null,"bytes":null,"referer":null,"user_agent":null}"#,
        ),
        (
            "more columns",
            Combined,
            r#""GET / HTTP/1.1" 200 2 "-" "U" "10.0.0.1" 0.123"#,
            r#""request":"GET / HTTP/1.1","status":200,"bytes":2,"referer":null,"user_agent":"U","rest":"\"10.0.0.1\" 0.123"}"#,
        ),
        (
            "common",
            Common,
            r#""GET / HTTP/1.1" 200 2"#,
            r#""request":"GET / HTTP/1.1","status":200,"bytes":2}"#,
        ),
        (
            "combined as common",
            Common,
            r#""GET / HTTP/1.1" 200 2 "-" "U""#,
            r#""request":"GET / HTTP/1.1","status":200,"bytes":2,"rest":"\"-\" \"U\""}"#,
        ),
        (
            "what is no number",
            Common,
            r#""GET / HTTP/1.1" 0200 +2"#,
            r#""request":"GET / HTTP/1.1","status":"0200","bytes":"+2"}"#,
        ),
    ] {
        assert_eq!(
            json(format, &format!("{HEAD}{tail}")),
            format!("{JSON}{members}"),
            "{name}"
        );
    }
    for (head, members) in [
        (
            "::1 - frank [17/May/2015:10:05:03 +0000]",
            r#"{"ip":"::1","ident":null,"user":"frank","timestamp":"17/May/2015:10:05:03 +0000","#,
        ),
        (
            "host.example id frank b. goode [2015-05-17T10:05:03+00:00]",
            r#"{"ip":"host.example","ident":"id","user":"frank b. goode","timestamp":"2015-05-17T10:05:03+00:00","#,
        ),
    ] {
        let expected = format!(r#"{members}"request":"GET /","status":200,"bytes":2}}"#);
        assert_eq!(
            json(Common, &format!(r#"{head} "GET /" 200 2"#)),
            expected,
            "{head}"
        );
    }
}

#[test]
fn gives_values_by_column() {
    let text = b"192.0.2.7 - bob [17/May/2015:10:05:03 +0000] \"GET /\\\" HTTP/1.1\" 200 2";
    let line = parse(LineFormat::Combined, text).unwrap();
    assert_eq!(line.format(), LineFormat::Combined);
    for (name, value) in [
        ("ip", Some("192.0.2.7")),
        ("ident", None),
        ("user", Some("bob")),
        ("timestamp", Some("17/May/2015:10:05:03 +0000")),
        ("request", Some(r#"GET /\" HTTP/1.1"#)),
        ("bytes", Some("2")),
        ("user_agent", None),
    ] {
        let column = LineFormat::Combined.column(name).unwrap();
        assert_eq!(line.value(column, text), value.map(str::as_bytes), "{name}");
    }
    assert_eq!(line.value(usize::MAX, text), None);
    assert_eq!(LineFormat::Combined.column("elb"), None);
}

#[test]
fn every_format_has_an_address_and_a_time() {
    for format in LineFormat::ALL {
        assert!(format.columns().len() <= MAX_COLUMNS);
        assert!(format.column("ip").is_some() && format.column("timestamp").is_some());
        for (index, column) in format.columns().iter().enumerate() {
            assert_eq!(format.column(column.name), Some(index), "names are unique");
            assert_eq!(
                column.kind == ColumnKind::Rest,
                index + 1 == format.columns().len()
            );
        }
    }
}

#[test]
fn detects_formats() {
    use LineFormat::*;
    for (record, format) in [
        (
            "2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 10.0.6.158:80 -1",
            Some(Elb),
        ),
        (
            "h2 2018-07-02T22:23:00.186641Z app/my-lb/1 192.0.2.1:2817 -",
            Some(Alb),
        ),
        (
            "wss 2018-07-02T22:23:00.186641Z app/my-lb/1 192.0.2.1:2817 -",
            Some(Alb),
        ),
        (
            "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 2\n",
            Some(Common),
        ),
        (
            "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 2 \"-\" \"-\"\n",
            Some(Combined),
        ),
        (
            "2001:db8::1 - a b [2015-05-17T10:05:03+00:00] \"GET /\" 200 2 x",
            Some(Combined),
        ),
        (
            "http.example - - [17/May/2015:10:05:03 +0000]",
            Some(Common),
        ),
        (
            "shop.example:80 192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 2",
            None,
        ),
        ("http is a protocol", None),
        ("2015-07-22 it was", None),
        ("192.0.2.7 - - [error] no", None),
        ("192.0.2.7 - - [1] no", None),
        ("{\"ip\":\"192.0.2.7\"}", None),
        ("", None),
        ("\r\n", None),
        ("\u{e9}", None),
    ] {
        assert_eq!(detect(record.as_bytes()), format, "{record}");
    }
}

#[test]
fn says_what_is_wrong() {
    use LineFormat::*;
    for (format, line, error) in [
        (
            Elb,
            "",
            "not an elb line: no field `timestamp` in its place",
        ),
        (
            Elb,
            "{\"ip\":1}",
            "not an elb line: no field `timestamp` in its place",
        ),
        (
            Elb,
            "2015-07-22T09:00:28Z",
            "not an elb line: no field `ip`",
        ),
        (
            Elb,
            "2015-07-22T09:00:28Z shop",
            "not an elb line: no field `ip`",
        ),
        (
            Elb,
            "2015-07-22T09:00:28Z shop 203.0.113.9",
            "not an elb line: field `ip` is cut off",
        ),
        (
            Elb,
            "2015-07-22T09:00:28Z shop 203.0.113",
            "not an elb line: field `ip` is not an address",
        ),
        (
            Elb,
            "2015-07-22T09:00:28Z INFO started in 3 s",
            "not an elb line: field `ip` is not an address",
        ),
        (
            Alb,
            "2015-07-22T09:00:28Z shop",
            "not an alb line: field `type` is none of http, https, h2, grpcs, ws, wss",
        ),
        (
            Alb,
            "https x",
            "not an alb line: no field `timestamp` in its place",
        ),
        (
            Alb,
            "https 2015-07-22T09:00:28Z app/x ",
            "not an alb line: no field `ip`",
        ),
        (Combined, "", "not a combined line: no field `ip`"),
        (
            Combined,
            "192.0.2.7 - -",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            Combined,
            "192.0.2.7 - - [17/May/2015:10:05",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            Combined,
            "192.0.2.7 - [17/May/2015:10:05:03 +0000]",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            Common,
            "192.0.2.7 - - [error] no",
            "not a common line: no field `timestamp` in its place",
        ),
        (
            Common,
            "a.example:80 192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 2",
            "not a common line: the address is in the second place, as after a virtual host",
        ),
    ] {
        let found = parse(format, line.as_bytes()).unwrap_err();
        assert_eq!(found.to_string(), error, "{line}");
    }
    let found = parse(Elb, b"2015-07-22T09:00:28Z \xff").unwrap_err();
    assert_eq!(found.to_string(), "not UTF-8 at byte 21");
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value as Tree};

    fn check(record: &[u8]) -> Result<(), TestCaseError> {
        let detected = detect(record);
        for format in LineFormat::ALL {
            let Ok(line) = parse(format, record) else {
                continue;
            };
            let out = object(&line, record);
            let event: Map<String, Tree> = serde_json::from_slice(&out).unwrap();
            let mut names = event.keys().map(String::as_str).collect::<Vec<_>>();
            for (index, column) in format.columns().iter().enumerate() {
                let value = line.value(index, record);
                let member = event.get(column.name);
                names.retain(|name| *name != column.name);
                match member {
                    None => prop_assert!(column.kind == ColumnKind::Rest && value.is_none()),
                    Some(Tree::Null) => prop_assert_eq!(value, None),
                    Some(Tree::String(text)) => prop_assert_eq!(value, Some(text.as_bytes())),
                    // Numbers are compared by their spelling where they are written.
                    Some(number) => {
                        prop_assert!(number.is_number() && column.kind == ColumnKind::Number)
                    }
                }
            }
            prop_assert_eq!(names, Vec::<&str>::new());
        }
        if let Some(format @ (LineFormat::Combined | LineFormat::Common)) = detected {
            prop_assert!(parse(format, record).is_ok() || core::str::from_utf8(record).is_err());
        }
        Ok(())
    }

    const LINES: [&str; 4] = [
        r#"2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 10.0.6.158:80 0.000022 0.026109 0.00002 200 200 0 699 "GET https://shop.example:443/a?b=c HTTP/1.1" "Mozilla/5.0 (X11; Linux)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2"#,
        r#"h2 2018-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.66:9000 0.000 0.001 0.000 200 200 34 366 "GET https://www.example.com:443/ HTTP/2.0" "curl/7.46.0" - - arn:aws:t/7 "Root=1-5" "www.example.com" "arn:aws:acm" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-" TID_1"#,
        r#"192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /\"a\" HTTP/1.1" 200 203023 "http://example.com/" "Mozilla/5.0 (X11)" x"#,
        "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 2\r\n",
    ];

    proptest! {
        #[test]
        fn takes_lines_that_are_damaged(
            line in prop::sample::select(&LINES[..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), "(\"|\" | |\\\\|-|é|\t|[0-9]|\\[|\\]|:|a)", 0..3u8), 0..8),
            end in any::<prop::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut line = line.as_bytes().to_vec();
            for (at, text, what) in changes {
                let at = at.index(line.len() + 1);
                let removed = at..line.len().min(at + usize::from(what));
                line.splice(removed, text.bytes());
            }
            if cut {
                line.truncate(end.index(line.len() + 1));
            }
            check(&line)?;
        }

        #[test]
        fn takes_any_bytes(bytes: Vec<u8>, text in "\\PC*") {
            check(&bytes)?;
            check(text.as_bytes())?;
        }
    }
}
