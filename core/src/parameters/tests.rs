use super::*;
use crate::id::IdForm;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn refused(pairs: &[(&str, &str)]) -> String {
    match Parameters::from_pairs(pairs.iter().copied()) {
        Ok(_) => String::from("accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_documented_defaults_are_the_defaults() {
    let documented = DESCRIPTIONS.map(|parameter| (parameter.name, parameter.default));
    let given = Parameters::from_pairs(documented).unwrap();
    assert_eq!(format!("{given:?}"), format!("{:?}", Parameters::default()));
}

#[test]
fn bad_values_are_refused_with_what_is_allowed() {
    let duration = "must be a duration such as `30m`, in whole milliseconds, from";
    let rows: [(&str, &str, &str); 38] = [
        ("gap", "soon", &format!("{duration} 1ms to 3650d")),
        ("gap", "", &format!("{duration} 1ms to 3650d")),
        ("gap", "30", &format!("{duration} 1ms to 3650d")),
        ("gap", "0s", &format!("{duration} 1ms to 3650d")),
        ("gap", "1500us", &format!("{duration} 1ms to 3650d")),
        ("gap", "3651d", &format!("{duration} 1ms to 3650d")),
        ("gap", "none", &format!("{duration} 1ms to 3650d")),
        ("ttl", "-1h", &format!("{duration} 1ms to 3650d")),
        ("lateness", "late", &format!("{duration} 0s to 3650d")),
        (
            "max_duration",
            "0s",
            &format!("{duration} 1ms to 3650d, or `none`"),
        ),
        (
            "max_ahead",
            "off",
            &format!("{duration} 0s to 3650d, or `none`"),
        ),
        (
            "max_events",
            "0",
            "must be a whole number from 1 to 4294967295, or `none`",
        ),
        (
            "max_events",
            "+5",
            "must be a whole number from 1 to 4294967295, or `none`",
        ),
        (
            "max_events",
            "4294967296",
            "must be a whole number from 1 to 4294967295, or `none`",
        ),
        ("max_keys", "0", "must be a whole number from 1 to 64000000"),
        (
            "max_keys",
            "1e6",
            "must be a whole number from 1 to 64000000",
        ),
        (
            "max_keys",
            "none",
            "must be a whole number from 1 to 64000000",
        ),
        (
            "trusted_proxies",
            "65",
            "must be a whole number from 0 to 64",
        ),
        (
            "trusted_proxies",
            "-1",
            "must be a whole number from 0 to 64",
        ),
        ("late", "Keep", "must be one of `keep`, `drop`"),
        ("restore", "on", "must be one of `off`, `accept`, `require`"),
        ("invalid", "skip", "must be one of `tag`, `drop`, `fail`"),
        (
            "format",
            "xml",
            "must be one of `auto`, `json`, `elb`, `alb`, `combined`, `common`",
        ),
        ("id", "uuid", "must be one of `key`, `hash`"),
        (
            "prefix",
            "",
            "must be 1 to 32 letters, digits, `_`, `-` or `.`",
        ),
        (
            "prefix",
            "s\"",
            "must be 1 to 32 letters, digits, `_`, `-` or `.`",
        ),
        (
            "prefix",
            "a-prefix-of-more-than-32-characters",
            "must be 1 to 32 letters, digits, `_`, `-` or `.`",
        ),
        (
            "fields",
            "",
            "must be some of `start`, `previous`, `late`, comma-separated, or `none`",
        ),
        (
            "fields",
            "start,events",
            "must be some of `start`, `previous`, `late`, comma-separated, or `none`",
        ),
        ("fields", " late , start,late", "accepted"),
        (
            "key",
            "@key,ip",
            "must be field names or JSON Pointers, comma-separated, or `@key` alone",
        ),
        (
            "key",
            "@ip",
            "must be field names or JSON Pointers, comma-separated, or `@key` alone",
        ),
        ("key", "a,b,c,d,e,f,g,h,i", "must name at most 8 fields"),
        (
            "key",
            "session_id",
            "must not be one of the added fields (`prefix` and `id`)",
        ),
        (
            "key",
            "/session_id",
            "must not be one of the added fields (`prefix` and `id`)",
        ),
        (
            "timestamp",
            "@key",
            "must be a field name or a JSON Pointer, or `@timestamp`",
        ),
        (
            "timestamp",
            "session_start",
            "must not be one of the added fields (`prefix` and `start`)",
        ),
        ("count", "3", "accepted"),
    ];
    for (name, value, allowed) in rows {
        let expected = match allowed {
            "accepted" => allowed.to_owned(),
            _ => format!("parameter `{name}` is `{value}`, but {allowed}"),
        };
        assert_eq!(refused(&[(name, value)]), expected);
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    assert_eq!(
        refused(&[("gaps", "30m")]),
        "unknown parameter `gaps` (value `30m`); allowed are `gap`, `max_events`, `max_duration`, `ttl`, `lateness`, \
         `late`, `key`, `trusted_proxies`, `timestamp`, `format`, `invalid`, `max_ahead`, `max_keys`, `prefix`, `fields`, `id`, `restore`"
    );
}

#[test]
fn contradictions_are_refused_in_any_order() {
    let expected = "parameter `ttl` is `10m`, but must be at least `gap`, which is `30m`";
    assert_eq!(refused(&[("ttl", "10m"), ("gap", "30m")]), expected);
    assert_eq!(refused(&[("gap", "30m"), ("ttl", "10m")]), expected);
    assert_eq!(refused(&[("ttl", "30m"), ("gap", "30m")]), "accepted");
    assert_eq!(
        refused(&[("gap", "13h")]),
        "parameter `ttl` is `12h`, but must be at least `gap`, which is `13h`"
    );
}

#[test]
fn no_added_field_has_the_name_of_a_column() {
    for (prefix, format, column, of) in [
        ("trace_", "auto", "trace_id", "alb"),
        ("trace_", "alb", "trace_id", "alb"),
        ("conn_trace_", "auto", "conn_trace_id", "alb"),
    ] {
        assert_eq!(
            refused(&[("prefix", prefix), ("format", format)]),
            format!(
                "parameter `prefix` is `{prefix}`, but must not make `{column}` of an added field's name, \
                 which is a field of the format `{of}`"
            )
        );
    }
    for format in ["json", "elb", "combined", "common"] {
        let pairs = [("prefix", "trace_"), ("format", format)];
        assert_eq!(refused(&pairs), "accepted", "{format}");
    }
}

#[test]
fn a_fixed_line_format_must_have_the_fields() {
    let error = refused(&[("format", "common"), ("key", "ip,user_agent")]);
    let expected = "parameter `key` is `user_agent`, but must be a field of the format `common`: `prefix`, `ip`, ";
    assert!(error.starts_with(expected), "{error}");
    let error = refused(&[("format", "elb"), ("timestamp", "/time/ms")]);
    let expected = "parameter `timestamp` is `/time/ms`, but must be a field of the format `elb`: ";
    assert!(error.starts_with(expected), "{error}");
    assert_eq!(
        refused(&[("format", "combined"), ("key", "ip, /user_agent")]),
        "accepted"
    );
}

#[test]
fn values_are_read() {
    let parameters = Parameters::from_pairs([
        ("gap", "1m 30s"),
        ("max_events", "none"),
        ("max_duration", "none"),
        ("max_ahead", "none"),
        ("lateness", "0s"),
        ("key", "ip,/user/id"),
        ("timestamp", "@timestamp"),
        ("id", "hash"),
    ])
    .unwrap();
    assert_eq!(parameters.rule.gap, 90_000);
    assert_eq!(parameters.rule.max_events, None);
    assert_eq!(parameters.rule.max_duration, None);
    assert_eq!((parameters.max_ahead, parameters.lateness), (None, 0));
    assert_eq!(parameters.timestamp, TimeSource::AppendTime);
    assert_eq!(parameters.id, IdForm::Hash);
    let KeySource::Fields(fields) = parameters.key else {
        panic!("fields");
    };
    assert_eq!(fields[1].path.tokens(), ["user", "id"]);
}
