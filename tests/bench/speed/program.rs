//! `sessionize run`, from file to file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::cpu::{Whose, took};
use sessionize_generate::{Log, LogFormat, LogOptions};
use tempfile::TempDir;

use super::batch_sizes::BATCH_SIZES;
use super::table::Row;

/// The built program and its input.
pub struct WholeProgram {
    name: String,
    /// The file with its events.
    input: &'static str,
    arguments: &'static [&'static str],
    path: PathBuf,
    folder: Rc<TempDir>,
    events: u64,
    /// Events per CPU second of the whole, and of all but its start, for each size of batches.
    whole: [Vec<f64>; BATCH_SIZES.len()],
    started: [Vec<f64>; BATCH_SIZES.len()],
}

const JSON: &str = "events";
const ELB: &str = "lines";

/// The rows: what is read, and with which arguments.
const ROWS: [(&str, &str, &[&str]); 5] = [
    ("1 thread", JSON, &["--threads", "1"]),
    ("2 threads", JSON, &["--threads", "2"]),
    ("ELB lines, 1 thread", ELB, &["--threads", "1"]),
    ("1 partition", JSON, &[IN_ENGINE, "--partitions", "1"]),
    ("2 partitions", JSON, &[IN_ENGINE, "--partitions", "2"]),
];

const IN_ENGINE: &str = "--engine";

impl WholeProgram {
    /// Natively and in the engine.
    pub fn all(events: u64) -> Result<Vec<Self>> {
        let folder = tempfile::tempdir()?;
        File::create(folder.path().join("empty"))?;
        for (name, format) in [(JSON, LogFormat::Json), (ELB, LogFormat::Elb)] {
            let mut log = Log::new(&LogOptions {
                events,
                ips: 100_000,
                format,
                ..LogOptions::default()
            });
            let mut file = BufWriter::new(File::create(folder.path().join(name))?);
            let mut line = Vec::new();
            while log.write_next(&mut line) {
                file.write_all(&line)?;
                line.clear();
            }
            file.flush()?;
        }
        let path = std::env::current_exe()?.with_file_name("sessionize");
        let folder = Rc::new(folder);
        let program = |(what, input, arguments): (&str, _, &'static [_])| {
            let option = match arguments.contains(&IN_ENGINE) {
                true => " --engine",
                false => "",
            };
            Self {
                name: format!("sessionize run{option}, file to file, {what}"),
                input,
                arguments,
                path: path.clone(),
                folder: folder.clone(),
                events,
                whole: Default::default(),
                started: Default::default(),
            }
        };
        Ok(ROWS.map(program).into())
    }

    /// Runs it once over the events, and once over an empty file.
    pub fn run(&mut self, size: usize, batch: usize) -> Result<()> {
        let start = self.cpu("empty", batch)?;
        let whole = self.cpu(self.input, batch)?;
        let speed = |took: Duration| self.events as f64 / took.as_secs_f64();
        let (all, but_start) = (speed(whole), speed(whole.saturating_sub(start)));
        let speeds = (self.whole.get_mut(size), self.started.get_mut(size));
        if let (Some(whole), Some(started)) = speeds {
            whole.push(all);
            started.push(but_start);
        }
        Ok(())
    }

    /// The rows of the table. With the engine there is a second row without the start, because the
    /// engine compiles the module for each partition.
    pub fn rows(self) -> Vec<Row> {
        let started = self.arguments.contains(&IN_ENGINE).then(|| {
            let name = "(j) the same but for its start, which compiles the module";
            Row::of_program(name, self.started)
        });
        let whole = Row::of_program(&format!("(i) {}", self.name), self.whole);
        [Some(whole), started].into_iter().flatten().collect()
    }

    fn cpu(&self, input: &str, batch: usize) -> Result<Duration> {
        let sessions = self.file("sessions");
        // A new file each time, because truncating a large one takes CPU time too.
        let _ = std::fs::remove_file(&sessions);
        let mut command = Command::new(&self.path);
        command.arg("run").arg(self.file(input)).arg("--quiet");
        command.args(self.arguments);
        command.args(["--batch", &batch.to_string()]);
        command.arg("--output").arg(&sessions);
        let (took, status) = took(Whose::Children, || {
            let status = command.status();
            status.with_context(|| format!("cannot run {}", self.path.display()))
        })?;
        ensure!(status.success(), "sessionize run failed: {status}");
        Ok(took)
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::join(self.folder.path(), name)
    }
}
