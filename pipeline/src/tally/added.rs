//! What an output says of its event's session.

use sessionize_core::fields as added;
use sessionize_core::parameters::Parameters;
use sessionize_core::rule::Cut;

/// What an output is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// An event with its session.
    Event {
        /// Duration of the session so far, in ms.
        duration: i64,
        /// Why the event opened it.
        cut: Option<Cut>,
        /// Whether the event is flagged as late.
        late: bool,
    },
    /// An event that is too late for its session.
    Fragment {
        /// Its time, in ms since the epoch.
        start: i64,
    },
    /// A record without one, and why.
    Invalid(String),
}

/// Reads outputs.
#[derive(Clone)]
pub(super) struct AddedReader {
    reader: added::AddedReader,
    /// How most outputs end: with an event that is in order and opens no session.
    joined: Vec<u8>,
    /// `,"session_duration":` and so on: what precedes the values, the last one first.
    late: Vec<u8>,
    previous: Vec<u8>,
    cut: Vec<u8>,
    events: Vec<u8>,
    duration: Vec<u8>,
    /// `{"session_error":`.
    error: Vec<u8>,
}

impl AddedReader {
    pub(super) fn new(parameters: &Parameters) -> Self {
        let name =
            |lead: &str, name: &str| format!("{lead}\"{}{name}\":", parameters.prefix).into_bytes();
        let prefix = &parameters.prefix;
        let joined =
            format!(r#","{prefix}cut":null,"{prefix}previous":null,"{prefix}late":false}}"#);
        Self {
            reader: added::AddedReader::new(parameters),
            joined: joined.into_bytes(),
            late: name(",", "late"),
            previous: name(",", "previous"),
            cut: name(",", "cut"),
            events: name(",", "events"),
            duration: name(",", "duration"),
            error: name("{", "error"),
        }
    }

    /// Reads an output.
    pub(super) fn read(&self, value: &[u8]) -> Added {
        self.at_the_end(value)
            .unwrap_or_else(|| self.anywhere(value))
    }

    /// Reads the fields where the module puts them unless they are there already: at the end, in order, except for those of
    /// a fragment. Reading them backwards from there costs a tenth of looking through the event for them.
    fn at_the_end(&self, value: &[u8]) -> Option<Added> {
        if let Some(rest) = value.strip_suffix(self.joined.as_slice()) {
            return self.event(rest, None, false);
        }
        let rest = value.strip_suffix(b"}")?;
        let (rest, late) = match rest.strip_suffix(b"false") {
            Some(rest) => (rest, false),
            None => (rest.strip_suffix(b"true")?, true),
        };
        let rest = rest.strip_suffix(self.late.as_slice())?;
        let (rest, _) = split_text(rest)?;
        let rest = rest.strip_suffix(self.previous.as_slice())?;
        let (rest, cut) = split_text(rest)?;
        let rest = rest.strip_suffix(self.cut.as_slice())?;
        let cut = match cut {
            Some(name) => Some(Cut::named(name).filter(|cut| *cut != Cut::Fragment)?),
            None => None,
        };
        self.event(rest, cut, late)
    }

    /// Reads the figures before what the two others come from.
    fn event(&self, value: &[u8], cut: Option<Cut>, late: bool) -> Option<Added> {
        let (rest, _) = split_number(value)?;
        let rest = rest.strip_suffix(self.events.as_slice())?;
        let (rest, duration) = split_number(rest)?;
        rest.strip_suffix(self.duration.as_slice())?;
        Some(Added::Event {
            duration: added::seconds(duration)?,
            cut,
            late,
        })
    }

    /// Reads the fields wherever they are.
    #[cold]
    fn anywhere(&self, value: &[u8]) -> Added {
        if let Some(added) = self.reader.read(value) {
            let start = added.session.origin.start;
            return match added.cut {
                Some(Cut::Fragment) => Added::Fragment { start },
                cut => Added::Event {
                    duration: added.session.last - start,
                    cut,
                    late: added.out_of_order,
                },
            };
        }
        let reason = value
            .strip_prefix(self.error.as_slice())
            .and_then(|rest| {
                serde_json::Deserializer::from_slice(rest)
                    .into_iter::<String>()
                    .next()
            })
            .and_then(Result::ok);
        Added::Invalid(reason.unwrap_or_else(|| "not the module's output".into()))
    }
}

/// Splits a string without escapes, or `null`, from the end.
fn split_text(value: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    match value.strip_suffix(b"\"") {
        Some(value) => {
            let quote = memchr::memrchr(b'"', value)?;
            Some((value.get(..quote)?, Some(value.get(quote + 1..)?)))
        }
        None => Some((value.strip_suffix(b"null")?, None)),
    }
}

/// Splits digits and a decimal point from the end.
fn split_number(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let digits = value
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .count();
    value.split_at_checked(value.len() - digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPENDED: &str = r#"{"ip":"1.2.3.4","session_id":"1.2.3.4-5000.2","session_start":"1970-01-01T00:00:05.000Z","session_duration":1.25,"session_events":3,"session_cut":"max_events","session_previous":"1.2.3.4-5000","session_late":false}"#;

    const IN_PLACE: &str = r#"{"session_late":true,"session_id":"1.2.3.4-5000","session_start":"1970-01-01T00:00:05.000Z","session_duration":7,"session_events":3,"session_cut":null,"session_previous":null,"ip":"1.2.3.4"}"#;

    fn reader(prefix: &str) -> AddedReader {
        AddedReader::new(&Parameters::from_pairs([("prefix", prefix)]).unwrap())
    }

    #[test]
    fn both_ways_agree() {
        let reader = reader("session_");
        let rows = [
            (APPENDED, true, 1_250, Some(Cut::MaxEvents), false),
            (IN_PLACE, false, 7_000, None, true),
        ];
        for (value, is_at_the_end, duration, cut, late) in rows {
            let expected = Added::Event {
                duration,
                cut,
                late,
            };
            assert_eq!(
                reader.at_the_end(value.as_bytes()).is_some(),
                is_at_the_end,
                "{value}"
            );
            assert_eq!(reader.read(value.as_bytes()), expected, "{value}");
            assert_eq!(reader.anywhere(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn a_fragment() {
        let value = r#"{"ip":"1.2.3.4","session_id":"1.2.3.4-5000","session_start":"1970-01-01T00:00:05.000Z","session_duration":0,"session_events":1,"session_cut":"late","session_previous":null,"session_late":true}"#;
        assert_eq!(
            reader("session_").read(value.as_bytes()),
            Added::Fragment { start: 5_000 }
        );
    }

    #[test]
    fn another_prefix() {
        let value = APPENDED.replace("session_", "visit.");
        assert!(reader("visit.").at_the_end(value.as_bytes()).is_some());
        assert!(matches!(
            reader("session_").read(value.as_bytes()),
            Added::Invalid(_)
        ));
    }

    #[test]
    fn an_escaped_id_is_read_the_other_way() {
        let value = APPENDED.replace("1.2.3.4", r#"a\"b"#);
        let reader = reader("session_");
        assert_eq!(reader.at_the_end(value.as_bytes()), None);
        assert!(matches!(
            reader.read(value.as_bytes()),
            Added::Event {
                duration: 1_250,
                ..
            }
        ));
    }
}
