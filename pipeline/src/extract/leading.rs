//! The leading members of a JSON event.

use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2};

use sessionize_core::parameters::{Field, Format, KeySource, Parameters, TimeSource};
use sessionize_formats::time::{self, Millis, TimeReader};

/// Finds the time and the key of an event without reading all of it.
///
/// Most events have both among their first members. The rest is only searched for what could change
/// them: of a name that occurs more than once, the last value counts, and a name may be spelt with
/// escapes. Where there is any doubt, nothing is found; then the whole event must be read, which
/// takes more than twice as long.
pub(super) struct Leading {
    time: Member,
    key: Option<Member>,
}

/// What is found of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'r> {
    pub(super) time: Scalar<'r>,
    /// None unless it is wanted.
    pub(super) key: Option<Scalar<'r>>,
}

/// The value of a member that is neither an object nor an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar<'r> {
    /// A string without escapes.
    Text(&'r [u8]),
    Number(&'r [u8]),
    /// `null`, `true` or `false`.
    Word,
}

/// What follows the backslash in escapes that can't spell a letter. All other escapes can, as those
/// that are not JSON's are repaired.
const SIMPLE_ESCAPES: &[u8] = br#""\/bfnrt"#;

/// A member that is wanted.
struct Member {
    name: Box<[u8]>,
    /// The name in its quotes.
    quoted: Finder<'static>,
}

impl Leading {
    /// None where events are log lines, or the time and the key are not two plain members.
    pub(super) fn new(parameters: &Parameters, wants_key: bool) -> Option<Self> {
        if let Some(Format::Line(_)) = parameters.format {
            return None;
        }
        let TimeSource::Field(time) = &parameters.timestamp else {
            return None;
        };
        let key = match &parameters.key {
            _ if !wants_key => None,
            KeySource::Fields(fields) => match fields.as_slice() {
                [field] => Some(Member::new(field)?),
                _ => return None,
            },
            KeySource::RecordKey => return None,
        };
        Some(Self {
            time: Member::new(time)?,
            key,
        })
    }

    /// The time and the key that are wanted. They are right if the record is a valid event; in
    /// other records, something may be found all the same.
    pub(super) fn find<'r>(&self, record: &'r [u8]) -> Option<Found<'r>> {
        let (mut time, mut key) = (None, None);
        let mut rest = record.strip_prefix(b"{")?;
        loop {
            let (name, after) = string(rest.trim_ascii_start())?;
            let after = after.trim_ascii_start().strip_prefix(b":")?;
            let (value, after) = scalar(after.trim_ascii_start())?;
            if self.time.is(name) {
                time = Some(value);
            }
            if self.key.as_ref().is_some_and(|member| member.is(name)) {
                key = Some(value);
            }
            if let (Some(time), true) = (time, key.is_some() == self.key.is_some()) {
                return (!self.may_recur(after)).then_some(Found { time, key });
            }
            rest = after.trim_ascii_start().strip_prefix(b",")?;
        }
    }

    /// Whether what is wanted may occur, in any spelling, in the rest of an event.
    fn may_recur(&self, rest: &[u8]) -> bool {
        let mut members = Some(&self.time).into_iter().chain(&self.key);
        let spells = |at: usize| {
            !rest
                .get(at + 1)
                .is_some_and(|byte| SIMPLE_ESCAPES.contains(byte))
        };
        memchr_iter(b'\\', rest).any(spells)
            || members.any(|member| member.quoted.find(rest).is_some())
    }
}

impl Member {
    /// None for a path to a nested value, for a name that can be spelt with simple escapes, and for
    /// a name that damaged names are repaired to.
    fn new(field: &Field) -> Option<Self> {
        let name = field.path.as_field()?;
        let has_escapes = |byte| matches!(byte, b'"' | b'\\' | b'/' | ..b' ');
        (!name.bytes().any(has_escapes) && !name.contains('\u{fffd}')).then(|| Self {
            name: name.as_bytes().into(),
            quoted: Finder::new(&format!("\"{name}\"")).into_owned(),
        })
    }

    fn is(&self, name: &[u8]) -> bool {
        *self.name == *name
    }
}

impl<'r> Scalar<'r> {
    /// Its text as that of a key; none if the text would be repaired.
    pub(super) fn text(self) -> Option<&'r [u8]> {
        match self {
            Self::Text([]) | Self::Word => None,
            Self::Text(text) => std::str::from_utf8(text).ok().map(str::as_bytes),
            Self::Number(text) => Some(text),
        }
    }

    /// The time that it gives.
    pub(super) fn time(self, clock: &mut TimeReader) -> Option<Millis> {
        match self {
            Self::Text(text) => clock.read(text).ok(),
            Self::Number(number) => time::from_number(number).ok(),
            Self::Word => None,
        }
    }
}

/// The content of a string without escapes, and what follows the string.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let (content, rest) = text.split_at_checked(memchr2(b'"', b'\\', text)?)?;
    Some((content, rest.strip_prefix(b"\"")?))
}

/// A scalar, and what follows it.
fn scalar(text: &[u8]) -> Option<(Scalar<'_>, &[u8])> {
    match text.first()? {
        b'"' => string(text).map(|(content, rest)| (Scalar::Text(content), rest)),
        b'-' | b'0'..=b'9' => {
            let is_part =
                |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
            let (number, rest) = split_while(text, is_part)?;
            Some((Scalar::Number(number), rest))
        }
        b'a'..=b'z' => {
            let (_, rest) = split_while(text, u8::is_ascii_lowercase)?;
            Some((Scalar::Word, rest))
        }
        _ => None,
    }
}

fn split_while(text: &[u8], is_part: impl Fn(&u8) -> bool) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(text.iter().take_while(|byte| is_part(byte)).count())
}
