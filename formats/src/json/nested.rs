//! Values below the top level.
//!
//! They are searched for after the scan, in the one top-level value that holds them. That costs a
//! second pass over this value, and nothing where no nested value is wanted. The scan has checked
//! the value, so it is enough here to find where values end.

use super::value::{Value, ValueKind};

/// The value that the names and indexes lead to.
pub(super) fn find<'r>(value: Value<'r>, path: &[String]) -> Option<Value<'r>> {
    path.iter()
        .try_fold(value, |value, token| match value.kind {
            ValueKind::Object => member(value, token.as_bytes()),
            ValueKind::Array => element(value, token.as_bytes()),
            _ => None,
        })
}

/// The last member of this name, as in any reader that puts members into a map.
fn member<'r>(object: Value<'r>, wanted: &[u8]) -> Option<Value<'r>> {
    let mut items = Items::of(object)?;
    let mut found = None;
    let mut scratch = Vec::new();
    while let Some(name) = items.next() {
        let value = items.next()?;
        if name.text(&mut scratch) == Some(wanted) {
            found = Some(value);
        }
    }
    found
}

/// The members of a scanned record, whose closing brace is at this place: the name of each, as a
/// value, and its value.
pub fn members<'r>(record: &'r [u8], close: usize) -> impl Iterator<Item = (Value<'r>, Value<'r>)> {
    let start = record.len() - record.trim_ascii_start().len();
    let whole = record.get(start..=close).map(|raw| Value {
        kind: ValueKind::Object,
        raw,
        start,
        escaped: false,
    });
    let mut items = whole.and_then(Items::of);
    std::iter::from_fn(move || {
        let items = items.as_mut()?;
        Some((items.next()?, items.next()?))
    })
}

fn element<'r>(array: Value<'r>, token: &[u8]) -> Option<Value<'r>> {
    let index: usize = match token {
        // RFC 6901 has one spelling for each index.
        [b'0'] | [b'1'..=b'9', ..] => core::str::from_utf8(token).ok()?.parse().ok()?,
        _ => return None,
    };
    Items::of(array)?.nth(index)
}

/// The elements of an array, or the names and values of an object in turn.
struct Items<'r> {
    /// The items not yet read, without the closing bracket.
    rest: &'r [u8],
    /// Where they end, in bytes from the record's start.
    end: usize,
}

impl<'r> Items<'r> {
    fn of(container: Value<'r>) -> Option<Items<'r>> {
        let [_, rest @ .., _] = container.raw else {
            return None;
        };
        Some(Items {
            rest,
            end: container.end() - 1,
        })
    }
}

impl<'r> Iterator for Items<'r> {
    type Item = Value<'r>;

    fn next(&mut self) -> Option<Value<'r>> {
        let between = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':');
        let from = self.rest.iter().position(between)?;
        let (_, rest) = self.rest.split_at_checked(from)?;
        let start = self.end - rest.len();
        let kind = match rest.first()? {
            b'"' => ValueKind::String,
            b'{' => ValueKind::Object,
            b'[' => ValueKind::Array,
            b't' => ValueKind::True,
            b'f' => ValueKind::False,
            b'n' => ValueKind::Null,
            _ => ValueKind::Number,
        };
        let (raw, rest) = rest.split_at_checked(length(kind, rest))?;
        self.rest = rest;
        Some(Value {
            kind,
            raw,
            start,
            escaped: kind == ValueKind::String && raw.contains(&b'\\'),
        })
    }
}

/// The length of the value that a text starts with.
fn length(kind: ValueKind, text: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                // A number or a literal ends before the first byte that is no part of it.
                b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
                _ => continue,
            }
        }
        if depth == 0
            && !in_string
            && matches!(
                kind,
                ValueKind::String | ValueKind::Object | ValueKind::Array
            )
        {
            return at + 1;
        }
    }
    text.len()
}
