//! Parameters, as the engine passes them to the module, and the module's errors, as the engine
//! passes them back.

use harness::host::{Engine, Host};
use sessionize_core::parameters::DESCRIPTIONS;

use crate::instance::{event, owned, process, started, texts};

/// Refused parameters, with the module's own messages.
const REFUSED: [(&[(&str, &str)], &str); 22] = [
    (
        &[("gap", "soon")],
        "parameter `gap` is `soon`, but must be a duration such as `30m`, in whole milliseconds, from 1ms to 3650d",
    ),
    (
        &[("max_events", "0")],
        "parameter `max_events` is `0`, but must be a whole number from 1 to 4294967295, or `none`",
    ),
    (
        &[("max_duration", "0s")],
        "parameter `max_duration` is `0s`, but must be a duration such as `30m`, in whole milliseconds, from 1ms to 3650d, \
         or `none`",
    ),
    (
        &[("ttl", "none")],
        "parameter `ttl` is `none`, but must be a duration such as `30m`, in whole milliseconds, from 1ms to 3650d",
    ),
    (
        &[("lateness", "-1s")],
        "parameter `lateness` is `-1s`, but must be a duration such as `30m`, in whole milliseconds, from 0s to 3650d",
    ),
    (
        &[("late", "Drop")],
        "parameter `late` is `Drop`, but must be one of `keep`, `drop`",
    ),
    (
        &[("key", "@key,ip")],
        "parameter `key` is `@key,ip`, but must be field names or JSON Pointers, comma-separated, or `@key` alone",
    ),
    (
        &[("trusted_proxies", "65")],
        "parameter `trusted_proxies` is `65`, but must be a whole number from 0 to 64",
    ),
    (
        &[("timestamp", "@key")],
        "parameter `timestamp` is `@key`, but must be a field name or a JSON Pointer, or `@timestamp`",
    ),
    (
        &[("format", "xml")],
        "parameter `format` is `xml`, but must be one of `auto`, `json`, `elb`, `alb`, `combined`, `common`",
    ),
    (
        &[("invalid", "skip")],
        "parameter `invalid` is `skip`, but must be one of `tag`, `drop`, `fail`",
    ),
    (
        &[("max_ahead", "off")],
        "parameter `max_ahead` is `off`, but must be a duration such as `30m`, in whole milliseconds, from 0s to 3650d, or \
         `none`",
    ),
    (
        &[("max_keys", "none")],
        "parameter `max_keys` is `none`, but must be a whole number from 1 to 64000000",
    ),
    (
        &[("prefix", "")],
        "parameter `prefix` is ``, but must be 1 to 32 letters, digits, `_`, `-` or `.`",
    ),
    (
        &[("fields", "start,id")],
        "parameter `fields` is `start,id`, but must be some of `start`, `previous`, `late`, comma-separated, or `none`",
    ),
    (
        &[("id", "uuid")],
        "parameter `id` is `uuid`, but must be one of `key`, `hash`",
    ),
    (
        &[("restore", "on")],
        "parameter `restore` is `on`, but must be one of `off`, `accept`, `require`",
    ),
    (
        &[("gaps", "30m")],
        "unknown parameter `gaps` (value `30m`); allowed are `gap`, `max_events`, `max_duration`, `ttl`, `lateness`, \
         `late`, `key`, `trusted_proxies`, `timestamp`, `format`, `invalid`, `max_ahead`, `max_keys`, `prefix`, `fields`, \
         `id`, `restore`",
    ),
    (
        &[("gap", "30m"), ("ttl", "10m")],
        "parameter `ttl` is `10m`, but must be at least `gap`, which is `30m`",
    ),
    (
        &[("gap", "13h")],
        "parameter `ttl` is `12h`, but must be at least `gap`, which is `13h`",
    ),
    (
        &[("key", "session_id")],
        "parameter `key` is `session_id`, but must not be one of the added fields (`prefix` and `id`)",
    ),
    (
        &[("format", "common"), ("timestamp", "/time/ms")],
        "parameter `timestamp` is `/time/ms`, but must be a field of the format `common`: `prefix`, `ip`, `ident`, `user`, \
         `timestamp`, `request`, `status`, `bytes`, `rest`",
    ),
];

#[test]
fn refusals_come_out_of_the_engine_word_for_word() {
    let engine = Engine::new().unwrap();
    for (parameters, expected) in REFUSED {
        let refused = engine.start(&owned(parameters)).err();
        let refused = refused.map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some(expected));
    }
}

#[test]
fn every_parameter_is_refused_once() {
    for parameter in DESCRIPTIONS {
        let refused =
            |(given, _): &(&[(&str, &str)], &str)| given.len() == 1 && given[0].0 == parameter.name;
        assert!(REFUSED.iter().any(refused), "{}", parameter.name);
    }
}

#[test]
fn the_documented_defaults_change_nothing() {
    let defaults = DESCRIPTIONS.map(|parameter| (parameter.name, parameter.default));
    let records = [
        ("192.0.2.1", 0),
        ("192.0.2.1", 1_800_000),
        ("192.0.2.1", 3_600_001),
        ("192.0.2.1", 1),
    ];
    let records = records.map(|(ip, time)| event(ip, 1_700_000_000_000 + time, "/"));
    let output = |parameters| texts(&process(started(parameters).as_mut(), 0, &records).records);
    assert_eq!(output(&defaults), output(&[]));
}

/// The broker adds the bounds of the look-back to the parameters of a topic's transform.
#[test]
fn what_the_broker_adds_is_allowed() {
    started(&[("count", "100000"), ("age", "3600000")]);
}
