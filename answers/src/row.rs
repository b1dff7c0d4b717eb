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

/// A value in a row, or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'r> {
    /// Text.
    Text(Option<&'r str>),
    /// A time in ms since the epoch.
    Time(Option<Millis>),
    /// A duration in ms, which is written in seconds.
    Seconds(Option<Millis>),
    /// A number.
    Count(Option<u64>),
    /// Yes or no.
    Truth(Option<bool>),
}

/// A column of rows: its name, and its value in a row. In every row it has the same kind of value.
pub struct Column<R> {
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: for<'r> fn(&'r R) -> Value<'r>,
}

/// A row of a table.
pub trait TableRow: Default + Send + 'static {
    /// What the rows are, as the names of their files say it.
    const NAME: &str;

    /// All columns in their order.
    const COLUMNS: &[Column<Self>];

    /// About how many bytes it takes in memory.
    fn size(&self) -> usize;

    /// A time on the day that it belongs to, in ms since the epoch: that on which its session
    /// began.
    fn day(&self) -> Millis;
}

impl TableRow for SessionRow {
    const NAME: &str = "sessions";
    const COLUMNS: &[Column<Self>] = &COLUMNS;

    fn size(&self) -> usize {
        let request = |request: &Request| {
            let Request {
                url,
                referrer,
                user_agent,
            } = request;
            [url, referrer, user_agent]
                .map(length)
                .iter()
                .sum::<usize>()
        };
        let texts = [&self.previous, &self.entry, &self.exit].map(length);
        size_of::<Self>()
            + self.session_id.len()
            + texts.iter().sum::<usize>()
            + request(&self.first)
            + request(&self.latest)
    }

    fn day(&self) -> Millis {
        self.start
    }
}

fn length(text: &Text) -> usize {
    text.as_ref().map_or(0, |text| text.len())
}

/// All columns of sessions in their order.
pub const COLUMNS: [Column<SessionRow>; 27] = {
    [
        column("session_id", |row| Value::Text(Some(&row.session_id))),
        column("visitor", |row| {
            Value::Text(row.session_id.get(..row.visitor))
        }),
        column("start", |row| time(row.start)),
        column("last", |row| time(row.last)),
        column("duration", |row| Value::Seconds(Some(row.last - row.start))),
        column("events", |row| count(row.events)),
        column("seen", |row| count(row.seen)),
        column("pages", |row| count(row.pages)),
        column("urls", |row| count(row.urls)),
        column("cut", |row| Value::Text(row.cut.map(Cut::name))),
        column("previous", |row| text(&row.previous)),
        column("closed", |row| Value::Truth(Some(row.closed))),
        column("revision", |row| count(row.revision)),
        column("late", |row| count(row.late)),
        column("entry", |row| text(&row.entry)),
        column("exit", |row| text(&row.exit)),
        column("first_url", |row| text(&row.first.url)),
        column("last_url", |row| text(&row.latest.url)),
        column("first_referrer", |row| text(&row.first.referrer)),
        column("last_referrer", |row| text(&row.latest.referrer)),
        column("first_user_agent", |row| text(&row.first.user_agent)),
        column("last_user_agent", |row| text(&row.latest.user_agent)),
        column("status_1xx", |row| count(row.statuses[0])),
        column("status_2xx", |row| count(row.statuses[1])),
        column("status_3xx", |row| count(row.statuses[2])),
        column("status_4xx", |row| count(row.statuses[3])),
        column("status_5xx", |row| count(row.statuses[4])),
    ]
};

/// A column of this name.
pub(crate) const fn column<R>(
    name: &'static str,
    value: for<'r> fn(&'r R) -> Value<'r>,
) -> Column<R> {
    Column { name, value }
}

fn time<'r>(time: Millis) -> Value<'r> {
    Value::Time(Some(time))
}

fn count<'r>(count: u32) -> Value<'r> {
    Value::Count(Some(count.into()))
}

fn text(text: &Text) -> Value<'_> {
    Value::Text(text.as_deref())
}
