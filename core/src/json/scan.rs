use crate::block::{self, Marks};

use super::error::{Expected, Reason};
use super::wanted::Slots;
use super::{
    JsonError, Kind, MAX_DEPTH, MAX_WANTED, Object, Value, Wanted, nested, number, unescape,
};

/// Scans a record, which must be one JSON object and nothing else but whitespace around it.
///
/// Valid is what RFC 8259 says, in UTF-8, nested at most [`MAX_DEPTH`] deep. Where a name occurs more than once, its last value counts.
/// Half of a surrogate pair in a string is accepted, as in the RFC's grammar; see [`Value::text`]. Numbers may have any size.
///
/// # Errors
///
/// If the record is anything else; the error says what, and where.
pub fn scan<'r>(record: &'r [u8], wanted: &Wanted) -> Result<Object<'r>, JsonError> {
    let mut scanner = Scanner::new(record);
    let mut object = Object {
        values: [None; MAX_WANTED],
        close: 0,
        empty: false,
    };
    scanner.record(wanted, &mut object)?;
    for (slot, path) in wanted.nested() {
        if let Some(value) = object.values.get_mut(slot) {
            *value = value.and_then(|value| nested::find(value, path));
        }
    }
    Ok(object)
}

type Found<T> = Result<T, Reason>;

struct Scanner<'r> {
    record: &'r [u8],
    /// Where the current block of 64 bytes starts, and where the next one does.
    base: usize,
    next: usize,
    /// The quotes of the current block that have not been come to, without those that a backslash escapes.
    quotes: u64,
    /// Whether the byte at `next` is escaped.
    carried: bool,
    /// Whether there were backslashes, control characters or bytes beyond ASCII in any block so far.
    backslash: bool,
    control: bool,
    beyond_ascii: bool,
    /// The first backslash that starts no valid escape.
    bad_escape: Option<usize>,
}

impl<'r> Scanner<'r> {
    fn new(record: &'r [u8]) -> Scanner<'r> {
        Scanner {
            record,
            base: 0,
            next: 0,
            quotes: 0,
            carried: false,
            backslash: false,
            control: false,
            beyond_ascii: false,
            bad_escape: None,
        }
    }

    /// The whole record.
    #[inline]
    fn record(&mut self, wanted: &Wanted, object: &mut Object<'r>) -> Found<()> {
        let (first, at) = self.token(0);
        if first != b'{' {
            return Err(not_an_object(self.record, at));
        }
        let (mut byte, mut at) = self.token(at + 1);
        object.empty = byte == b'}';
        while byte != b'}' {
            let (start, end) = self.name(at, byte)?;
            let name = self.record.get(at + 1..end - 1).unwrap_or_default();
            let mut slots = wanted.slots(name);
            if self.backslash && name.contains(&b'\\') {
                slots = wanted.slots_of_escaped(name);
            }
            let (kind, end) = self.value(start)?;
            if slots != 0 {
                self.keep(object, slots, kind, start, end);
            }
            (byte, at) = self.token(end);
            if byte == b',' {
                (byte, at) = self.token(at + 1);
                // A comma must be followed by another member.
                if byte == b'}' {
                    return Err(Reason::Expected(Expected::Name, at));
                }
            } else if byte != b'}' {
                return Err(Reason::Expected(Expected::CommaOrBrace, at));
            }
        }
        object.close = at;
        let (_, end) = self.token(at + 1);
        if end < self.record.len() {
            return Err(Reason::Expected(Expected::End, end));
        }
        if self.beyond_ascii {
            core::str::from_utf8(self.record).map_err(|e| Reason::NotUtf8(e.valid_up_to()))?;
        }
        Ok(())
    }

    fn keep(
        &self,
        object: &mut Object<'r>,
        mut slots: Slots,
        kind: Kind,
        start: usize,
        end: usize,
    ) {
        let raw = self.record.get(start..end).unwrap_or_default();
        let escaped = self.backslash && kind == Kind::String && raw.contains(&b'\\');
        while slots != 0 {
            let slot = slots.trailing_zeros() as usize;
            slots &= slots - 1;
            if let Some(value) = object.values.get_mut(slot) {
                *value = Some(Value {
                    kind,
                    raw,
                    start,
                    escaped,
                });
            }
        }
    }

    /// The byte at a place, zero at the record's end.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.record.get(at).copied().unwrap_or(0)
    }

