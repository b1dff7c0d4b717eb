//! The parameters of the module, checked once, at start.

use std::fmt;
use std::str::FromStr;

mod duration;

use crate::fields;
use crate::id::IdForm;
use crate::name;
use crate::rule::Rule;
use sessionize_formats::line::LineFormat;
use sessionize_formats::path::Path;
use sessionize_formats::time::Millis;

/// All parameters, valid together.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// `gap`, `max_events`, `max_duration` and `ttl`.
    pub rule: Rule,
    /// How far behind the partition's event time an event surely still finds its session.
    pub lateness: Millis,
    /// What becomes of an event that is too late for its session.
    pub on_fragment: OnFragment,
    /// What identifies a visitor.
    pub key: KeySource,
    /// How many hops on the right of an `X-Forwarded-For` list are our own.
    pub trusted_proxies: usize,
    /// Where the event time is.
    pub timestamp: TimeSource,
    /// What every record is; `None` if each record's first bytes tell.
    pub format: Option<Format>,
    /// What becomes of a record that can't be sessionized.
    pub on_invalid: OnInvalid,
    /// How far beyond its record's append time an event may be; `None` for no bound.
    pub max_ahead: Option<Millis>,
    /// The most keys held at once.
    pub max_keys: usize,
    /// Prefix of the added fields.
    pub prefix: String,
    /// The form of session ids.
    pub id: IdForm,
}

/// What becomes of an event of the `late` case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFragment {
    /// It is emitted, flagged.
    Keep,
    /// It is dropped.
    Drop,
}

/// What identifies a visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// One to [`MAX_KEY_FIELDS`] members of the event.
    Fields(Vec<Field>),
    /// The record key.
    RecordKey,
}

/// Where the event time is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// A member of the event.
    Field(Field),
    /// The record's append time.
    AppendTime,
}

/// A member of the event, as the user wrote it and as it is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As in the parameter.
    pub name: String,
    /// As it is looked up.
    pub path: Path,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object.
    Json,
    /// A line of a log.
    Line(LineFormat),
}

/// What becomes of a record that can't be sessionized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// It is passed on inside an object that says why.
    Tag,
    /// It is dropped.
    Drop,
    /// It fails its batch.
    Fail,
}

/// One parameter as users see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: &'static str,
    /// Its value where none is given.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Every parameter, in the order of the documentation.
pub const DESCRIPTIONS: [Description; 15] = [
    describe("gap", "30m", "inactivity that ends a session"),
    describe(
        "max_events",
        "1500",
        "most events in a session; `none` for no bound",
    ),
    describe(
        "max_duration",
        "12h",
        "longest session; `none` for no bound",
    ),
    describe(
        "ttl",
        "12h",
        "how long after its last event a key is remembered; at least `gap`",
    ),
    describe(
        "lateness",
        "60s",
        "how far behind the partition's event time an event surely still finds its session",
    ),
    describe(
        "late",
        "keep",
        "`keep` (emit, flagged) or `drop` for events too late for the sessions that are known",
    ),
    describe(
        "key",
        "ip",
        "what identifies a visitor: field names or JSON Pointers, comma-separated, or `@key` for the record key",
    ),
    describe(
        "trusted_proxies",
        "0",
        "how many hops on the right of an X-Forwarded-For list are our own",
    ),
    describe(
        "timestamp",
        "timestamp",
        "field name or JSON Pointer of the event time, or `@timestamp` for the record's append time",
    ),
    describe(
        "format",
        "auto",
        "`json`, `elb`, `alb`, `combined`, `common`, or `auto`",
    ),
    describe(
        "invalid",
        "tag",
        "what becomes of a record that can't be sessionized: `tag`, `drop` or `fail`",
    ),
    describe(
        "max_ahead",
        "1h",
        "how far beyond its record's append time an event may be; `none` for no bound",
    ),
    describe(
        "max_keys",
        "4000000",
        "most keys held; past it the key idle longest is forgotten first",
    ),
    describe("prefix", "session_", "prefix of the added fields"),
    describe(
        "id",
        "key",
        "`key` (readable) or `hash` (fixed-length hex that does not reveal the key)",
    ),
];

