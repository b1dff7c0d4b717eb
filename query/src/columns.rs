//! The columns of the table `raw`: which fields the events have, and of which types.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sessionize_answers::log::TEXT_FIELDS;
use sessionize_core::fields::NAMES;
use sessionize_formats::json::{Value, ValueKind};

/// The most columns. Where users choose the names of fields, there may be any number; what is
/// beyond this one can't be asked for.
const MOST: usize = 500;

/// Columns that the view `events` adds. A field of one of these names is the column `event_…`.
const OF_VIEW: [&str; 9] = [
    "visitor", "start", "duration", "number", "cut", "previous", "is_late", "page", "is_page",
];

/// A field of events, as a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// Name of the field.
    pub(crate) field: String,
    /// Name of the column.
    name: String,
    kind: Kind,
}

/// What the values of a field are, null apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is none but null.
    Nothing,
    Integer,
    Double,
    Truth,
    /// Texts, values of several kinds, objects or arrays.
    Text,
}

impl Kind {
    fn of(value: &Value<'_>) -> Self {
        match value.kind {
            ValueKind::Null => Self::Nothing,
            ValueKind::True | ValueKind::False => Self::Truth,
            ValueKind::String | ValueKind::Object | ValueKind::Array => Self::Text,
            ValueKind::Number => {
                let digits = std::str::from_utf8(value.raw).unwrap_or_default();
                match (digits.parse::<i64>(), digits.parse::<f64>()) {
                    (Ok(_), _) => Self::Integer,
                    (_, Ok(double)) if double.is_finite() => Self::Double,
                    // Its digits say more than a double could.
                    _ => Self::Text,
                }
            }
        }
    }

    /// The kind of all values of both kinds.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Integer, Self::Double) | (Self::Double, Self::Integer) => Self::Double,
            _ => Self::Text,
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Truth => DataType::Boolean,
            Self::Nothing | Self::Text => DataType::Utf8,
        }
    }
}

/// The columns, while events are read.
pub(crate) struct Columns {
    columns: Vec<Column>,
    by_field: HashMap<Vec<u8>, usize>,
    /// How many of the columns have fixed types.
    fixed: usize,
    left_out: bool,
}

impl Columns {
    /// Those that are there in any case. The added fields have this prefix; as columns they have
    /// the usual one, which the views know.
    pub(crate) fn new(prefix: &str) -> Self {
        let added = NAMES.iter().chain(&["error"]);
        let added = added.map(|name| (format!("{prefix}{name}"), format!("session_{name}")));
        let texts = TEXT_FIELDS
            .iter()
            .map(|name| (name.to_string(), name.to_string()));
        let mut columns = Self {
            columns: Vec::new(),
            by_field: HashMap::new(),
            fixed: NAMES.len() + 1 + TEXT_FIELDS.len(),
            left_out: false,
        };
        for (field, name) in added.chain(texts) {
            columns.add(field, name, Kind::Text);
        }
        columns
    }

    /// Takes note of a field.
    pub(crate) fn take(&mut self, name: &Value<'_>, value: &Value<'_>, scratch: &mut Vec<u8>) {
        let Some(name) = name.text(scratch) else {
            return;
        };
        if let Some(&at) = self.by_field.get(name) {
            if at >= self.fixed
                && let Some(column) = self.columns.get_mut(at)
                && column.kind != Kind::Text
            {
                column.kind = column.kind.with(Kind::of(value));
            }
            return;
        }
        if self.columns.len() >= MOST {
            self.left_out = true;
            return;
        }
        let Ok(field) = std::str::from_utf8(name) else {
            return;
        };
        let mut column = field.to_owned();
        if OF_VIEW.contains(&field) {
            column = format!("event_{field}");
        }
        while self.columns.iter().any(|other| other.name == column) {
            column.push('_');
        }
        self.add(field.to_owned(), column, Kind::of(value));
    }

    /// Whether there were more fields than there may be columns.
    pub(crate) fn left_out(&self) -> bool {
        self.left_out
    }

    /// What was found.
    pub(crate) fn found(self) -> Vec<Column> {
        self.columns
    }

    fn add(&mut self, field: String, name: String, kind: Kind) {
        self.by_field
            .insert(field.as_bytes().to_vec(), self.columns.len());
        self.columns.push(Column { field, name, kind });
    }
}

/// The schema of a table with these columns.
pub(crate) fn schema(columns: &[Column]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(|column| Field::new(&column.name, column.kind.data_type(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// How a Parquet file of events with these columns is read as the table `raw`, which is called
/// `table` here. What the views add to events is computed anew.
pub(crate) fn of_parquet(schema: &Schema, table: &str) -> String {
    let added: Vec<String> = NAMES
        .iter()
        .chain(&["error"])
        .map(|name| format!("session_{name}"))
        .collect();
    let fixed: Vec<&str> = added
        .iter()
        .map(String::as_str)
        .chain(TEXT_FIELDS)
        .collect();
    let texts = fixed.iter().map(|name| match schema.index_of(name) {
        Ok(_) => format!("CAST(\"{name}\" AS VARCHAR) AS \"{name}\""),
        Err(_) => format!("CAST(NULL AS VARCHAR) AS \"{name}\""),
    });
    let others = schema.fields().iter().map(|field| field.name());
    let others = others
        .filter(|name| !fixed.contains(&name.as_str()) && !OF_VIEW.contains(&name.as_str()))
        .map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
    let columns: Vec<String> = texts.chain(others).collect();
    format!(
        "CREATE VIEW raw AS SELECT {} FROM {table}",
        columns.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use sessionize_formats::json;

    use super::*;

    fn kinds(lines: &[&str]) -> Vec<(String, Kind)> {
        let mut columns = Columns::new("s.");
        for line in lines {
            let bytes = line.as_bytes();
            for (name, value) in json::members(bytes, bytes.len() - 1) {
                columns.take(&name, &value, &mut Vec::new());
            }
        }
        let others = columns.columns.split_off(columns.fixed);
        others
            .into_iter()
            .map(|column| (column.name, column.kind))
            .collect()
    }

    #[test]
    fn a_column_has_the_type_that_holds_all_its_values() {
        let rows = [
            (&["1", "2"][..], Kind::Integer),
            (&["1", "2.5", "null"], Kind::Double),
            (&["null"], Kind::Nothing),
            (&["null", "true"], Kind::Truth),
            (&["1", "true"], Kind::Text),
            (&["1", "\"1\""], Kind::Text),
            (&["1e999"], Kind::Text),
            (&["9223372036854775808"], Kind::Double),
            (&["{}"], Kind::Text),
            (&["1", "[1]", "1"], Kind::Text),
        ];
        for (values, kind) in rows {
            let lines: Vec<String> = values
                .iter()
                .map(|value| format!("{{\"f\":{value}}}"))
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            assert_eq!(kinds(&lines), [("f".into(), kind)], "{values:?}");
        }
    }

    #[test]
    fn no_field_hides_a_column_of_the_views() {
        let found = kinds(&[r#"{"s.id":1,"status":1,"duration":2,"event_page":"a","page":"b"}"#]);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["event_duration", "event_page", "event_page_"]);
    }

    #[test]
    fn there_are_not_any_number_of_columns() {
        let lines: Vec<String> = (0..600).map(|n| format!("{{\"f{n}\":1}}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(
            kinds(&lines).len(),
            MOST - NAMES.len() - 1 - TEXT_FIELDS.len()
        );
    }
}
