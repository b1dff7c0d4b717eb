//! Answers as text.

use std::sync::atomic::AtomicBool;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use sessionize_pipeline::error::Error;

use crate::engine::Engine;
use crate::questions::Question;

/// The most rows of an answer that are kept. More hours than these are more than three years.
const MOST: usize = 30_000;

/// The most characters of a text. Whoever sends a request can make it any length.
const LONGEST: usize = 300;

/// The answer to a question.
pub(crate) struct Answer {
    pub(crate) question: &'static Question,
    pub(crate) columns: Vec<Heading>,
    /// The first rows.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// How many rows there are.
    pub(crate) count: usize,
}

/// The head of a column.
pub(crate) struct Heading {
    pub(crate) name: String,
    pub(crate) is_number: bool,
}

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    /// As text; none if it is null.
    pub(crate) text: Option<String>,
    /// As a number, if it is one.
    pub(crate) number: Option<f64>,
}

impl Answer {
    /// Asks a question. None if it was stopped before the answer's end.
    ///
    /// # Errors
    ///
    /// When the engine can't answer it.
    pub(crate) fn of(
        question: &'static Question,
        engine: &Engine,
        stop: &AtomicBool,
    ) -> Result<Option<Self>, Error> {
        let (mut rows, mut count) = (Vec::new(), 0);
        let schema = engine.answer(question.statement(), stop, |batch| {
            count += batch.num_rows();
            let room = MOST.saturating_sub(rows.len()).min(batch.num_rows());
            rows.extend(cells(&batch.slice(0, room))?);
            Ok(true)
        })?;
        let Some(schema) = schema else {
            return Ok(None);
        };
        let heading = |field: &datafusion::arrow::datatypes::Field| Heading {
            name: field.name().clone(),
            is_number: field.data_type().is_numeric(),
        };
        Ok(Some(Self {
            question,
            columns: schema.fields().iter().map(|field| heading(field)).collect(),
            rows,
            count,
        }))
    }

    /// The cell of a column in the first row.
    pub(crate) fn first(&self, name: &str) -> Option<&Cell> {
        self.rows.first()?.get(self.column(name)?)
    }

    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// The cells of a batch, row by row.
fn cells(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, Error> {
    let failed = |e: datafusion::arrow::error::ArrowError| Error::failure(e.to_string());
    let options = FormatOptions::default();
    let mut rows = vec![Vec::new(); batch.num_rows()];
    for column in batch.columns() {
        let texts = ArrayFormatter::try_new(column.as_ref(), &options).map_err(failed)?;
        let numbers = match column.data_type().is_numeric() {
            true => Some(cast(column, &DataType::Float64).map_err(failed)?),
            false => None,
        };
        for (at, row) in rows.iter_mut().enumerate() {
            let number = numbers
                .as_ref()
                .map(|numbers| numbers.as_primitive::<Float64Type>());
            row.push(match column.is_null(at) {
                true => Cell::default(),
                false => Cell {
                    text: Some(shortened(texts.value(at).to_string())),
                    number: number.map(|numbers| numbers.value(at)),
                },
            });
        }
    }
    Ok(rows)
}

/// A text without what is too long.
fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
    }
}
