//! The scan of a record, from its opening brace to its end.

use core::ops::Range;

use crate::bytes::word::word;

use super::error::{Expected, JsonError, Reason};
use super::nesting::Nesting;
use super::object::{Found, Member, Object};
use super::strings::{Cursor, Strings};
use super::value::{Value, ValueKind};
use super::wanted::{Slots, Wanted};
use super::{nested, number};

/// Scans a record, which must be one JSON object and nothing else but whitespace around it.
///
/// The record must be valid by RFC 8259, in UTF-8, and nested at most 128 deep. Where a name occurs
/// more than once, its last value counts. Half of a surrogate pair is invalid: the RFC's grammar
/// allows it, but no text can hold it, and strict readers refuse it. Numbers may have any size.
///
/// # Errors
///
/// If the record is anything else. The error says what is wrong, and where.
pub fn scan(record: &[u8], wanted: &Wanted) -> Result<Object, JsonError> {
    let mut object = Object::default();
    scan_into(record, wanted, &mut object)?;
    Ok(object)
}

/// Scans a record as [`scan`] does, into an object that is used again; its former content is
/// discarded.
///
/// # Errors
///
/// The same as for [`scan`]. The content of the object is then meaningless.
pub fn scan_into(record: &[u8], wanted: &Wanted, object: &mut Object) -> Result<(), JsonError> {
    object.found.slots = 0;
    (object.close, object.empty) = Scanner::new(record).record(wanted, &mut object.found)?;
    for (slot, path) in wanted.nested() {
        let Some(value) = object.value(slot, record) else {
            continue;
        };
        match nested::find(value, path) {
            Some(value) => {
                let Value { kind, escaped, .. } = value;
                let place = Member {
                    kind,
                    escaped,
                    start: value.start,
                    end: value.end(),
                };
                object.found.keep(1 << slot, place);
            }
            None => object.found.slots &= !(1 << slot),
        }
    }
    Ok(())
}

type Scanned<T> = Result<T, Reason>;

struct Scanner<'r> {
    record: &'r [u8],
    strings: Strings<'r>,
}

