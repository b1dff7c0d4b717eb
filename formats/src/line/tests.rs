use super::*;
#[cfg(target_os = "unknown")]
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
            "what is neither a status nor a size",
            Common,
            r#""GET / HTTP/1.1" 0200 +2"#,
            r#""request":"GET / HTTP/1.1","status":null,"bytes":null,"rest":"0200 +2"}"#,
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
            "192.0.2.7 id frank b. goode [2015-05-17T10:05:03+00:00]",
            r#"{"ip":"192.0.2.7","ident":"id","user":"frank b. goode","timestamp":"2015-05-17T10:05:03+00:00","#,
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

fn parse(format: LineFormat, line: &[u8]) -> Result<Line, LineError> {
    let mut parsed = Line::default();
    parse_into(format, line, &mut parsed).map(|()| parsed)
}

fn detect(record: &[u8]) -> Result<Line, LineError> {
    let mut line = Line::default();
    parse_any_into(record, &mut line)?;
    Ok(line)
}

#[test]
fn detects_formats() {
    use LineFormat::*;
    let detect = |record: &[u8]| detect(record).map(|line| line.format()).ok();
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
            Some(Common),
        ),
        (
            "2015-05-17T10:05:03+00:00 web nginx: 192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 2 x",
            Some(Combined),
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
            "not a combined line: fewer than three columns in front of `timestamp`",
        ),
        (
            Common,
            "192.0.2.7 - - [error] no",
            "not a common line: no field `timestamp` in its place",
        ),
    ] {
        let found = parse(format, line.as_bytes()).unwrap_err();
        assert_eq!(found.to_string(), error, "{line}");
    }
    let found = parse(Elb, b"2015-07-22T09:00:28Z \xff 192.0.2.1:1").unwrap_err();
    assert_eq!(found.to_string(), "not UTF-8 at byte 21");
}

/// What stands in columns of a line, with `-` for those that are not there.
fn columns(line: &str, names: &[&str]) -> Vec<String> {
    let parsed = detect(line.as_bytes()).unwrap();
    let value = |name: &&str| {
        let column = parsed.format().column(name)?;
        parsed.value(column, line.as_bytes())
    };
    let text = |value: Option<&[u8]>| String::from_utf8(value.unwrap_or(b"-").to_vec()).unwrap();
    names.iter().map(|name| text(value(name))).collect()
}

