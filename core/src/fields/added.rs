//! The added fields of one output, read back.

use std::borrow::Cow;

use super::seconds;
use super::table::COUNT;
use crate::id::{self, IdForm};
use crate::rule::Cut;
use crate::session::{Origin, Session};
use sessionize_formats::bytes::decimal;
use sessionize_formats::json::{Value, ValueKind};
use sessionize_formats::time::{self, Millis};

/// What an output says of its event's session.
///
/// The figures are read at once. The ids and the start take longer to read, and most readers do not
/// need them, so that [`session`](Self::session) reads them on demand.
#[derive(Clone, Debug)]
pub struct Added<'r> {
    form: IdForm,
    id: Value<'r>,
    start: Option<Value<'r>>,
    /// How long the session has lasted, in milliseconds.
    pub duration: Millis,
    /// How many events the session holds, this one included.
    pub events: u32,
    /// Why the event opened the session; `None` when it joined.
    pub cut: Option<Cut>,
    previous: Option<Value<'r>>,
    /// Whether the event is a fragment, or older than the latest event of its session; `None` if
    /// the output does not say.
    pub out_of_order: Option<bool>,
}

impl<'r> Added<'r> {
    /// Reads the values of the fields, in the order of the table. `None` if one is wrong, or if one
    /// is missing that is always written.
    #[inline]
    pub(crate) fn read(form: IdForm, values: [Option<Value<'r>>; COUNT]) -> Option<Self> {
        let [id, start, duration, events, cut, previous, late] = values;
        Some(Added {
            form,
            id: id?,
            start,
            duration: seconds::read(number(duration?)?)?,
            events: u32::try_from(decimal::read(number(events?)?)?).ok()?,
            cut: match unless_null(cut?) {
                Some(cut) => Some(Cut::named(&text(cut)?)?),
                None => None,
            },
            previous,
            out_of_order: match late {
                Some(late) => Some(truth(late)?),
                None => None,
            },
        })
    }

    /// The session, and what stands for the visitor in its id. `None` if the fields do not fit
    /// together: then the module did not write them.
    pub fn session(&self) -> Option<(Cow<'r, [u8]>, Session)> {
        let id = text(self.id)?;
        let (visitor, origin) = id::parse(self.form, &id)?;
        let previous = match self.previous {
            Some(previous) => match unless_null(previous) {
                Some(previous) => {
                    let previous = text(previous)?;
                    let (of, previous) = id::parse(self.form, &previous)?;
                    (of == visitor).then_some(Some(previous))?
                }
                None => None,
            },
            None => before(origin),
        };
        let start = match self.start {
            Some(start) => time::from_text(&text(start)?).ok()?,
            None => origin.start,
        };
        let session = Session {
            origin,
            last: start.checked_add(self.duration)?,
            events: self.events,
            previous,
        };
        let sound = origin.start == start
            && session.last <= time::MAX
            && self.events > 0
            && is_next(origin, previous);
        let length = visitor.len();
        sound.then(|| (first(id, length), session))
    }
}

/// The session before, as far as the origin of a session tells it: the one with the same start.
fn before(origin: Origin) -> Option<Origin> {
    (origin.number > 1).then_some(Origin {
        number: origin.number - 1,
        ..origin
    })
}

/// Whether a session is the first with its start, or the next one after the session before it.
fn is_next(origin: Origin, previous: Option<Origin>) -> bool {
    match previous.filter(|previous| previous.start == origin.start) {
        Some(previous) => origin.number == previous.number.saturating_add(1),
        None => origin.number == 1,
    }
}

/// The content of a string, which is copied only if it has escapes.
fn text(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    if !value.escaped {
        return value.inner().map(Cow::from);
    }
    let mut unescaped = Vec::new();
    value.text(&mut unescaped)?;
    Some(unescaped.into())
}

/// The first `length` bytes.
fn first(text: Cow<'_, [u8]>, length: usize) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => text.get(..length).unwrap_or(text).into(),
        Cow::Owned(mut text) => {
            text.truncate(length);
            text.into()
        }
    }
}

fn number(value: Value<'_>) -> Option<&[u8]> {
    (value.kind == ValueKind::Number).then_some(value.raw)
}

fn truth(value: Value<'_>) -> Option<bool> {
    match value.kind {
        ValueKind::True => Some(true),
        ValueKind::False => Some(false),
        _ => None,
    }
}

fn unless_null(value: Value<'_>) -> Option<Value<'_>> {
    (value.kind != ValueKind::Null).then_some(value)
}