impl<'r> Scanner<'r> {
    #[inline]
    fn new(record: &'r [u8]) -> Scanner<'r> {
        Scanner {
            record,
            strings: Strings::new(record),
        }
    }

    /// Scans the whole record. Returns the place of its closing brace, and whether it has no
    /// members.
    #[inline]
    fn record(&mut self, wanted: &Wanted, found: &mut Found) -> Scanned<(usize, bool)> {
        let (byte, at) = match self.record {
            [b'{', byte @ b'"', ..] => (*byte, 1),
            _ => self.start()?,
        };
        let empty = byte == b'}';
        let close = if empty {
            at
        } else {
            self.members(at, wanted, found)?
        };
        let (_, end) = self.token(close + 1);
        if end < self.record.len() {
            return Err(Reason::Expected(Expected::End, end));
        }
        if let Some(broken) = self.strings.broken {
            return Err(broken);
        }
        if self.strings.beyond_ascii {
            core::str::from_utf8(self.record).map_err(|e| Reason::NotUtf8(e.valid_up_to()))?;
        }
        Ok((close, empty))
    }

    /// The byte after the opening brace and any whitespace, which must be a quote or the closing
    /// brace, and its place.
    #[inline(never)]
    fn start(&self) -> Scanned<(u8, usize)> {
        let (byte, at) = self.token(0);
        if byte != b'{' {
            return Err(not_an_object(self.record, at));
        }
        match self.token(at + 1) {
            (byte @ (b'"' | b'}'), at) => Ok((byte, at)),
            (_, at) => Err(Reason::Expected(Expected::Name, at)),
        }
    }

    /// Scans the record's members, from the opening quote of the first name. Returns the place of
    /// the closing brace.
    ///
    /// Each step tries the usual case first: a colon and the value, then a comma and the quote of
    /// the next name, with at most one space between them.
    #[inline]
    fn members(&mut self, mut at: usize, wanted: &Wanted, found: &mut Found) -> Scanned<usize> {
        let record = self.record;
        let mut cursor = Cursor::default();
        loop {
            let end = self.string(at, &mut cursor)?;
            let mut slots = wanted.candidates(end.wrapping_sub(at + 2));
            if slots != 0 || self.strings.backslash {
                slots = self.slots(wanted, slots, at + 1..end - 1);
            }
            let mut start = end + 1;
            let mut next = word(record, end);
            let is_colon = next as u8 == b':';
            next >>= 8;
            if next as u8 == b' ' {
                start += 1;
                next >>= 8;
            }
            if !is_colon || next as u8 <= b' ' {
                start = self.after_name(end)?;
                next = word(record, start);
            }
            let (kind, end) = if next as u8 == b'"' {
                (ValueKind::String, self.string(start, &mut cursor)?)
            } else {
                match (number::short(next), next as u8) {
                    (0, b'0'..=b'9' | b'-') => (ValueKind::Number, self.number(start)?),
                    (0, _) => {
                        let (kind, end);
                        (kind, end, cursor) = self.value(start, cursor)?;
                        (kind, end)
                    }
                    (length, _) => (ValueKind::Number, start + length),
                }
            };
            if slots != 0 {
                self.keep(found, slots, kind, start..end);
            }
            let next = word(record, end) as u32;
            if next as u16 == u16::from_le_bytes(*b",\"") {
                at = end + 1;
            } else if next << 8 == u32::from_le_bytes(*b"\0, \"") {
                at = end + 2;
            } else {
                let (byte, place) = self.token(end);
                if byte == b'}' {
                    return Ok(place);
                }
                at = self.next_name(byte, place)?;
            }
        }
    }

    /// The candidates whose member has the name at this place.
    #[inline]
    fn slots(&self, wanted: &Wanted, candidates: Slots, name: Range<usize>) -> Slots {
        if self.strings.backslash {
            let name = self.record.get(name.clone()).unwrap_or_default();
            if name.contains(&b'\\') {
                return wanted.slots_of_escaped(name);
            }
        }
        wanted.matching(candidates, self.record, name)
    }

    #[inline]
    fn keep(&self, found: &mut Found, slots: Slots, kind: ValueKind, value: Range<usize>) {
        let Range { start, end } = value;
        let escaped = self.strings.backslash && kind == ValueKind::String && {
            let raw = self.record.get(value).unwrap_or_default();
            raw.contains(&b'\\')
        };
        let place = Member {
            kind,
            escaped,
            start,
            end,
        };
        found.keep(slots, place);
    }

    /// The end of the string whose opening quote is at this place. It is the next end not yet
    /// consumed: every quote outside of a string opens one, and the strings are consumed in order.
    #[inline(always)]
    fn string(&mut self, open: usize, cursor: &mut Cursor) -> Scanned<usize> {
        match self.strings.end(cursor) {
            Some(end) => Ok(end),
            None => Err(self.strings.broken.unwrap_or(Reason::Unterminated(open))),
        }
    }

    /// The first byte that is not whitespace, and where it is; zero and the record's length if
    /// there is none.
    #[inline]
    fn token(&self, mut at: usize) -> (u8, usize) {
        loop {
            match self.record.get(at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
                Some(&byte) => return (byte, at),
                None => return (0, self.record.len()),
            }
        }
    }

    /// The place of the value of the member whose name ends here.
    #[inline(never)]
    fn after_name(&self, end: usize) -> Scanned<usize> {
        match self.token(end) {
            (b':', at) => Ok(self.token(at + 1).1),
            (_, at) => Err(Reason::Expected(Expected::Colon, at)),
        }
    }

    /// The place of the next member's name, if this byte after a member is a comma.
    #[inline]
    fn next_name(&self, byte: u8, at: usize) -> Scanned<usize> {
        if byte != b',' {
            return Err(Reason::Expected(Expected::CommaOrBrace, at));
        }
        match self.token(at + 1) {
            (b'"', at) => Ok(at),
            (_, at) => Err(Reason::Expected(Expected::Name, at)),
        }
    }

    /// Scans a value that starts here and is no string. Returns what it is and where it ends.
    #[inline(never)]
    fn value(&mut self, at: usize, cursor: Cursor) -> Scanned<(ValueKind, usize, Cursor)> {
        let kind = match self.record.get(at) {
            Some(b'{') => ValueKind::Object,
            Some(b'[') => ValueKind::Array,
            _ => {
                let (kind, end) = self.scalar(at)?;
                return Ok((kind, end, cursor));
            }
        };
        let (end, cursor) = self.container(at, cursor)?;
        Ok((kind, end, cursor))
    }

    /// The end of a number that starts here.
    #[inline(never)]
    fn number(&self, at: usize) -> Scanned<usize> {
        number::end(self.record, at).map_err(|at| Reason::Expected(Expected::Digit, at))
    }

    /// A number or a literal that starts here.
    #[inline]
    fn scalar(&self, at: usize) -> Scanned<(ValueKind, usize)> {
        if let Some(b'0'..=b'9' | b'-') = self.record.get(at) {
            return Ok((ValueKind::Number, self.number(at)?));
        }
        match self.record.get(at..).unwrap_or_default() {
            [b't', b'r', b'u', b'e', ..] => Ok((ValueKind::True, at + 4)),
            [b'f', b'a', b'l', b's', b'e', ..] => Ok((ValueKind::False, at + 5)),
            [b'n', b'u', b'l', b'l', ..] => Ok((ValueKind::Null, at + 4)),
            _ => Err(Reason::Expected(Expected::Value, at)),
        }
    }

    /// The end of the object or array that starts at this place. A loop, not a recursion: the
    /// sender chooses the depth, and the stack is limited.
    #[inline(never)]
    fn container(&mut self, mut at: usize, mut cursor: Cursor) -> Scanned<(usize, Cursor)> {
        let mut open = Nesting::default();
        loop {
            // At a value.
            at = match self.record.get(at) {
                Some(b'"') => self.string(at, &mut cursor)?,
                Some(bracket @ (b'{' | b'[')) => {
                    if !open.push(*bracket == b'{') {
                        return Err(Reason::TooDeep);
                    }
                    let (byte, first) = self.token(at + 1);
                    if byte != open.closing() {
                        at = self.item(&open, byte, first, &mut cursor)?;
                        continue;
                    }
                    first
                }
                _ => self.scalar(at)?.1,
            };
            // After a value, or before the closing bracket of an empty one.
            loop {
                let (byte, place) = self.token(at);
                if byte == open.closing() {
                    at = place + 1;
                    if open.pop() {
                        return Ok((at, cursor));
                    }
                } else if byte == b',' {
                    let (byte, first) = self.token(place + 1);
                    at = self.item(&open, byte, first, &mut cursor)?;
                    break;
                } else {
                    let expected = match open.in_object() {
                        true => Expected::CommaOrBrace,
                        false => Expected::CommaOrBracket,
                    };
                    return Err(Reason::Expected(expected, place));
                }
            }
        }
    }

    /// The place of the value of the member or element that starts at this place, with this byte.
    #[inline(always)]
    fn item(&mut self, open: &Nesting, byte: u8, at: usize, cursor: &mut Cursor) -> Scanned<usize> {
        if !open.in_object() {
            return Ok(at);
        }
        if byte != b'"' {
            return Err(Reason::Expected(Expected::Name, at));
        }
        let end = self.string(at, cursor)?;
        self.after_name(end)
    }
}

/// The error for a record that does not start with an object.
#[cold]
fn not_an_object(record: &[u8], at: usize) -> Reason {
    let mut scanner = Scanner::new(record);
    let mut cursor = Cursor::default();
    let found = match scanner.record.get(at) {
        Some(b'"') => scanner
            .string(at, &mut cursor)
            .map(|end| (ValueKind::String, end)),
        _ => scanner.value(at, cursor).map(|(kind, end, _)| (kind, end)),
    };
    match found {
        Ok((kind, end)) if scanner.token(end).1 == record.len() => Reason::NotAnObject(kind),
        _ => Reason::Expected(Expected::Object, at),
    }
}
