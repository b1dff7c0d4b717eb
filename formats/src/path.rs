//! Where in an event a value is found.

use core::fmt;

/// A member of an event: a top-level field name, or a JSON Pointer.
///
/// A text that starts with `/` is a JSON Pointer (RFC 6901): `/user/id` is the member `id` of the object `user`,
/// `/ips/0` the first element of the array `ips`, and `~0` and `~1` stand for `~` and `/`. Any other text is the name of a
/// top-level field as it stands, dots and tildes included, so that no field is out of reach and no name needs quoting.
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
                return Err(PathError(Kind::Empty));
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

/// The path as it is written in a parameter; [`Path::parse`] reads it back.
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

/// What a `~` and this character stand for.
fn escaped(char: Option<char>) -> Result<char, PathError> {
    match char {
        Some('0') => Ok('~'),
        Some('1') => Ok('/'),
        _ => Err(PathError(Kind::Tilde)),
    }
}

/// Why a text is not a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    Tilde,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Empty => "an empty field name",
            Kind::Tilde => "a JSON pointer's `~` must be followed by 0 or 1",
        })
    }
}

impl core::error::Error for PathError {}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn reads_names_and_pointers() {
        for (text, tokens, shown) in [
            ("ip", &["ip"][..], "ip"),
            ("a.b", &["a.b"], "a.b"),
            ("a~2/b", &["a~2/b"], "a~2/b"),
            ("/ip", &["ip"], "ip"),
            ("/user/id", &["user", "id"], "/user/id"),
            ("/ips/0", &["ips", "0"], "/ips/0"),
            ("/a~1b/c~0d", &["a/b", "c~d"], "/a~1b/c~0d"),
            ("/~01", &["~1"], "~1"),
            ("/", &[""], "/"),
            ("//", &["", ""], "//"),
            ("/é~1ü", &["é/ü"], "é/ü"),
        ] {
            let path = Path::parse(text).unwrap();
            assert_eq!(path.tokens(), tokens, "{text}");
            assert_eq!(Path::parse(&path.to_string()).unwrap(), path, "{text}");
            assert_eq!(path.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn tells_fields_from_pointers() {
        for (text, field) in [
            ("ip", Some("ip")),
            ("/ip", Some("ip")),
            ("/a/b", None),
            ("a/b", Some("a/b")),
        ] {
            assert_eq!(Path::parse(text).unwrap().as_field(), field, "{text}");
        }
        assert_eq!(Path::field("/x").tokens(), ["/x"]);
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, error) in [
            ("", "an empty field name"),
            ("/a~", "a JSON pointer's `~` must be followed by 0 or 1"),
            ("/a~2", "a JSON pointer's `~` must be followed by 0 or 1"),
            ("/~~0", "a JSON pointer's `~` must be followed by 0 or 1"),
        ] {
            assert_eq!(Path::parse(text).unwrap_err().to_string(), error, "{text}");
        }
    }
}