#[test]
fn finds_the_client_in_front_of_the_time() {
    for (head, prefix, ip, user) in [
        ("192.0.2.7 - -", "-", "192.0.2.7", "-"),
        ("192.0.2.7  -  -", "-", "192.0.2.7", "-"),
        (" 192.0.2.7 - - ", "-", "192.0.2.7", "-"),
        ("192.0.2.7:4711 - bob", "-", "192.0.2.7:4711", "bob"),
        (
            "192.0.2.7 - frank b. goode",
            "-",
            "192.0.2.7",
            "frank b. goode",
        ),
        (
            "192.0.2.7 id frank b. goode",
            "-",
            "192.0.2.7",
            "frank b. goode",
        ),
        ("192.0.2.7 - a - b", "-", "192.0.2.7", "a - b"),
        ("2001:db8::1 - -", "-", "2001:db8::1", "-"),
        ("[2001:db8::1]:80 - -", "-", "[2001:db8::1]:80", "-"),
        // A name, as the only thing that stands there.
        ("a.example - -", "-", "a.example", "-"),
        ("a.example id bob", "-", "a.example", "bob"),
        ("- - -", "-", "-", "-"),
        ("unknown - -", "-", "unknown", "-"),
        // Lists.
        ("192.0.2.7, 10.0.0.1 - -", "-", "192.0.2.7, 10.0.0.1", "-"),
        ("192.0.2.7,10.0.0.1 - -", "-", "192.0.2.7,10.0.0.1", "-"),
        (
            "192.0.2.7 , 10.0.0.1 - bob",
            "-",
            "192.0.2.7 , 10.0.0.1",
            "bob",
        ),
        (
            "192.0.2.9, 192.0.2.7,[::1]:1, 10.0.0.1 - a b",
            "-",
            "192.0.2.9, 192.0.2.7,[::1]:1, 10.0.0.1",
            "a b",
        ),
        ("unknown, 192.0.2.7 - -", "-", "unknown, 192.0.2.7", "-"),
        ("-, 192.0.2.7 - -", "-", "-, 192.0.2.7", "-"),
        ("192.0.2.7, - - -", "-", "192.0.2.7, -", "-"),
        // What a client has put in front of its list is no part of it.
        (
            "<b>, 192.0.2.7, 10.0.0.1 - -",
            "<b>,",
            "192.0.2.7, 10.0.0.1",
            "-",
        ),
        ("a.example,192.0.2.7 - -", "a.example,", "192.0.2.7", "-"),
        (
            "192.0.2.9, x, 192.0.2.7 - -",
            "192.0.2.9, x,",
            "192.0.2.7",
            "-",
        ),
        // Something in front of the client.
        (
            "a.example:443 192.0.2.7 - -",
            "a.example:443",
            "192.0.2.7",
            "-",
        ),
        (
            "a.example:443 192.0.2.7 id bob",
            "a.example:443",
            "192.0.2.7",
            "bob",
        ),
        ("a.example 192.0.2.7 - a b", "a.example", "192.0.2.7", "a b"),
        ("a.example - 192.0.2.7 - -", "a.example -", "192.0.2.7", "-"),
        (
            "a.example 192.0.2.7, 10.0.0.1 - -",
            "a.example",
            "192.0.2.7, 10.0.0.1",
            "-",
        ),
        ("a.example\t::1 - -", "a.example\t", "::1", "-"),
        ("web-1  | 192.0.2.7 - -", "web-1  |", "192.0.2.7", "-"),
        (
            "Mar  3 10:00:00 web nginx[42]: 192.0.2.7 - bob",
            "Mar  3 10:00:00 web nginx[42]:",
            "192.0.2.7",
            "bob",
        ),
        (
            "Mar  3 10:00:00 10.0.0.9 nginx: 192.0.2.7 - -",
            "Mar  3 10:00:00 10.0.0.9 nginx:",
            "192.0.2.7",
            "-",
        ),
        (
            "2025-03-03T10:00:00.123456+00:00 web nginx: 192.0.2.7 - -",
            "2025-03-03T10:00:00.123456+00:00 web nginx:",
            "192.0.2.7",
            "-",
        ),
        (
            "2025-03-03T10:00:00.1Z stdout F 192.0.2.7 - -",
            "2025-03-03T10:00:00.1Z stdout F",
            "192.0.2.7",
            "-",
        ),
        (
            "[ 12.5] web: 192.0.2.7 - -",
            "[ 12.5] web:",
            "192.0.2.7",
            "-",
        ),
        ("\"a b\" 192.0.2.7 - -", "\"a b\"", "192.0.2.7", "-"),
        ("- 192.0.2.7 - -", "-", "192.0.2.7", "-"),
    ] {
        let prefix = prefix.trim_end_matches('\t');
        let line = format!("{head} [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 2");
        let found = columns(&line, &["prefix", "ip", "user", "status"]);
        assert_eq!(found, [prefix, ip, user, "200"], "{head}");
    }
}

#[test]
fn guesses_no_client() {
    const TWO: &str = "not a combined line: field `ip` can be read in two ways";
    const NONE: &str = "not a combined line: no address in front of `ident` and `user`, and a name counts only where nothing stands before it";
    const FEW: &str = "not a combined line: fewer than three columns in front of `timestamp`";
    for (head, error) in [
        ("192.0.2.9 192.0.2.7 - -", TWO),
        ("10.0.0.1:80 192.0.2.7 - a b", TWO),
        ("192.0.2.9 - 192.0.2.7 - -", TWO),
        ("192.0.2.9 x, 192.0.2.7, 10.0.0.1 - -", TWO),
        ("x 192.0.2.9 - 192.0.2.7 a b", TWO),
        ("a.example 192.0.2.7 -", TWO),
        ("a.example - 192.0.2.7", TWO),
        ("nginx: a.example - -", NONE),
        ("a.example - frank goode", NONE),
        ("a.example id frank b. goode", NONE),
        ("x 10.0.0.9 - a.example - -", NONE),
        ("x 192.0.2.7 id frank b. goode", NONE),
        ("x unknown - -", NONE),
        ("Mar 3 10:00:00 web haproxy[42]: 192.0.2.7:1", NONE),
        ("192.0.2.7 -", FEW),
        ("a.example bucket", FEW),
        ("a.example", FEW),
    ] {
        let line = format!("{head} [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 2");
        let found = detect(line.as_bytes()).unwrap_err();
        assert_eq!(found.to_string(), error, "{head}");
    }
}

