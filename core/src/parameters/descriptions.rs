//! What users are told of each parameter.

/// A parameter as users see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name.
    pub name: &'static str,
    /// The value if none is given.
    pub default: &'static str,
    /// What the value means.
    pub meaning: &'static str,
}

/// Every parameter, in the order of the documentation.
pub const DESCRIPTIONS: [Description; 17] = [
    describe("gap", "30m", "inactivity that ends a session"),
    describe(
        "max_events",
        "1500",
        "most events in a session; `none` for no bound",
    ),
    describe(
        "max_duration",
        "12h",
        "longest duration of a session; `none` for no bound",
    ),
    describe(
        "ttl",
        "12h",
        "how long a key is remembered after its last event; at least `gap`",
    ),
    describe(
        "lateness",
        "60s",
        "how far an event may lag the partition's event time and still find its session",
    ),
    describe(
        "late",
        "keep",
        "what to do with an event that is too late for its session: `keep` (emit, flagged) or `drop`",
    ),
    describe(
        "key",
        "ip",
        "what identifies a visitor: field names or JSON Pointers, comma-separated, or `@key` for the record key",
    ),
    describe(
        "trusted_proxies",
        "0",
        "how many hops on the right of an X-Forwarded-For list are your own proxies",
    ),
    describe(
        "timestamp",
        "timestamp",
        "field name or JSON Pointer of the event time, or `@timestamp` for the record's append time",
    ),
    describe(
        "format",
        "auto",
        "format of the records: `json`, `elb`, `alb`, `combined` or `common`, or `auto` to detect it",
    ),
    describe(
        "invalid",
        "tag",
        "what to do with a record that cannot be sessionized: `tag`, `drop` or `fail`",
    ),
    describe(
        "max_ahead",
        "1h",
        "how far an event may be ahead of its record's append time; `none` for no bound",
    ),
    describe(
        "max_keys",
        "4000000",
        "most keys held; beyond it, the key that has been idle longest is evicted",
    ),
    describe(
        "prefix",
        "session_",
        "prefix of the names of the added fields",
    ),
    describe(
        "fields",
        "start,previous,late",
        "which fields are added besides `id`, `duration`, `events` and `cut`, which a restart needs: some of `start`, `previous`, `late`, or `none`",
    ),
    describe(
        "id",
        "key",
        "`key` (readable) or `hash` (fixed-length hex that does not reveal the key)",
    ),
    describe(
        "restore",
        "off",
        "whether `sessionize restore` tells the sessions after a restart: `off`, `accept`, or `require` (events are refused until then)",
    ),
];

/// The names alone: the module does not need the descriptions, which would make it larger.
pub(super) const NAMES: [&str; DESCRIPTIONS.len()] = {
    let mut names = [""; DESCRIPTIONS.len()];
    let mut described: &[Description] = &DESCRIPTIONS;
    let mut rest: &mut [&str] = &mut names;
    while let ([description, others @ ..], [name, after @ ..]) = (described, rest) {
        *name = description.name;
        (described, rest) = (others, after);
    }
    names
};

const fn describe(name: &'static str, default: &'static str, meaning: &'static str) -> Description {
    Description {
        name,
        default,
        meaning,
    }
}