/// The names alone, so that the module is spared what it has no use for.
const NAMES: [&str; DESCRIPTIONS.len()] = {
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

/// The broker itself adds these when the module runs as a topic's transform.
pub const BROKER_PARAMETERS: [&str; 2] = ["count", "age"];

/// The shortest duration, in milliseconds; for `lateness` and `max_ahead` it is 0.
const MIN_DURATION: Millis = 1;

/// The longest duration: ten years, in milliseconds. A bound that keeps every sum of times small.
const MAX_DURATION: Millis = 3_650 * 24 * 60 * 60 * 1_000;

/// The most fields in a key.
pub const MAX_KEY_FIELDS: usize = 8;

/// The most hops that can be our own.
const MAX_PROXIES: u64 = 64;

/// The most keys that a module's 4 GiB of memory can hold.
const MAX_KEYS: u64 = 64_000_000;

/// The longest prefix, in bytes.
const MAX_PREFIX: usize = 32;

impl Default for Parameters {
    fn default() -> Self {
        const MINUTE: Millis = 60_000;
        Parameters {
            rule: Rule {
                gap: 30 * MINUTE,
                max_events: Some(1_500),
                max_duration: Some(12 * 60 * MINUTE),
                ttl: 12 * 60 * MINUTE,
            },
            lateness: MINUTE,
            on_fragment: OnFragment::Keep,
            key: KeySource::Fields(vec![Field::named("ip")]),
            trusted_proxies: 0,
            timestamp: TimeSource::Field(Field::named("timestamp")),
            format: None,
            on_invalid: OnInvalid::Tag,
            max_ahead: Some(60 * MINUTE),
            max_keys: 4_000_000,
            prefix: "session_".to_owned(),
            id: IdForm::Key,
        }
    }
}

impl Parameters {
    /// Reads parameters from names and values; what is not named has its default.
    ///
    /// # Errors
    /// The first unknown name, bad value or contradiction.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ParameterError> {
        let mut parameters = Parameters::default();
        for (name, value) in pairs {
            parameters
                .set(name, value)
                .map_err(|allowed| ParameterError::new(name, value, allowed))?;
        }
        parameters.check()?;
        Ok(parameters)
    }

    /// Sets one parameter, or says what is allowed.
    fn set(&mut self, name: &str, value: &str) -> Result<(), Allowed> {
        match name {
            "gap" => self.rule.gap = duration(value, MIN_DURATION)?,
            "max_events" => self.rule.max_events = unless_none(value, events)?,
            "max_duration" => {
                self.rule.max_duration = unless_none(value, |value| duration(value, MIN_DURATION))?;
            }
            "ttl" => self.rule.ttl = duration(value, MIN_DURATION)?,
            "lateness" => self.lateness = duration(value, 0)?,
            "late" => {
                self.on_fragment = choice(
                    value,
                    &["keep", "drop"],
                    [OnFragment::Keep, OnFragment::Drop],
                )?
            }
            "key" => self.key = key(value)?,
            "trusted_proxies" => {
                self.trusted_proxies = number(value, 0, MAX_PROXIES)? as usize;
            }
            "timestamp" => self.timestamp = timestamp(value)?,
            "format" => self.format = format(value)?,
            "invalid" => {
                let choices = [OnInvalid::Tag, OnInvalid::Drop, OnInvalid::Fail];
                self.on_invalid = choice(value, &["tag", "drop", "fail"], choices)?;
            }
            "max_ahead" => self.max_ahead = unless_none(value, |value| duration(value, 0))?,
            "max_keys" => self.max_keys = number(value, 1, MAX_KEYS)? as usize,
            "prefix" => self.prefix = prefix(value)?,
            "id" => self.id = choice(value, &["key", "hash"], [IdForm::Key, IdForm::Hash])?,
            name if BROKER_PARAMETERS.contains(&name) => {}
            _ => return Err(Allowed::Names),
        }
        Ok(())
    }

    /// The rules that concern two parameters.
    fn check(&self) -> Result<(), ParameterError> {
        let Rule { gap, ttl, .. } = self.rule;
        if ttl < gap {
            return Err(ParameterError::new(
                "ttl",
                &duration::text(ttl),
                Allowed::AtLeast("gap", duration::text(gap)),
            ));
        }
        for (name, field) in self.fields() {
            let added = field
                .path
                .as_field()
                .and_then(|member| self.added_name(member));
            if let Some(added) = added {
                return Err(ParameterError::new(
                    name,
                    &field.name,
                    Allowed::NotAdded(added),
                ));
            }
            if let Some(Format::Line(format)) = self.format {
                let known = |member| format.column(member).is_some();
                if !field.path.as_field().is_some_and(known) {
                    return Err(ParameterError::new(
                        name,
                        &field.name,
                        Allowed::Columns(format),
                    ));
                }
            }
        }
        self.check_prefix()
    }

    /// A line's fields come before the added ones, and none may have the name of another.
    fn check_prefix(&self) -> Result<(), ParameterError> {
        let formats = LineFormat::ALL
            .into_iter()
            .filter(|format| match self.format {
                None => true,
                Some(Format::Json) => false,
                Some(Format::Line(only)) => *format == only,
            });
        for format in formats {
            for column in format.columns() {
                if self.added_name(column.name).is_some() {
                    return Err(ParameterError::new(
                        "prefix",
                        &self.prefix,
                        Allowed::NotColumn(column.name, format),
                    ));
                }
            }
        }
        Ok(())
    }

    fn fields(&self) -> impl Iterator<Item = (&'static str, &Field)> {
        let key = match &self.key {
            KeySource::Fields(fields) => fields.as_slice(),
            KeySource::RecordKey => &[],
        };
        let timestamp = match &self.timestamp {
            TimeSource::Field(field) => Some(field),
            TimeSource::AppendTime => None,
        };
        key.iter()
            .map(|field| ("key", field))
            .chain(timestamp.map(|field| ("timestamp", field)))
    }

    /// The added field that `member` is the name of.
    fn added_name(&self, member: &str) -> Option<&'static str> {
        let field = fields::position(&self.prefix, member.as_bytes())?;
        fields::NAMES.get(field).copied()
    }
}