    /// The first byte that is not whitespace, and where it is; zero and the record's length if there is none.
    #[inline]
    fn token(&self, at: usize) -> (u8, usize) {
        let byte = self.byte(at);
        // Compact records have no whitespace.
        if byte > b' ' {
            (byte, at)
        } else {
            self.token_after_space(at)
        }
    }

    fn token_after_space(&self, mut at: usize) -> (u8, usize) {
        loop {
            match self.record.get(at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
                Some(&byte) => return (byte, at),
                None => return (0, self.record.len()),
            }
        }
    }

    /// A member's name, which starts with this byte: where the value after it starts, and where the name ends.
    #[inline]
    fn name(&mut self, at: usize, byte: u8) -> Found<(usize, usize)> {
        if byte != b'"' {
            return Err(Reason::Expected(Expected::Name, at));
        }
        let end = self.string(at)?;
        let (byte, at) = self.token(end);
        if byte != b':' {
            return Err(Reason::Expected(Expected::Colon, at));
        }
        let (_, start) = self.token(at + 1);
        Ok((start, end))
    }

    /// A value: what it is and where it ends.
    #[inline]
    fn value(&mut self, at: usize) -> Found<(Kind, usize)> {
        match self.byte(at) {
            b'"' => Ok((Kind::String, self.string(at)?)),
            b'{' => Ok((Kind::Object, self.container(at)?)),
            b'[' => Ok((Kind::Array, self.container(at)?)),
            _ => self.scalar(at),
        }
    }

    #[inline]
    fn scalar(&self, at: usize) -> Found<(Kind, usize)> {
        match self.byte(at) {
            b'0'..=b'9' | b'-' => {
                let end = number::end(self.record, at)
                    .map_err(|at| Reason::Expected(Expected::Digit, at))?;
                Ok((Kind::Number, end))
            }
            b't' => self.literal(at, b"true", Kind::True),
            b'f' => self.literal(at, b"false", Kind::False),
            b'n' => self.literal(at, b"null", Kind::Null),
            _ => Err(Reason::Expected(Expected::Value, at)),
        }
    }

    fn literal(&self, at: usize, word: &[u8], kind: Kind) -> Found<(Kind, usize)> {
        let rest = self.record.get(at..).unwrap_or_default();
        if rest.starts_with(word) {
            Ok((kind, at + word.len()))
        } else {
            Err(Reason::Expected(Expected::Value, at))
        }
    }

    /// The end of the string whose opening quote is at this place.
    #[inline]
    fn string(&mut self, open: usize) -> Found<usize> {
        // Every quote outside of a string is opening one, and is come to in its turn, so this takes the one at `open`.
        let close = match self.quote() {
            Some(opening) => {
                debug_assert_eq!(opening, open);
                self.quote()
            }
            None => None,
        };
        let Some(close) = close else {
            return Err(match self.bad_escape {
                Some(at) => Reason::Escape(at),
                None => Reason::Unterminated(open),
            });
        };
        if self.control {
            self.check_control(open, close)?;
        }
        Ok(close + 1)
    }

    /// The next quote that no backslash escapes.
    #[inline]
    fn quote(&mut self) -> Option<usize> {
        while self.quotes == 0 {
            self.load()?;
        }
        let at = self.base + self.quotes.trailing_zeros() as usize;
        self.quotes &= self.quotes - 1;
        Some(at)
    }

    /// Goes on to the next 64 bytes; `None` at the record's end, or if they hold an invalid escape.
    fn load(&mut self) -> Option<()> {
        let rest = self.record.get(self.next..)?;
        self.base = self.next;
        if let Some((block, _)) = rest.split_first_chunk() {
            self.next += block.len();
            self.mark(block)
        } else if rest.is_empty() {
            None
        } else {
            // What comes after the end is as good as whitespace.
            let mut block = [b' '; 64];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            self.next = self.record.len();
            self.mark(&block)
        }
    }

