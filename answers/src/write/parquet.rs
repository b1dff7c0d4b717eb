//! Rows as Parquet, with the crate's writers of columns.
//!
//! Its writers of Arrow's arrays would need ten more crates, for nothing that a flat table uses.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use sessionize_pipeline::error::Error;

use super::unwritable;
use crate::row::{Column, SessionRow, TableRow, Value};

/// Rows that are collected for a group. Readers skip whole groups by their bounds, and a group is
/// in memory until it is full.
const GROUP: usize = 50_000;

/// Writes rows as Parquet. Times have no time zone, as SQL's `TIMESTAMP`, and are in UTC.
pub struct ParquetRows<W: Write + Send, R: TableRow = SessionRow> {
    writer: SerializedFileWriter<W>,
    rows: Vec<R>,
}

impl<W: Write + Send, R: TableRow> ParquetRows<W, R> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn new(output: W) -> Result<Self, Error> {
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
        let schema = schema::<R>().map_err(failed)?;
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties.build()));
        Ok(Self {
            writer: writer.map_err(failed)?,
            rows: Vec::new(),
        })
    }

    /// Adds a note to the file's metadata.
    pub fn note(&mut self, name: &str, value: &str) {
        let note = KeyValue::new(name.to_owned(), value.to_owned());
        self.writer.append_key_value_metadata(note);
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn write(&mut self, row: R) -> Result<(), Error> {
        self.rows.push(row);
        if self.rows.len() < GROUP {
            return Ok(());
        }
        self.write_group()
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn finish(mut self) -> Result<W, Error> {
        self.write_group()?;
        self.writer.into_inner().map_err(failed)
    }

    fn write_group(&mut self) -> Result<(), Error> {
        if !self.rows.is_empty() {
            write_group(&mut self.writer, &self.rows).map_err(failed)?;
            self.rows.clear();
        }
        Ok(())
    }
}

fn schema<R: TableRow>() -> Result<TypePtr, ParquetError> {
    let row = R::default();
    let fields = R::COLUMNS.iter().map(|Column { name, value }| {
        let (physical, logical) = match value(&row) {
            Value::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Value::Time(_) => (
                Physical::INT64,
                Some(LogicalType::timestamp(false, TimeUnit::MILLIS)),
            ),
            Value::Seconds(_) => (Physical::DOUBLE, None),
            Value::Count(_) => (Physical::INT64, None),
            Value::Truth(_) => (Physical::BOOLEAN, None),
        };
        let field = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    });
    let schema = Type::group_type_builder("row").with_fields(fields.collect::<Result<_, _>>()?);
    schema.build().map(Arc::new)
}

fn write_group<W: Write + Send, R: TableRow>(
    writer: &mut SerializedFileWriter<W>,
    rows: &[R],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in R::COLUMNS {
        if let Some(mut column_writer) = group.next_column()? {
            write_column(&mut column_writer, column, rows)?;
            column_writer.close()?;
        }
    }
    group.close()?;
    Ok(())
}

fn write_column<R: TableRow>(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column<R>,
    rows: &[R],
) -> Result<(), ParquetError> {
    let values = || rows.iter().map(column.value);
    match (column.value)(&R::default()) {
        Value::Text(_) => write::<ByteArrayType>(writer, values().map(|v| Some(text(v)?.into()))),
        Value::Time(_) | Value::Count(_) => write::<Int64Type>(writer, values().map(integer)),
        Value::Seconds(_) => {
            let seconds = values().map(|value| Some(integer(value)? as f64 / 1000.0));
            write::<DoubleType>(writer, seconds)
        }
        Value::Truth(_) => write::<BoolType>(writer, values().map(|v| Some(integer(v)? != 0))),
    }
}

/// Writes the values of a column, of which some are null.
fn write<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let mut levels: Vec<i16> = Vec::new();
    let there: Vec<T::T> = values
        .inspect(|value| levels.push(value.is_some().into()))
        .flatten()
        .collect();
    let writer = writer.typed::<T>();
    writer.write_batch(&there, Some(&levels), None)?;
    Ok(())
}

fn text(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) => text,
        _ => None,
    }
}

fn integer(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Time(millis) | Value::Seconds(millis) => millis,
        Value::Count(count) => count.and_then(|count| i64::try_from(count).ok()),
        Value::Truth(truth) => truth.map(i64::from),
        Value::Text(_) => None,
    }
}

fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => unwritable(*error),
            Err(error) => Error::failure(format!("cannot write Parquet: {error}")),
        },
        error => Error::failure(format!("cannot write Parquet: {error}")),
    }
}