impl Field {
    fn named(name: &str) -> Self {
        Field {
            name: name.to_owned(),
            path: Path::field(name),
        }
    }

    fn parse(text: &str) -> Result<Self, Allowed> {
        let path = Path::parse(text).map_err(|error| Allowed::Path(format!("{error}")))?;
        Ok(Field {
            name: text.to_owned(),
            path,
        })
    }
}

/// Why parameters were refused: names the parameter, its value and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterError {
    name: String,
    value: String,
    allowed: Allowed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Allowed {
    Names,
    Duration(Millis),
    OrNone(Box<Allowed>),
    Number(u64, u64),
    Choice(&'static [&'static str]),
    Path(String),
    Fields,
    LoneRecordKey,
    LoneAppendTime,
    Prefix,
    AtLeast(&'static str, String),
    NotAdded(&'static str),
    Columns(LineFormat),
    NotColumn(&'static str, LineFormat),
}

impl ParameterError {
    fn new(name: &str, value: &str, allowed: Allowed) -> Self {
        ParameterError {
            name: name.to_owned(),
            value: value.to_owned(),
            allowed,
        }
    }
}

impl std::error::Error for ParameterError {}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParameterError {
            name,
            value,
            allowed,
        } = self;
        if let Allowed::Names = allowed {
            write!(
                f,
                "unknown parameter `{name}` (value `{value}`); allowed are "
            )?;
            return list(f, NAMES.into_iter());
        }
        write!(f, "parameter `{name}` is `{value}`, but {allowed}")
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed::Names => write!(f, "is not known"),
            Allowed::Duration(least) => write!(
                f,
                "must be a duration such as `30m`, in whole milliseconds, from {} to {}",
                duration::text(*least),
                duration::text(MAX_DURATION)
            ),
            Allowed::OrNone(allowed) => write!(f, "{allowed}, or `none`"),
            Allowed::Number(least, most) => {
                write!(f, "must be a whole number from {least} to {most}")
            }
            Allowed::Choice(names) => {
                write!(f, "must be one of ")?;
                list(f, names.iter().copied())
            }
            Allowed::Path(why) => write!(f, "must be a field name or a JSON Pointer: {why}"),
            Allowed::Fields => write!(f, "must name at most {MAX_KEY_FIELDS} fields"),
            Allowed::LoneRecordKey => write!(
                f,
                "must be field names or JSON Pointers, comma-separated, or `@key` alone"
            ),
            Allowed::LoneAppendTime => {
                write!(f, "must be a field name or a JSON Pointer, or `@timestamp`")
            }
            Allowed::Prefix => write!(
                f,
                "must be 1 to {MAX_PREFIX} letters, digits, `_`, `-` or `.`"
            ),
            Allowed::AtLeast(other, value) => {
                write!(f, "must be at least `{other}`, which is `{value}`")
            }
            Allowed::NotAdded(added) => write!(
                f,
                "must not be one of the added fields (`prefix` and `{added}`)"
            ),
            Allowed::NotColumn(column, format) => write!(
                f,
                "must not make `{column}` of an added field's name, which is a field of the format `{}`",
                format.name()
            ),
            Allowed::Columns(format) => {
                write!(f, "must be a field of the format `{}`: ", format.name())?;
                list(f, format.columns().iter().map(|column| column.name))
            }
        }
    }
}

