//! The SQL engine with the tables and views of the inputs.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sessionize_pipeline::error::Error;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::arguments::Inputs;
use crate::columns;
use crate::load::{Loaded, load};
use crate::questions;
use crate::raw::Raw;

/// Bytes of a MiB.
const MIB: usize = 1 << 20;

/// How often to look whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// The engine, with the tables `raw`, `events` and `sessions`.
pub(crate) struct Engine {
    context: SessionContext,
    runtime: Runtime,
    /// What was made of the inputs, and what does not fit into memory. It goes with the engine.
    folder: TempDir,
    /// What was left out of the inputs, in words for the user.
    pub(crate) remarks: Vec<String>,
}

impl Engine {
    /// An engine for the inputs. None if it was stopped.
    ///
    /// # Errors
    ///
    /// When an input can't be read.
    pub(crate) fn start(inputs: &Inputs, stop: &AtomicBool) -> Result<Option<Self>, Error> {
        let folder = tempfile::Builder::new()
            .prefix("sessionize-")
            .tempdir()
            .map_err(|e| Error::failure(format!("cannot create a temporary folder: {e}")))?;
        let loaded = load(inputs, &folder, stop)?;
        let runtime =
            Runtime::new().map_err(|e| Error::failure(format!("cannot start threads: {e}")))?;
        let context = context(inputs.memory as usize * MIB, folder.path()).map_err(failed)?;
        let mut engine = Self {
            context,
            runtime,
            folder,
            remarks: Vec::new(),
        };
        match loaded {
            Loaded::Stopped => return Ok(None),
            Loaded::Lines(lines) => {
                engine.register("raw", Arc::new(Raw::new(&lines)))?;
                engine.parquet("session_rows", &[lines.rows])?;
                engine.remarks = lines.remarks;
                // The view `sessions` is the other one: it need not go through all events again.
                for statement in questions::views().into_iter().take(1) {
                    engine.execute(statement)?;
                }
                engine.views_of_rows()?;
            }
            Loaded::Parquet(files) => engine.parquet_inputs(&files)?,
        }
        Ok(Some(engine))
    }

    /// Answers a question: hands the answer over batch by batch, while `take` returns true. Returns
    /// its schema; none if `stop` was set before its end.
    ///
    /// # Errors
    ///
    /// When the engine refuses the question or can't answer it, and those of `take`.
    pub(crate) fn answer(
        &self,
        sql: &str,
        stop: &AtomicBool,
        mut take: impl FnMut(RecordBatch) -> Result<bool, Error>,
    ) -> Result<Option<SchemaRef>, Error> {
        self.runtime.block_on(async {
            let frame = self.context.sql(sql).await.map_err(failed)?;
            let mut batches = frame.execute_stream().await.map_err(failed)?;
            let schema = batches.schema();
            loop {
                // The first batch of a large question may take minutes.
                let batch = match select(batches.next(), pin!(stopped(stop))).await {
                    Either::Left((Some(batch), _)) => batch.map_err(failed)?,
                    Either::Left((None, _)) => return Ok(Some(schema)),
                    Either::Right(_) => return Ok(None),
                };
                if !take(batch)? {
                    return Ok(Some(schema));
                }
            }
        })
    }

    /// Writes the rows of sessions once, so that not every question makes them again. False if it
    /// was stopped.
    ///
    /// # Errors
    ///
    /// When they can't be written.
    pub(crate) fn keep_sessions(&self, stop: &AtomicBool) -> Result<bool, Error> {
        let path = self
            .folder
            .path()
            .join("sessions.parquet")
            .display()
            .to_string();
        let copy = format!(
            "COPY (SELECT * FROM sessions) TO '{}'",
            path.replace('\'', "''")
        );
        if self.answer(&copy, stop, |_| Ok(true))?.is_none() {
            return Ok(false);
        }
        self.execute("DROP VIEW sessions")?;
        self.parquet("sessions", &[path])?;
        Ok(true)
    }

    fn parquet_inputs(&mut self, files: &[String]) -> Result<(), Error> {
        self.parquet("input", files)?;
        let table = self
            .runtime
            .block_on(self.context.table("input"))
            .map_err(failed)?;
        let schema = table.schema().as_arrow();
        if schema.index_of("session_id").is_err() {
            let name = files.first().map_or("", String::as_str);
            return Err(Error::failure(format!("{name} has no column `session_id`")));
        }
        self.execute(&columns::of_parquet(schema, "input"))?;
        if schema.index_of("revision").is_err() {
            return questions::views()
                .into_iter()
                .try_for_each(|view| self.execute(view));
        }
        // Rows of sessions. There are no events.
        self.execute("DROP VIEW raw")?;
        let nothing = columns::of_parquet(&datafusion::arrow::datatypes::Schema::empty(), "input");
        self.execute(&format!("{nothing} WHERE false"))?;
        for view in questions::views().into_iter().take(1) {
            self.execute(view)?;
        }
        self.execute("CREATE VIEW session_rows AS SELECT * FROM input")?;
        self.views_of_rows()
    }

    fn views_of_rows(&self) -> Result<(), Error> {
        let views = questions::view_of_rows();
        views.into_iter().try_for_each(|view| self.execute(view))
    }

    fn register(&self, name: &str, table: Arc<Raw>) -> Result<(), Error> {
        self.context
            .register_table(name, table)
            .map(|_| ())
            .map_err(failed)
    }

    /// Makes a table of Parquet files with the same columns.
    fn parquet(&self, name: &str, files: &[String]) -> Result<(), Error> {
        let read = async {
            let options = ParquetReadOptions::default().file_extension("");
            let frame = self.context.read_parquet(files.to_vec(), options).await?;
            self.context.register_table(name, frame.into_view())?;
            Ok(())
        };
        self.runtime.block_on(read).map_err(failed)
    }

    /// Executes a statement that answers nothing.
    fn execute(&self, sql: &str) -> Result<(), Error> {
        let never = AtomicBool::new(false);
        self.answer(sql, &never, |_| Ok(true)).map(|_| ())
    }
}

/// Waits until `stop` is set.
async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(LOOK).await;
    }
}

fn context(memory: usize, folder: &Path) -> Result<SessionContext, DataFusionError> {
    let disk = DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::Directories(vec![folder.to_owned()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    Ok(SessionContext::new_with_config_rt(
        SessionConfig::new(),
        runtime,
    ))
}

/// The error of the engine, in one line.
pub(crate) fn failed(error: DataFusionError) -> Error {
    let error = match error {
        DataFusionError::External(error) => match error.downcast::<Error>() {
            Ok(error) => return *error,
            Err(error) => DataFusionError::External(error),
        },
        error => error,
    };
    let text = error.strip_backtrace();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Error::failure(lines.join(" "))
}
