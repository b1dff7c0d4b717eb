//! Rows as Parquet, with the crate's writers of columns.
//!
//! Its writers of Arrow's arrays would need ten more crates, for nothing that a flat table uses.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use sessionize_pipeline::error::Error;

use super::unwritable;
use crate::row::{COLUMNS, Column, SessionRow, Value};

/// Rows that are collected for a group. Readers skip whole groups by their bounds, and a group is
/// in memory until it is full.
const GROUP: usize = 50_000;

/// Writes rows as Parquet. Times have no time zone, as SQL's `TIMESTAMP`, and are in UTC.
pub struct ParquetRows<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<SessionRow>,
}

impl<W: Write + Send> ParquetRows<W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn new(output: W) -> Result<Self, Error> {
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
        let schema = schema().map_err(failed)?;
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties.build()));
        Ok(Self {
            writer: writer.map_err(failed)?,
            rows: Vec::new(),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn write(&mut self, row: SessionRow) -> Result<(), Error> {
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

fn schema() -> Result<TypePtr, ParquetError> {
    let row = SessionRow::default();
    let fields = COLUMNS.iter().map(|Column { name, value }| {
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
        let repetition = match physical {
            Physical::BYTE_ARRAY => Repetition::OPTIONAL,
            _ => Repetition::REQUIRED,
        };
        let field = Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    });
    let schema = Type::group_type_builder("session").with_fields(fields.collect::<Result<_, _>>()?);
    schema.build().map(Arc::new)
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    rows: &[SessionRow],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in &COLUMNS {
        if let Some(mut column_writer) = group.next_column()? {
            write_column(&mut column_writer, column, rows)?;
            column_writer.close()?;
        }
    }
    group.close()?;
    Ok(())
}

fn write_column(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    rows: &[SessionRow],
) -> Result<(), ParquetError> {
    let values = rows.iter().map(column.value);
    let kind = rows.first().map(column.value);
    match kind {
        Some(Value::Text(_)) => {
            let texts = || rows.iter().map(|row| text((column.value)(row)));
            let levels: Vec<i16> = texts().map(|text| i16::from(text.is_some())).collect();
            let texts: Vec<ByteArray> = texts().flatten().map(ByteArray::from).collect();
            writer
                .typed::<ByteArrayType>()
                .write_batch(&texts, Some(&levels), None)?;
        }
        Some(Value::Time(_)) => {
            let times: Vec<i64> = values.map(integer).collect();
            writer
                .typed::<Int64Type>()
                .write_batch(&times, None, None)?;
        }
        Some(Value::Seconds(_)) => {
            let seconds = values.map(|value| integer(value) as f64 / 1000.0);
            let seconds: Vec<f64> = seconds.collect();
            writer
                .typed::<DoubleType>()
                .write_batch(&seconds, None, None)?;
        }
        Some(Value::Count(_)) => {
            let counts: Vec<i64> = values.map(integer).collect();
            writer
                .typed::<Int64Type>()
                .write_batch(&counts, None, None)?;
        }
        Some(Value::Truth(_)) => {
            let truths: Vec<bool> = values.map(|value| integer(value) != 0).collect();
            writer
                .typed::<BoolType>()
                .write_batch(&truths, None, None)?;
        }
        None => {}
    }
    Ok(())
}

fn text(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) => text,
        _ => None,
    }
}

fn integer(value: Value<'_>) -> i64 {
    match value {
        Value::Time(millis) | Value::Seconds(millis) => millis,
        Value::Count(count) => i64::from(count),
        Value::Truth(truth) => i64::from(truth),
        Value::Text(_) => 0,
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