fn list<'a>(f: &mut fmt::Formatter<'_>, names: impl Iterator<Item = &'a str>) -> fmt::Result {
    for (i, name) in names.enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}`{name}`")?;
    }
    Ok(())
}

fn duration(value: &str, least: Millis) -> Result<Millis, Allowed> {
    duration::parse(value)
        .filter(|millis| (least..=MAX_DURATION).contains(millis))
        .ok_or(Allowed::Duration(least))
}

fn unless_none<T>(
    value: &str,
    read: impl Fn(&str) -> Result<T, Allowed>,
) -> Result<Option<T>, Allowed> {
    if value == "none" {
        return Ok(None);
    }
    read(value)
        .map(Some)
        .map_err(|allowed| Allowed::OrNone(Box::new(allowed)))
}

fn events(value: &str) -> Result<u32, Allowed> {
    number(value, 1, u64::from(u32::MAX)).map(|events| events as u32)
}

fn number(value: &str, least: u64, most: u64) -> Result<u64, Allowed> {
    // `from_str` would also take a leading `+`.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match u64::from_str(value) {
        Ok(number) if digits && (least..=most).contains(&number) => Ok(number),
        _ => Err(Allowed::Number(least, most)),
    }
}

/// The one of the choices that has this name.
fn choice<T: Copy, const N: usize>(
    value: &str,
    names: &'static [&'static str; N],
    choices: [T; N],
) -> Result<T, Allowed> {
    let place = name::position(names, value.as_bytes());
    place
        .and_then(|place| choices.get(place).copied())
        .ok_or(Allowed::Choice(names))
}

fn format(value: &str) -> Result<Option<Format>, Allowed> {
    let [elb, alb, combined, common] = LineFormat::ALL.map(|format| Some(Format::Line(format)));
    choice(
        value,
        &["auto", "json", "elb", "alb", "combined", "common"],
        [None, Some(Format::Json), elb, alb, combined, common],
    )
}

fn key(value: &str) -> Result<KeySource, Allowed> {
    if value == "@key" {
        return Ok(KeySource::RecordKey);
    }
    let mut fields = Vec::new();
    for name in value.split(',').map(str::trim) {
        if name.starts_with('@') {
            return Err(Allowed::LoneRecordKey);
        }
        fields.push(Field::parse(name)?);
    }
    if fields.len() > MAX_KEY_FIELDS {
        return Err(Allowed::Fields);
    }
    Ok(KeySource::Fields(fields))
}

fn timestamp(value: &str) -> Result<TimeSource, Allowed> {
    match value {
        "@timestamp" => Ok(TimeSource::AppendTime),
        name if name.starts_with('@') => Err(Allowed::LoneAppendTime),
        name => Field::parse(name).map(TimeSource::Field),
    }
}

/// The added fields' names are written without escaping, so the prefix must need none.
fn prefix(value: &str) -> Result<String, Allowed> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if (1..=MAX_PREFIX).contains(&value.len()) && value.bytes().all(plain) {
        Ok(value.to_owned())
    } else {
        Err(Allowed::Prefix)
    }
}

#[cfg(test)]
mod tests;
