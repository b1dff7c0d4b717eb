//! The table `raw`: the records of the inputs, read again for each query, and only the fields that
//! it needs.
//!
//! A copy in columns would take the space of the inputs once more, and most queries are about
//! sessions, whose rows are there already.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, RecordBatchOptions,
    StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use sessionize_answers::event::{EventReader, Line, text};
use sessionize_core::parameters::Parameters;
use sessionize_formats::json::{self, MAX_WANTED, Object, Value, ValueKind, Wanted};
use sessionize_formats::path::Path;
use sessionize_pipeline::error::Error;
use sessionize_pipeline::{Input, LineSink, read_lines};

use crate::columns::{self, Column};
use crate::load::Lines;

/// Records of a batch.
const BATCH: usize = 8192;

/// Batches that wait to be taken.
const QUEUED: usize = 2;

/// The records of inputs, as a table.
pub(crate) struct Raw {
    inputs: Vec<Input>,
    parameters: Parameters,
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl Raw {
    pub(crate) fn new(lines: &Lines) -> Self {
        Self {
            inputs: lines.inputs.clone(),
            parameters: lines.parameters.clone(),
            columns: lines.columns.clone(),
            schema: columns::schema(&lines.columns),
        }
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for Raw {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns = match projection {
            None => self.columns.clone(),
            Some(wanted) => {
                let wanted = wanted.iter().filter_map(|&at| self.columns.get(at));
                wanted.cloned().collect()
            }
        };
        let scan = Scan {
            inputs: self.inputs.clone(),
            parameters: self.parameters.clone(),
            schema: columns::schema(&columns),
            columns,
        };
        let schema = scan.schema.clone();
        let plan =
            StreamingTableExec::try_new(schema, vec![Arc::new(scan)], None, [], false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// One pass over the inputs.
#[derive(Clone)]
struct Scan {
    inputs: Vec<Input>,
    parameters: Parameters,
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl PartitionStream for Scan {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut stream = RecordBatchReceiverStreamBuilder::new(self.schema.clone(), QUEUED);
        let send = stream.tx();
        let scan = self.clone();
        stream.spawn_blocking(move || {
            let ended = AtomicBool::new(false);
            let mut batches =
                Batches::new(&scan, &ended, |batch| send.blocking_send(Ok(batch)).is_ok());
            let Scan {
                inputs, parameters, ..
            } = &scan;
            read_lines(inputs, parameters, None, true, &ended, &mut batches)
                .and_then(|_| batches.flush())
                .map_err(|error| DataFusionError::External(Box::new(error)))
        });
        stream.build()
    }
}

/// Makes batches of lines.
struct Batches<'s, F> {
    events: EventReader,
    /// The wanted fields, as many at a time as a scan can find.
    fields: Vec<(Wanted, Object)>,
    columns: Vec<Builder>,
    schema: SchemaRef,
    rows: usize,
    /// Takes a batch; false if nobody wants any more.
    send: F,
    ended: &'s AtomicBool,
}

impl<'s, F: FnMut(RecordBatch) -> bool> Batches<'s, F> {
    fn new(scan: &Scan, ended: &'s AtomicBool, send: F) -> Self {
        let paths: Vec<Path> = scan.columns.iter().map(|c| Path::field(&c.field)).collect();
        let fields = scan.schema.fields().iter();
        Self {
            events: EventReader::new(&scan.parameters),
            fields: paths
                .chunks(MAX_WANTED)
                .map(|paths| (Wanted::new(paths), Object::default()))
                .collect(),
            columns: fields.map(|field| Builder::of(field.data_type())).collect(),
            schema: scan.schema.clone(),
            rows: 0,
            send,
            ended,
        }
    }

    /// Sends the records that are left.
    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        let rows = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.rows = 0;
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &rows)
            .map_err(|e| Error::failure(e.to_string()))?;
        if !(self.send)(batch) {
            self.ended.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl<F: FnMut(RecordBatch) -> bool> LineSink for Batches<'_, F> {
    fn take(&mut self, line: &[u8]) -> Result<(), Error> {
        if matches!(self.events.read(line), Line::Foreign(_)) {
            return Ok(());
        }
        let mut columns = self.columns.iter_mut();
        for (wanted, object) in &mut self.fields {
            // It was scanned before.
            let _ = json::scan_into(line, wanted, object);
            for (slot, column) in columns.by_ref().take(MAX_WANTED).enumerate() {
                column.push(object.value(slot, line));
            }
        }
        self.rows += 1;
        match self.rows {
            BATCH.. => self.flush(),
            _ => Ok(()),
        }
    }
}

/// Builds a column.
enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Double(Float64Builder),
    Truth(BooleanBuilder),
}

impl Builder {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Int64 => Self::Integer(Int64Builder::new()),
            DataType::Float64 => Self::Double(Float64Builder::new()),
            DataType::Boolean => Self::Truth(BooleanBuilder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn push(&mut self, value: Option<Value<'_>>) {
        match self {
            Self::Text(column) => column.append_option(value.and_then(text)),
            Self::Integer(column) => {
                column.append_option(value.and_then(|value| digits(value)?.parse().ok()));
            }
            Self::Double(column) => {
                column.append_option(value.and_then(|value| digits(value)?.parse().ok()));
            }
            Self::Truth(column) => column.append_option(value.and_then(|value| match value.kind {
                ValueKind::True => Some(true),
                ValueKind::False => Some(false),
                _ => None,
            })),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Integer(column) => Arc::new(column.finish()),
            Self::Double(column) => Arc::new(column.finish()),
            Self::Truth(column) => Arc::new(column.finish()),
        }
    }
}

/// The digits of a number.
fn digits(value: Value<'_>) -> Option<&str> {
    let digits = std::str::from_utf8(value.raw).ok()?;
    (value.kind == ValueKind::Number).then_some(digits)
}