    #[inline]
    fn mark(&mut self, block: &[u8; 64]) -> Option<()> {
        let Marks { quotes, unusual } = block::marks(block);
        self.quotes = quotes;
        if unusual || self.carried {
            self.mark_unusual(block)?;
        }
        Some(())
    }

    fn mark_unusual(&mut self, block: &[u8; 64]) -> Option<()> {
        let unusual = block::unusual(block);
        self.control |= unusual.control;
        self.beyond_ascii |= unusual.beyond_ascii;
        self.backslash |= unusual.backslashes != 0;
        let mut escaped = u64::from(self.carried);
        self.carried = false;
        let mut backslashes = unusual.backslashes & !escaped;
        while backslashes != 0 {
            let bit = backslashes & backslashes.wrapping_neg();
            let at = self.base + bit.trailing_zeros() as usize;
            let after = self.record.get(at + 1..).unwrap_or_default();
            // Outside of a string a backslash is just as wrong, so it need not be known where this one is.
            if !unescape::is_escape(after) {
                self.bad_escape = Some(at);
                self.quotes = 0;
                return None;
            }
            escaped |= bit << 1;
            self.carried = bit << 1 == 0;
            backslashes &= !(bit | bit << 1);
        }
        self.quotes &= !escaped;
        Some(())
    }

    /// Records with line breaks or tabs between their members come here for each string, and those that may have them in one.
    #[cold]
    fn check_control(&self, open: usize, close: usize) -> Found<()> {
        let string = self.record.get(open..close).unwrap_or_default();
        match string.iter().position(|&byte| byte < 0x20) {
            Some(at) => Err(Reason::Control(open + at)),
            None => Ok(()),
        }
    }

    /// The end of the object or array that starts at this place. A loop, not a recursion: the depth of the nesting is the sender's
    /// choice, the size of the stack is not.
    fn container(&mut self, mut at: usize) -> Found<usize> {
        let mut open = Nesting::default();
        loop {
            // At a value.
            at = match self.byte(at) {
                b'"' => self.string(at)?,
                bracket @ (b'{' | b'[') => {
                    open.push(bracket == b'{')?;
                    let (byte, first) = self.token(at + 1);
                    if byte != open.closing() {
                        at = self.item(&open, byte, first)?;
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
                        return Ok(at);
                    }
                } else if byte == b',' {
                    let (byte, first) = self.token(place + 1);
                    at = self.item(&open, byte, first)?;
                    break;
                } else {
                    return Err(Reason::Expected(open.expected(), place));
                }
            }
        }
    }

    /// Where the value of the member or element is that starts at this place, with this byte.
    #[inline]
    fn item(&mut self, open: &Nesting, byte: u8, at: usize) -> Found<usize> {
        if open.in_object() {
            Ok(self.name(at, byte)?.0)
        } else {
            Ok(at)
        }
    }
}

/// The objects and arrays that are open below the record's top level.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// A bit for each, the innermost lowest: 1 for an object, 0 for an array.
    objects: u128,
}

const _: () = assert!(MAX_DEPTH <= 128, "a bit for each level");

impl Nesting {
    fn push(&mut self, object: bool) -> Found<()> {
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        // The record itself is the first level.
        if self.depth < MAX_DEPTH {
            Ok(())
        } else {
            Err(Reason::TooDeep)
        }
    }

    /// Closes the innermost; whether it was the last.
    fn pop(&mut self) -> bool {
        self.depth -= 1;
        self.objects >>= 1;
        self.depth == 0
    }

    fn in_object(&self) -> bool {
        self.objects & 1 != 0
    }

    fn closing(&self) -> u8 {
        if self.in_object() { b'}' } else { b']' }
    }

    fn expected(&self) -> Expected {
        if self.in_object() {
            Expected::CommaOrBrace
        } else {
            Expected::CommaOrBracket
        }
    }
}

/// Says what a record is that starts with something else than an object.
#[cold]
fn not_an_object(record: &[u8], at: usize) -> Reason {
    let mut scanner = Scanner::new(record);
    match scanner.value(at) {
        Ok((kind, end)) if scanner.token(end).1 == record.len() => Reason::NotAnObject(kind),
        _ => Reason::Expected(Expected::Object, at),
    }
}
