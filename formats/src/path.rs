//! Where a value is in an event.

use core::fmt;

/// A member of an event: a top-level field name, or a JSON Pointer.
///
/// A text that starts with `/` is a JSON Pointer (RFC 6901): `/user/id` is the member `id` of the
/// object `user`, `/ips/0` the first element of the array `ips`, and `~0` and `~1` stand for `~`
/// and `/`. Any other text is the name of a top-level field as it stands, dots and tildes included,
/// so that no field is out of reach and no name needs quoting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    tokens: Vec<String>,
}

impl Path {
    /// Reads a field name or a JSON Pointer.
    ///
    /// # Errors
    ///
    /// If the text is empty, or is a pointer in which a `~` is followed by neither `0` nor `1`.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let Some(pointer) = text.strip_prefix('/') else {
            if text.is_empty() {
                return Err(PathError(Reason::Empty));
            }
            return Ok(Path::field(text));
        };
        let mut tokens = Vec::new();
        let mut token = String::new();
        let mut chars = pointer.chars();
        while let Some(char) = chars.next() {
            token.push(match char {
                '/' => {
                    tokens.push(std::mem::take(&mut token));
                    continue;
                }
                '~' => escaped(chars.next())?,
                char => char,
            });
        }
        tokens.push(token);
        Ok(Path { tokens })
    }

    /// The top-level field of this name, whatever characters are in it.
    pub fn field(name: &str) -> Path {
        Path {
            tokens: vec![name.to_owned()],
        }
    }

    /// The names or indexes that lead to the value, outermost first; never empty.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The field's name, if this is a top-level field.
    pub fn as_field(&self) -> Option<&str> {
        match self.tokens.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }
}

/// The path as a parameter holds it; [`Path::parse`] reads it back.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_field() {
            Some(name) if !name.is_empty() && !name.starts_with('/') => f.write_str(name),
            _ => self.tokens.iter().try_for_each(|token| {
                write!(f, "/{}", token.replace('~', "~0").replace('/', "~1"))
            }),
        }
    }
}

/// The character that `~` and this character stand for.
fn escaped(char: Option<char>) -> Result<char, PathError> {
    match char {
        Some('0') => Ok('~'),
        Some('1') => Ok('/'),
        _ => Err(PathError(Reason::Tilde)),
    }
}

/// Why a text is not a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Empty,
    Tilde,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::Empty => "an empty field name",
            Reason::Tilde => "a JSON pointer's `~` must be followed by 0 or 1",
        })
    }
}

impl core::error::Error for PathError {}

#[cfg(test)]
mod tests;
