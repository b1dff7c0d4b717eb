//! The leading members of a JSON event.

use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2};

use sessionize_core::parameters::{Field, Format, KeySource, Parameters, TimeSource};
use sessionize_formats::time::{self, Millis, TimeReader};

/// Finds the time and the key of an event without reading all of it.
///
/// Most events have both among their first members. What comes after them is only searched for what could change them: where a
/// name occurs more than once, its last value counts, and a name may be spelt with escapes. Nothing is found where there
/// is any doubt; then the whole event must be read, which takes more than twice as long.
pub(super) struct Leading {
    time: Member,
    key: Option<Member>,
}

/// What is found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'r> {
    pub(super) time: Scalar<'r>,
    /// Where it is wanted.
    pub(super) key: Option<Scalar<'r>>,
}

/// The content of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar<'r> {
    /// A string without escapes.
    Text(&'r [u8]),
    Number(&'r [u8]),
    /// `null`, `true` or `false`.
    Word,
}

/// What follows the backslash of escapes that spell no letter. All others may: those that are not JSON's are repaired.
const SIMPLE_ESCAPES: &[u8] = br#""\/bfnrt"#;

/// A member that is wanted.
struct Member {
    name: Box<[u8]>,
    /// The name in its quotes.
    quoted: Finder<'static>,
}

impl Leading {
    /// None where events may be something else than JSON, or what is wanted is not two plain members.
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

    /// The content of what is wanted, if this is a valid event; if it isn't, it may be found all the same.
    pub(super) fn find<'r>(&self, record: &'r [u8]) -> Option<Found<'r>> {
        let (mut time, mut key) = (None, None);
        let mut rest = record.strip_prefix(b"{")?;
        loop {
            let (name, after) = string(rest.trim_ascii_start())?;
            let after = after.trim_ascii_start().strip_prefix(b":")?;
            let (content, after) = content(after.trim_ascii_start())?;
            if self.time.is(name) {
                time = Some(content);
            }
            if self.key.as_ref().is_some_and(|member| member.is(name)) {
                key = Some(content);
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
    /// None of a path to a nested value, and of a name that has a spelling with simple escapes, or stands for damaged ones.
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
    /// The text that it is, of a key; none if it would be repaired.
    pub(super) fn text(self) -> Option<&'r [u8]> {
        match self {
            Self::Text([]) | Self::Word => None,
            Self::Text(text) => std::str::from_utf8(text).ok().map(str::as_bytes),
            Self::Number(text) => Some(text),
        }
    }

    /// The time that it is.
    pub(super) fn time(self, clock: &mut TimeReader) -> Option<Millis> {
        match self {
            Self::Text(text) => clock.read(text).ok(),
            Self::Number(number) => time::from_number(number).ok(),
            Self::Word => None,
        }
    }
}

/// The content of a string without escapes, and what follows it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let (content, rest) = text.split_at_checked(memchr2(b'"', b'\\', text)?)?;
    Some((content, rest.strip_prefix(b"\"")?))
}

/// A value that is neither an object nor an array, and what follows it.
fn content(text: &[u8]) -> Option<(Scalar<'_>, &[u8])> {
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
