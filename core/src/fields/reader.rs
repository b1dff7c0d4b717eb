//! Reads the added fields of outputs.

use std::array::from_fn;

use super::added::Added;
use super::table::{self, COUNT, IS_OPTIONAL, NAMES};
use crate::id::IdForm;
use sessionize_formats::json::{self, Value, ValueKind, Wanted};

/// Reads the added fields of outputs.
#[derive(Clone, Debug)]
pub struct AddedReader {
    wanted: Wanted,
    /// What precedes the value of each field: `,"session_id":` and so on.
    labels: [String; COUNT],
    id: IdForm,
}

impl AddedReader {
    /// A reader of what a module with these values of the parameters `prefix` and `id` writes.
    pub fn new(prefix: &str, id: IdForm) -> Self {
        AddedReader {
            wanted: Wanted::new(&table::paths(prefix)),
            labels: NAMES.map(|name| format!(",\"{prefix}{name}\":")),
            id,
        }
    }

    /// The added fields of an output, whatever the parameter `fields` was. `None` if one of them is
    /// wrong, or missing although it is always written, as in the wrapper of a record that cannot
    /// be sessionized.
    pub fn read<'r>(&self, output: &'r [u8]) -> Option<Added<'r>> {
        // What stands at the end may not be what was added: the last member of the event may be
        // another output. Its values are wrong then, as the inner brace is still behind them.
        self.at_the_end(output)
            .and_then(|values| Added::read(self.id, values))
            .or_else(|| self.anywhere(output))
    }

    /// Reads the fields where the module puts them, unless the event already had some: at the end,
    /// in order. To read backwards from there costs a tenth of scanning the whole event.
    fn at_the_end<'r>(&self, output: &'r [u8]) -> Option<[Option<Value<'r>>; COUNT]> {
        let mut rest = output.strip_suffix(b"}")?;
        let mut values = [None; COUNT];
        let fields = values.iter_mut().zip(&self.labels).zip(IS_OPTIONAL);
        for ((value, label), is_optional) in fields.rev() {
            let last = last_value(rest)?;
            match rest.get(..last.start)?.strip_suffix(label.as_bytes()) {
                Some(before) => {
                    *value = Some(last);
                    rest = before;
                }
                None if is_optional => {}
                None => return None,
            }
        }
        Some(values)
    }

    /// Reads the fields wherever they are.
    #[cold]
    fn anywhere<'r>(&self, output: &'r [u8]) -> Option<Added<'r>> {
        let object = json::scan(output, &self.wanted).ok()?;
        Added::read(self.id, from_fn(|slot| object.value(slot, output)))
    }
}

/// The value that a text ends with, if it is a string without escapes, a number or a literal.
fn last_value(text: &[u8]) -> Option<Value<'_>> {
    if let [before @ .., b'"'] = text {
        let start = last(before, |byte| matches!(byte, b'"' | b'\\'))?;
        let raw = text.get(start..)?;
        return raw.starts_with(b"\"").then_some(Value {
            kind: ValueKind::String,
            raw,
            start,
            escaped: false,
        });
    }
    let start = last(text, |byte| byte == b':')? + 1;
    let raw = text.get(start..)?;
    let kind = match raw {
        b"null" => ValueKind::Null,
        b"true" => ValueKind::True,
        b"false" => ValueKind::False,
        _ => ValueKind::Number,
    };
    Some(Value {
        kind,
        raw,
        start,
        escaped: false,
    })
}

/// Where the last byte of this kind is.
fn last(text: &[u8], is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    text.iter().rposition(|&byte| is_wanted(byte))
}

#[cfg(test)]
mod tests;
