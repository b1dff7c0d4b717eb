//! The events in a log, as rows.

use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Cut;
use sessionize_formats::json::{Object, Wanted, scan_into};
use sessionize_formats::path::Path;
use sessionize_formats::time::Millis;

use super::{LogReader, Place, Taken};
use crate::event::{EventReader, Line, SessionEvent, text};
use crate::row::{Column, TableRow, Value, column};

/// Fields of events that are always columns, and always text: the views for SQL name them, and
/// convert them.
pub const TEXT_FIELDS: [&str; 9] = [
    "ip",
    "request",
    "url",
    "path",
    "referer",
    "referrer",
    "user_agent",
    "status",
    "elb_status_code",
];

/// A record of a sessionized topic: an event with its session, or what could not be sessionized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRow {
    /// Of what could not be sessionized there is none.
    session: Option<SessionColumns>,
    /// Why it could not be sessionized.
    error: Option<String>,
    /// The fields, in their order.
    fields: [Option<Box<str>>; TEXT_FIELDS.len()],
    partition: u32,
    offset: u64,
    record: Box<str>,
    /// The latest event time when it came.
    event_time: Millis,
}

/// The added fields of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SessionColumns {
    id: Box<str>,
    start: Millis,
    duration: Millis,
    events: u32,
    cut: Option<Cut>,
    previous: Option<Box<str>>,
    late: bool,
}

impl SessionColumns {
    fn of(event: &SessionEvent<'_>) -> Self {
        Self {
            id: event.session_id.as_ref().into(),
            start: event.start,
            duration: event.last - event.start,
            events: event.number,
            cut: event.cut,
            previous: event.previous.as_deref().map(Box::from),
            late: event.is_late,
        }
    }
}

impl TableRow for EventRow {
    const NAME: &str = "events";
    const COLUMNS: &[Column<Self>] = &COLUMNS;

    fn size(&self) -> usize {
        let fields = self.fields.iter().flatten().map(|text| text.len());
        let session = self.session.as_ref();
        let ids = session.map_or(0, |session| 2 * session.id.len());
        size_of::<Self>() + fields.sum::<usize>() + ids + self.record.len()
    }

    /// What could not be sessionized has no time; it belongs to the day of the events around it.
    fn day(&self) -> Millis {
        let session = self.session.as_ref();
        session.map_or(self.event_time, |session| session.start)
    }
}

/// All columns in their order.
const COLUMNS: [Column<EventRow>; 20] = [
    column("session_id", |row| {
        Value::Text(row.session.as_ref().map(|of| &*of.id))
    }),
    column("session_start", |row| {
        Value::Time(row.session.as_ref().map(|of| of.start))
    }),
    column("session_duration", |row| {
        Value::Seconds(row.session.as_ref().map(|of| of.duration))
    }),
    column("session_events", |row| {
        Value::Count(row.session.as_ref().map(|of| of.events.into()))
    }),
    column("session_cut", |row| {
        let cut = row.session.as_ref().and_then(|of| of.cut);
        Value::Text(cut.map(Cut::name))
    }),
    column("session_previous", |row| {
        let previous = row.session.as_ref().and_then(|of| of.previous.as_deref());
        Value::Text(previous)
    }),
    column("session_late", |row| {
        Value::Truth(row.session.as_ref().map(|of| of.late))
    }),
    column("session_error", |row| Value::Text(row.error.as_deref())),
    column(TEXT_FIELDS[0], |row| Value::Text(row.fields[0].as_deref())),
    column(TEXT_FIELDS[1], |row| Value::Text(row.fields[1].as_deref())),
    column(TEXT_FIELDS[2], |row| Value::Text(row.fields[2].as_deref())),
    column(TEXT_FIELDS[3], |row| Value::Text(row.fields[3].as_deref())),
    column(TEXT_FIELDS[4], |row| Value::Text(row.fields[4].as_deref())),
    column(TEXT_FIELDS[5], |row| Value::Text(row.fields[5].as_deref())),
    column(TEXT_FIELDS[6], |row| Value::Text(row.fields[6].as_deref())),
    column(TEXT_FIELDS[7], |row| Value::Text(row.fields[7].as_deref())),
    column(TEXT_FIELDS[8], |row| Value::Text(row.fields[8].as_deref())),
    column("log_partition", |row| {
        Value::Count(Some(row.partition.into()))
    }),
    column("log_offset", |row| Value::Count(Some(row.offset))),
    column("record", |row| Value::Text(Some(&row.record))),
];

/// Makes rows of the events in a log.
pub struct LogEvents {
    events: EventReader,
    wanted: Wanted,
    object: Object,
    partition: u32,
    event_time: Millis,
    begin: Place,
    /// The row of the latest record.
    due: Option<EventRow>,
}

impl LogReader for LogEvents {
    type Row = EventRow;

    fn resume(parameters: &Parameters, partition: u32, place: Place) -> Self {
        let error = format!("{}error", parameters.prefix);
        let names = TEXT_FIELDS.iter().copied().chain([error.as_str()]);
        Self {
            events: EventReader::new(parameters),
            wanted: Wanted::new(&names.map(Path::field).collect::<Vec<_>>()),
            object: Object::default(),
            partition,
            event_time: place.time,
            begin: place,
            due: None,
        }
    }

    fn take(&mut self, offset: u64, record: &[u8]) -> Taken {
        let (session, taken) = match self.events.read(record) {
            Line::Event(event) => {
                self.event_time = self.event_time.max(event.last);
                (Some(SessionColumns::of(&event)), Taken::Event)
            }
            Line::Invalid => (None, Taken::Invalid),
            Line::Foreign(why) => return Taken::Foreign(why),
        };
        if offset < self.begin.offset || scan_into(record, &self.wanted, &mut self.object).is_err()
        {
            return taken;
        }
        let value = |slot| self.object.value(slot, record).and_then(text);
        self.due = Some(EventRow {
            session,
            error: value(TEXT_FIELDS.len()).map(String::from),
            fields: std::array::from_fn(|slot| value(slot).map(Box::from)),
            partition: self.partition,
            offset,
            record: String::from_utf8_lossy(record).into(),
            event_time: self.event_time,
        });
        taken
    }

    fn pop(&mut self) -> Option<(Place, EventRow)> {
        let row = self.due.take()?;
        Some((self.place(row.offset + 1), row))
    }

    fn place(&self, offset: u64) -> Place {
        Place {
            offset,
            rows: 0,
            from: offset,
            time: self.event_time,
        }
    }

    fn held(&self) -> usize {
        0
    }
}
