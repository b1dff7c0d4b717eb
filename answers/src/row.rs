//! A row for a session, and its columns.

use std::sync::Arc;

use sessionize_core::rule::Cut;
use sessionize_formats::time::Millis;

/// A text that several rows may share.
pub type Text = Option<Arc<str>>;

/// What is known of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRow {
    /// Id of the session.
    pub session_id: Arc<str>,
    /// How many bytes of the id stand for the visitor.
    pub visitor: usize,
    /// When the session starts, in ms since the epoch.
    pub start: Millis,
    /// Its latest event time, in ms since the epoch.
    pub last: Millis,
    /// How many events it has, by its own count.
    pub events: u32,
    /// How many of them were read.
    pub seen: u32,
    /// How many of those are pages.
    pub pages: u32,
    /// How many different URLs those have.
    pub urls: u32,
    /// Why it began; [`Cut::Fragment`] if it is no session but an event that came too late for one.
    /// None if its first event was not read.
    pub cut: Option<Cut>,
    /// Id of the visitor's session before.
    pub previous: Text,
    /// Whether it is over: event time has passed its end by `gap`, or the visitor's next session
    /// has begun.
    pub closed: bool,
    /// 1 for the first row of this session, 2 for the next one, which replaces it.
    pub revision: u32,
    /// How many of its events came late.
    pub late: u32,
    /// Of the first event.
    pub first: Request,
    /// Of the last event.
    pub latest: Request,
    /// The first page.
    pub entry: Text,
    /// The last page.
    pub exit: Text,
    /// How many responses have a status code of each class, from 1xx on.
    pub statuses: [u32; 5],
}

/// What an event says of the visitor's request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// What was asked for.
    pub url: Text,
    /// The page that led to it.
    pub referrer: Text,
    /// The client's program.
    pub user_agent: Text,
}

/// A value in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'r> {
    /// Text, or null.
    Text(Option<&'r str>),
    /// A time in ms since the epoch.
    Time(Millis),
    /// A duration in ms, which is written in seconds.
    Seconds(Millis),
    /// A number.
    Count(u32),
    /// Yes or no.
    Truth(bool),
}

/// A column: its name, and its value in a row. In every row it has the same kind of value.
pub struct Column {
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: for<'r> fn(&'r SessionRow) -> Value<'r>,
}

/// All columns in their order.
pub const COLUMNS: [Column; 27] = {
    use Value::{Count, Seconds, Time, Truth};
    [
        column("session_id", |row| Value::Text(Some(&row.session_id))),
        column("visitor", |row| {
            Value::Text(row.session_id.get(..row.visitor))
        }),
        column("start", |row| Time(row.start)),
        column("last", |row| Time(row.last)),
        column("duration", |row| Seconds(row.last - row.start)),
        column("events", |row| Count(row.events)),
        column("seen", |row| Count(row.seen)),
        column("pages", |row| Count(row.pages)),
        column("urls", |row| Count(row.urls)),
        column("cut", |row| Value::Text(row.cut.map(Cut::name))),
        column("previous", |row| text(&row.previous)),
        column("closed", |row| Truth(row.closed)),
        column("revision", |row| Count(row.revision)),
        column("late", |row| Count(row.late)),
        column("entry", |row| text(&row.entry)),
        column("exit", |row| text(&row.exit)),
        column("first_url", |row| text(&row.first.url)),
        column("last_url", |row| text(&row.latest.url)),
        column("first_referrer", |row| text(&row.first.referrer)),
        column("last_referrer", |row| text(&row.latest.referrer)),
        column("first_user_agent", |row| text(&row.first.user_agent)),
        column("last_user_agent", |row| text(&row.latest.user_agent)),
        column("status_1xx", |row| Count(row.statuses[0])),
        column("status_2xx", |row| Count(row.statuses[1])),
        column("status_3xx", |row| Count(row.statuses[2])),
        column("status_4xx", |row| Count(row.statuses[3])),
        column("status_5xx", |row| Count(row.statuses[4])),
    ]
};

const fn column(name: &'static str, value: for<'r> fn(&'r SessionRow) -> Value<'r>) -> Column {
    Column { name, value }
}

fn text(text: &Text) -> Value<'_> {
    Value::Text(text.as_deref())
}
