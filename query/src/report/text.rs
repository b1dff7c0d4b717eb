//! Values as they are shown on the page.

use sessionize_formats::time::from_text;

use super::answers::Cell;

/// Whether a text is a time as the engine writes it.
pub(super) fn is_time(text: &str) -> bool {
    text.len() >= 19
        && text.get(10..11) == Some("T")
        && from_text(format!("{text}Z").as_bytes()).is_ok()
}

/// The least seconds of a group of sessions, in words.
pub(super) fn span(seconds: f64) -> String {
    match seconds {
        0.0 => "0 s".into(),
        s if s < 1.0 => "more than 0 s".into(),
        s if s < 60.0 => format!("{s} s and more"),
        s if s < 3600.0 => format!("{} min and more", s / 60.0),
        s => format!("{} h and more", s / 3600.0),
    }
}

/// A number as the engine writes it, but with its thousands apart.
pub(super) fn number(cell: &Cell) -> String {
    let text = cell.text.as_deref().unwrap_or_default();
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    match fraction {
        "" | "0" => grouped(whole),
        fraction => format!("{}.{fraction}", grouped(whole)),
    }
}

/// Digits in groups of three.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left.is_multiple_of(3) && digit.is_ascii_digit() && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text as HTML, in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            // Not allowed in HTML, or without a picture.
            '\n' | '\t' => out.push(char),
            char if char.is_control() => out.push('\u{fffd}'),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_a_log_stays_text() {
        assert_eq!(
            escaped("<script>alert('\"&')</script>\u{0}"),
            "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;\u{fffd}"
        );
    }

    #[test]
    fn numbers_are_those_of_the_engine() {
        let rows = [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1000", "-1,000"),
            ("-100", "-100"),
            ("49216.0", "49,216"),
            ("1234567.125", "1,234,567.125"),
        ];
        for (text, expected) in rows {
            let cell = Cell {
                text: Some(text.into()),
                number: None,
            };
            assert_eq!(number(&cell), expected);
        }
    }
}