#[test]
fn the_client_may_be_told_twice() {
    let line = r#"192.0.2.7 - [192.0.2.7] - bob [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 2 "-" "U" 300 [a]"#;
    assert_eq!(
        json(LineFormat::Combined, line),
        r#"{"ip":"192.0.2.7","ident":null,"user":"bob","timestamp":"17/May/2015:10:05:03 +0000","request":"GET / HTTP/1.1","status":200,"bytes":2,"referer":null,"user_agent":"U","rest":"- [192.0.2.7] 300 [a]"}"#
    );
}

#[test]
fn reads_the_times_that_stand_in_brackets() {
    for time in [
        "17/May/2015:10:05:03 +0000",
        "17/May/2015:10:05:03.123 +0000",
        "17/May/2015:10:05:03",
        "2015-05-17T10:05:03+00:00",
        "1431857103.123",
    ] {
        for head in ["192.0.2.7 - -", "a.example 192.0.2.7 - -"] {
            let line = format!("{head} [{time}] \"GET / HTTP/1.1\" 200 2");
            assert_eq!(columns(&line, &["timestamp"]), [time], "{line}");
        }
    }
}

#[test]
fn no_column_shifts_another() {
    const NAMES: [&str; 6] = [
        "request",
        "status",
        "bytes",
        "referer",
        "user_agent",
        "rest",
    ];
    for (tail, expected) in [
        (
            r#"18598 "GET / HTTP/1.1" 200 2 "R" "U""#,
            ["GET / HTTP/1.1", "200", "2", "R", "U", "18598"],
        ),
        (
            r#" "GET / HTTP/1.1"  200  2  "R"  "U"  "#,
            ["GET / HTTP/1.1", "200", "2", "R", "U", "-"],
        ),
        (
            r#"a.example "GET / HTTP/1.1" 200 2 "R" "U" x"#,
            ["GET / HTTP/1.1", "200", "2", "R", "U", "a.example x"],
        ),
        (
            r#""GET / HTTP/1.1" a.example 0.5 200 2 "R" "U""#,
            ["GET / HTTP/1.1", "200", "2", "R", "U", "a.example 0.5"],
        ),
        (
            r#""-" a.example 408 - "-" "-""#,
            ["-", "408", "-", "-", "-", "a.example"],
        ),
        (
            r#"1 "GET /" 200 2 0.5 3 "R" 4 "U" 5  6"#,
            ["GET /", "200", "2", "R", "U", "1 0.5 3 4 5  6"],
        ),
        (
            r#""GET /" 200 0.5 "R" "U""#,
            ["GET /", "200", "-", "R", "U", "0.5"],
        ),
        (r#""GET /" - - "R" "U""#, ["GET /", "-", "-", "R", "U", "-"]),
        (
            r#""GET /" 200 2 - "U""#,
            ["GET /", "200", "2", "-", "U", "-"],
        ),
        (
            r#""GET /" 200 2 "R" -"#,
            ["GET /", "200", "2", "R", "-", "-"],
        ),
        (
            r#""GET /" 200 2 0.5 3"#,
            ["GET /", "200", "2", "-", "-", "0.5 3"],
        ),
        (r#""GET /" 20"#, ["GET /", "-", "-", "-", "-", "20"]),
        (r#"200 2"#, ["-", "200", "2", "-", "-", "-"]),
        (
            r#""GET /a" b" c.example 200 2"#,
            ["GET /a", "200", "2", "-", "-", r#"b" c.example"#],
        ),
    ] {
        let line = format!("192.0.2.7 - - [17/May/2015:10:05:03 +0000] {tail}");
        assert_eq!(columns(&line, &NAMES), expected, "{tail}");
    }
}

#[test]
fn says_what_another_format_would_say() {
    const UNKNOWN: &str = "neither a JSON object nor a line of a known log format";
    for (line, error) in [
        (
            "192.0.2.7 - -",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            "192.0.2.7 - - [error] no",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            "a.example - - [17/May/2015:10:05",
            "not a combined line: no field `timestamp` in its place",
        ),
        (
            "2025-03-03T10:00:00.1Z stdout F starting up",
            "a container runtime's line (CRI), which holds no line of a known log format",
        ),
        (
            "2025-03-03T10:00:00+01:00 stderr P {\"ip\":",
            "a container runtime's line (CRI), which holds no line of a known log format",
        ),
        (
            "2025-03-03T10:00:00.1Z stdout F a.example [17/May/2015:10:05:03 +0000]",
            "not a combined line: no address in front of `ident` and `user`, and a name counts only where nothing stands before it",
        ),
        (
            "2025-03-03T10:00:00Z INFO started in 3 s",
            "not an elb line: field `ip` is not an address",
        ),
        ("2025-03-03 10:00:00 10.0.0.5 GET / - 443", UNKNOWN),
        ("#Fields: date time c-ip", UNKNOWN),
        ("a.example - - [error] no", UNKNOWN),
        ("nothing", UNKNOWN),
        ("", UNKNOWN),
    ] {
        let found = detect(line.as_bytes()).unwrap_err();
        assert_eq!(found.to_string(), error, "{line}");
    }
}

#[cfg(not(target_os = "unknown"))]
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
                    None => prop_assert!(
                        matches!(column.kind, ColumnKind::Prefix | ColumnKind::Rest)
                            && value.is_none()
                    ),
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
        if let Ok(detected) = detected {
            let line = parse(detected.format(), record).unwrap();
            prop_assert_eq!(object(&line, record), object(&detected, record));
        }
        Ok(())
    }

    const LINES: [&str; 4] = [
        r#"2015-07-22T09:00:28.019143Z shop 203.0.113.9:54635 10.0.6.158:80 0.000022 0.026109 0.00002 200 200 0 699 "GET https://shop.example:443/a?b=c HTTP/1.1" "Mozilla/5.0 (X11; Linux)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2"#,
        r#"h2 2018-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.66:9000 0.000 0.001 0.000 200 200 34 366 "GET https://www.example.com:443/ HTTP/2.0" "curl/7.46.0" - - arn:aws:t/7 "Root=1-5" "www.example.com" "arn:aws:acm" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-" TID_1"#,
        r#"192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /\"a\" HTTP/1.1" 200 203023 "http://example.com/" "Mozilla/5.0 (X11)" x"#,
        "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 2\r\n",
    ];

    /// What may stand in a column, and how it is read.
    fn word() -> impl Strategy<Value = &'static str> {
        prop::sample::select(
            &[
                "a.example",
                "web-1",
                "|",
                "nginx[7]:",
                "10:00:00",
                "Mar",
                "0.25",
            ][..],
        )
    }

    fn hop() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<core::net::IpAddr>().prop_map(|ip| ip.to_string()),
            any::<core::net::SocketAddr>().prop_map(|socket| socket.to_string()),
            Just("unknown".to_owned()),
        ]
    }

    proptest! {
        /// A line put together from its columns gives them back, whatever stands before and between
        /// them.
        #[test]
        fn reads_what_was_written(
            prefix in prop::collection::vec(word(), 0..4),
            hops in prop::collection::vec(hop(), 0..4),
            last: core::net::IpAddr,
            user in prop::option::of("[a-z]{1,8}"),
            spaces in prop::collection::vec("[ ]{1,3}", 12),
            between in prop::collection::vec(prop::option::of("[a-z][0-9.]{0,3}"), 5),
            status in 100..600u16,
            bytes: u32,
            referer in "[a-z:/ ]{0,12}",
            agent in "[A-Za-z0-9 ();/.]{1,20}",
        ) {
            let mut hops = hops;
            hops.push(last.to_string());
            let ip = hops.join(", ");
            let prefix = prefix.join(" ");
            let user = user.as_deref().unwrap_or("-");
            let (status, bytes) = (status.to_string(), bytes.to_string());
            let quoted = [("GET / HTTP/1.1"), &referer, &agent].map(|text| format!("\"{text}\""));
            let time = "[17/May/2015:10:05:03 +0000]";
            let [between_0, between_1, between_2, between_3, between_4] =
                std::array::from_fn(|i| between[i].as_deref().unwrap_or_default());
            let parts = [
                &prefix, &ip, "-", user, time, between_0, &quoted[0], between_1, &status, &bytes,
                between_2, &quoted[1], between_3, &quoted[2], between_4,
            ];
            let parts = parts.iter().filter(|part| !part.is_empty());
            let line: String = parts
                .zip(spaces.iter().cycle())
                .flat_map(|(part, space)| [*part, space.as_str()])
                .collect();
            let line = line.trim_end();
            let rest = [between_0, between_1, between_2, between_3, between_4];
            let rest: Vec<&str> = rest.into_iter().filter(|part| !part.is_empty()).collect();
            let or_none = |text: String| if text.is_empty() { "-".to_owned() } else { text };
            let names = ["prefix", "ip", "user", "request", "status", "bytes", "referer", "user_agent", "rest"];
            let found = columns(line, &names);
            let expected = [
                or_none(prefix), ip, user.to_owned(), "GET / HTTP/1.1".to_owned(), status, bytes,
                referer, agent, or_none(rest.join(" ")),
            ];
            prop_assert_eq!(found, expected, "{}", line);
        }
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
