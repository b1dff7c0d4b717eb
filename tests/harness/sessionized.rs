//! The fields that the module adds, as serde_json reads them.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

/// The added fields of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessionized {
    /// The session's id.
    pub id: String,
    /// Its start, in ms since the epoch.
    pub start: i64,
    /// Its duration so far, in ms.
    pub duration: i64,
    /// Its events so far.
    pub events: u64,
    /// Why the event opened it.
    pub cut: Option<String>,
    /// Id of the key's session before.
    pub previous: Option<String>,
    /// Whether the event was late.
    pub late: bool,
}

impl Sessionized {
    /// Reads the fields added under the default prefix.
    pub fn parse(value: &[u8]) -> Result<Self> {
        let value: Map<String, Value> =
            serde_json::from_slice(value).context("not a JSON object")?;
        let field = |name: &str| {
            value
                .get(name)
                .with_context(|| format!("{name} is missing"))
        };
        let text = |name: &str| match field(name)? {
            Value::String(text) => Ok(text.clone()),
            other => bail!("{name} is {other}"),
        };
        let text_or_null = |name: &str| match field(name)? {
            Value::Null => Ok(None),
            _ => text(name).map(Some),
        };
        let start = text("session_start")?;
        Ok(Self {
            id: text("session_id")?,
            start: millis_of(&start).with_context(|| format!("session_start is {start}"))?,
            duration: millis_of_seconds(field("session_duration")?)?,
            events: field("session_events")?
                .as_u64()
                .context("session_events is no count")?,
            cut: text_or_null("session_cut")?,
            previous: text_or_null("session_previous")?,
            late: field("session_late")?
                .as_bool()
                .context("session_late is neither true nor false")?,
        })
    }
}

/// Whether a value is the wrapper around exactly this record.
pub fn is_tagged(value: &[u8], record: &[u8]) -> bool {
    let Ok(Value::Object(value)) = serde_json::from_slice(value) else {
        return false;
    };
    value.len() == 2
        && value.get("session_error").is_some_and(Value::is_string)
        && value
            .get("session_raw")
            .and_then(Value::as_str)
            .map(str::as_bytes)
            == Some(record)
}

fn millis_of_seconds(seconds: &Value) -> Result<i64> {
    let number = seconds.as_f64().context("session_duration is no number")?;
    let millis = (number * 1000.0).round();
    ensure!(
        millis / 1000.0 == number && millis >= 0.0,
        "session_duration {seconds} is not in whole milliseconds"
    );
    Ok(millis as i64)
}

/// RFC 3339 in UTC with milliseconds, and nothing else. Years are counted up one by one: there is nothing in it to get
/// wrong in the same way as the module.
pub fn millis_of(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let marks: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if text.len() != 24 || marks != "--T::.Z" {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_before_year: i64 = (1970..year)
        .map(|year| if leap(year) { 366 } else { 365 })
        .sum();
    let months = [
        31,
        28 + i64::from(leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let days_before_month: i64 = months.iter().take(usize::try_from(month - 1).ok()?).sum();
    let days = days_before_year + days_before_month + day - 1;
    let minutes = (days * 24 + number(11, 13)?) * 60 + number(14, 16)?;
    Some((minutes * 60 + number(17, 19)?) * 1000 + number(20, 23)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_by_counting() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", Some(0)),
            ("2015-07-22T09:00:28.019Z", Some(1_437_555_628_019)),
            ("2000-02-29T23:59:59.999Z", Some(951_868_799_999)),
            ("2015-07-22T09:00:28Z", None),
        ] {
            assert_eq!(millis_of(text), millis, "{text}");
        }
    }
}
