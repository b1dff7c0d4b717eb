//! The added fields read back from an output.

use std::array::from_fn;
use std::borrow::Cow;

use super::names::{COUNT, NAMES};
use crate::id::{self, IdForm};
use crate::parameters::Parameters;
use crate::rule::Cut;
use crate::session::{Origin, Session};
use sessionize_formats::bytes::decimal;
use sessionize_formats::json::{self, Kind, Object, Value, Wanted};
use sessionize_formats::path::Path;
use sessionize_formats::time::{self, Millis};

/// What an output says of its event's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added<'r> {
    /// What stands for the visitor in the session's id.
    pub visitor: Cow<'r, [u8]>,
    /// The session, its event included.
    pub session: Session,
    /// Why the event opened the session; `None` when it joined.
    pub cut: Option<Cut>,
    /// Whether the event is behind the latest event of its session, or a fragment.
    pub out_of_order: bool,
}

/// Reads the added fields of outputs, by the parameters `prefix` and `id`.
#[derive(Clone, Debug)]
pub struct AddedReader {
    wanted: Wanted,
    id: IdForm,
}

impl AddedReader {
    /// A reader of what a module with these parameters writes.
    pub fn new(parameters: &Parameters) -> Self {
        let paths = NAMES.map(|name| Path::field(&format!("{}{name}", parameters.prefix)));
        AddedReader {
            wanted: Wanted::new(&paths),
            id: parameters.id,
        }
    }

    /// The added fields of an output; `None` where they are not all there and sound, as in a tagged record.
    pub fn read<'r>(&self, value: &'r [u8]) -> Option<Added<'r>> {
        let object = json::scan(value, &self.wanted).ok()?;
        read(value, &object, self.id)
    }
}

/// Reads the added fields from the first slots of an object, which is what was found in the record.
///
/// What does not hold together is not what the module wrote, and is not read.
pub(crate) fn read<'r>(record: &'r [u8], object: &Object, form: IdForm) -> Option<Added<'r>> {
    let [id, start, duration, events, cut, previous, late] =
        from_fn::<_, COUNT, _>(|slot| object.value(slot, record));
    let id = text(id?)?;
    let (visitor, origin) = id::parse(form, &id)?;
    let length = visitor.len();
    let start = time::from_text(&text(start?)?).ok()?;
    let last = start.checked_add(seconds(number(duration?)?)?)?;
    let events = u32::try_from(decimal::read(number(events?)?)?).ok()?;
    let cut = match cut?.kind {
        Kind::Null => None,
        _ => Some(Cut::named(&text(cut?)?)?),
    };
    let previous = match previous?.kind {
        Kind::Null => None,
        _ => {
            let previous = text(previous?)?;
            let (of, previous) = id::parse(form, &previous)?;
            (of == visitor).then_some(Some(previous))?
        }
    };
    let late = match late?.kind {
        Kind::True => true,
        Kind::False => false,
        _ => return None,
    };
    let sound =
        origin.start == start && last <= time::MAX && events > 0 && numbered(origin, previous);
    sound.then_some(Added {
        visitor: first(id, length),
        session: Session {
            origin,
            last,
            events,
            previous,
        },
        cut,
        out_of_order: late,
    })
}

/// Whether a session is the first with its start, or the next after the one before it.
fn numbered(origin: Origin, previous: Option<Origin>) -> bool {
    match previous.filter(|previous| previous.start == origin.start) {
        Some(previous) => origin.number == previous.number.saturating_add(1),
        None => origin.number == 1,
    }
}

/// The content of a string, which is only copied where it is escaped.
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
    (value.kind == Kind::Number).then_some(value.raw)
}

/// Reads seconds with up to three decimals as milliseconds; `None` of anything else.
pub fn seconds(text: &[u8]) -> Option<Millis> {
    let (whole, decimals) = match text.iter().position(|&byte| byte == b'.') {
        Some(point) => (text.get(..point)?, text.get(point + 1..)?),
        None => (text, &b"0"[..]),
    };
    let unit = match decimals.len() {
        1 => 100,
        2 => 10,
        3 => 1,
        _ => return None,
    };
    let millis = decimal::read(whole)?.checked_mul(1_000)?;
    let millis = millis.checked_add(decimal::read(decimals)? * unit)?;
    Millis::try_from(millis).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SOUND: &str = r#"{"ip":"1.2.3.4","session_id":"1.2.3.4-5000.2","session_start":"1970-01-01T00:00:05.000Z","session_duration":1.25,"session_events":3,"session_cut":"max_events","session_previous":"1.2.3.4-5000","session_late":false}"#;

    fn read(value: &str) -> Option<Added<'_>> {
        AddedReader::new(&Parameters::default()).read(value.as_bytes())
    }

    #[test]
    fn what_the_module_writes_is_read() {
        let origin = |number| Origin {
            start: 5_000,
            number,
        };
        let expected = Added {
            visitor: b"1.2.3.4".into(),
            session: Session {
                origin: origin(2),
                last: 6_250,
                events: 3,
                previous: Some(origin(1)),
            },
            cut: Some(Cut::MaxEvents),
            out_of_order: false,
        };
        assert_eq!(read(SOUND), Some(expected));
    }

    #[test]
    fn what_does_not_hold_together_is_not_read() {
        let rows = [
            ("another start", "00:05.000Z", "00:06.000Z"),
            ("a number out of turn", "5000.2", "5000.3"),
            (
                "another visitor's session before",
                r#""1.2.3.4-5000""#,
                r#""1.2.3.5-5000""#,
            ),
            ("no events", r#"events":3"#, r#"events":0"#),
            ("a fraction of an event", r#"events":3"#, r#"events":3.5"#),
            ("a negative duration", "1.25", "-1.25"),
            ("a duration of four decimals", "1.25", "1.2555"),
            ("an exponent", "1.25", "1e3"),
            ("an unknown cut", "max_events", "max"),
            ("no truth", "false", "0"),
            ("a missing field", "session_late", "session_lat"),
            ("half of a record", "\"session_late\":false}", ""),
        ];
        for (name, from, to) in rows {
            assert!(SOUND.contains(from), "{name}");
            assert_eq!(read(&SOUND.replacen(from, to, 1)), None, "{name}");
        }
    }

    #[test]
    fn seconds_have_up_to_three_decimals() {
        let rows = [
            ("0", Some(0)),
            ("7", Some(7_000)),
            ("1.5", Some(1_500)),
            ("0.001", Some(1)),
            ("43200.25", Some(43_200_250)),
            ("253402300799.999", Some(time::MAX)),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1.2345", None),
            ("1.2.3", None),
            ("-1", None),
            ("1e3", None),
            ("99999999999999999999", None),
            ("9999999999999999999", None),
        ];
        for (text, millis) in rows {
            assert_eq!(seconds(text.as_bytes()), millis, "{text}");
        }
    }
}
